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
        set(factor(layer, 1, 3), A)
        set(factor(layer, 2, 1), B)

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
    alone = "A merged layer answers from its weight; A and B are out of use."
    show.expect("the same after A and B changed", merged(X), torch.tensor([[23.0, 46.0]]), teach=alone, atol=1e-4)
    show.tried("unmerge it")
    back = used(unmerge(merged), merged)
    now = "The base as it was (11, 22), and the update of the factors as they are now: (1.5, -4.5)."
    show.expect("output for (1, 2, 3)", back(X), torch.tensor([[12.5, 17.5]]), teach=now, atol=1e-4)
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
    exact = "In floating-point numbers (w + d) - d is not always w. Can you keep the old weight instead?"
    show.that(torch.equal(weight, torch.full((2, 3), 0.1)), "the base is restored to the last bit", teach=exact)
    show.tried("an embedding that shares the weight of the base")
    base, layer = ready()
    embedding = nn.Embedding(2, 3)
    embedding.weight = base.weight
    before = embedding(torch.tensor([0, 1])).detach().clone()
    merge(layer)
    shared = "Adding in place changes the tensor for everybody. Give the base a weight of its own."
    show.that(same(embedding(torch.tensor([0, 1])), before), "the embedding has not changed", teach=shared)
