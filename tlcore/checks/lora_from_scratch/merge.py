"""Public check of `merge`."""

import torch
from torch import nn

from tlcore import plots
from tlcore.checks.lora_from_scratch.setups import X, example_base, factor, same, set


def check(merge, unmerge, LoRALinear, show):
    def ready():
        base = example_base()
        layer = LoRALinear(base, 1, 2.0, 0.0).eval()
        change(layer, torch.ones(1, 3), torch.tensor([[1.0], [2.0]]))
        return base, layer

    def change(layer, A, B):
        set(factor(layer, 1, 3, frozen=True), A)
        set(factor(layer, 2, 1, frozen=True), B)

    def used(answer, layer):
        return answer if isinstance(answer, nn.Module) else layer

    show.tried("merge the layer of the example, then change its factors")
    _, layer = ready()
    merged = used(merge(layer), layer)
    scaled = "The weight holds alpha / r times B A now. Is the update still added as well?"
    show.expect("output for (1, 2, 3)", merged(X), torch.tensor([[23.0, 46.0]]), teach=scaled, atol=1e-4)
    with torch.no_grad():
        columns = (merged(torch.eye(3)) - merged(torch.zeros(1, 3))).T
    right = [[3.0, 2.0, 2.0], [4.0, 5.0, 4.0]]
    show.picture(plots.matrix("The merged weight", columns, right))
    other = torch.tensor([[0.5, -1.0, 0.25]]), torch.tensor([[-1.0], [3.0]])
    change(layer, *other)
    if merged is not layer and factor(merged, 1, 3) is not None:
        change(merged, *other)  # a copy's own factors, too
    alone = "A merged layer answers from its weight; A and B are out of use."
    show.expect("the same after A and B changed", merged(X), torch.tensor([[23.0, 46.0]]), teach=alone, atol=1e-4)
    show.tried("unmerge it")
    back = used(unmerge(merged), merged)
    now = "The base as it was (11, 22), and the update of the factors as they are now: (1.5, -4.5)."
    show.expect("output for (1, 2, 3)", back(X), torch.tensor([[12.5, 17.5]]), teach=now, atol=1e-4)
    learn = "After unmerge, A and B should be able to learn, as before."
    show.that(factor(back, 1, 3) is not None, "A can learn again", teach=learn)
    show.tried("merge twice, unmerge once; every weight is 0.1 and the bias 0")
    base, layer = ready()
    with torch.no_grad():
        base.weight.fill_(0.1)
        base.bias.zero_()
    change(layer, torch.full((1, 3), 0.3), torch.tensor([[0.7], [0.9]]))
    merged = used(merge(layer), layer)
    once = merged(X).detach()
    merged = used(merge(merged), merged)
    before = "How can merge know that it was here before?"
    show.that(same(merged(X), once), "the second merge changes nothing", teach=before)
    back = used(unmerge(merged), merged)
    change(layer, torch.zeros(1, 3), torch.zeros(2, 1))
    weight = back(torch.eye(3)).T.detach()
    right = torch.full((2, 3), 0.1)
    exact = "In floating-point numbers (w + d) - d is not always w. Can you keep the old weight instead?"
    if not same(weight, right):
        exact = "One unmerge should undo both merges. What did the second merge keep as the old weight?"
    show.that(torch.equal(weight, right), "the base is restored to the last bit", teach=exact)
    show.tried("an embedding that shares the weight of the base")
    base, layer = ready()
    embedding = nn.Embedding(2, 3)
    embedding.weight = base.weight
    before = embedding(torch.tensor([0, 1])).detach().clone()
    merge(layer)
    shared = "Adding in place changes the tensor for everybody. Give the base a weight of its own."
    show.that(same(embedding(torch.tensor([0, 1])), before), "the embedding has not changed", teach=shared)
    show.tried("two layers, both merged, then both unmerged; the second one's base has another weight")
    (_, one), (second, two) = ready(), ready()
    with torch.no_grad():
        second.weight.fill_(1.0)
    merged = [used(merge(layer), layer) for layer in (one, two)]
    back = [used(unmerge(layer), layer) for layer in merged]
    each = "Each layer needs a place of its own for what unmerge puts back."
    show.expect("output of the first for (1, 2, 3)", back[0](X), torch.tensor([[23.0, 46.0]]), teach=each, atol=1e-4)
    show.expect("output of the second", back[1](X), torch.tensor([[28.0, 50.0]]), teach=each, atol=1e-4)
    show.untried("other precisions, a base without bias, training after unmerge")
