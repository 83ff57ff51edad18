"""The public checks of 04_lora_from_scratch.

Built by `tl build` from solutions/04_lora_from_scratch.py; do not edit.
"""

import copy

import torch
from torch import nn

from tlcore import plots
from tlcore.models import TinyTransformer


def _factor(module, rows, columns):
    """The trainable parameter of this shape, either way round; None if there is not exactly one."""
    shapes = ((rows, columns), (columns, rows))
    found = [p for p in module.parameters() if p.requires_grad and tuple(p.shape) in shapes]
    return found[0] if len(found) == 1 else None


def _set(parameter, value):
    """New values for a parameter, whichever way round it is stored."""
    with torch.no_grad():
        parameter.copy_(value if parameter.shape == value.shape else value.T)


def _same(one, other, atol=1e-5):
    return isinstance(one, torch.Tensor) and one.shape == other.shape and torch.allclose(one, other, atol=atol)


def _base(dtype=torch.float32):
    """The base of the example by hand."""
    base = nn.Linear(3, 2, dtype=dtype)
    _set(base.weight, torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], dtype=dtype))
    with torch.no_grad():
        base.bias.copy_(torch.tensor([10.0, 20.0]))
    return base


X = torch.tensor([[1.0, 2.0, 3.0]])


def check_lora_delta(lora_delta, show):
    A, B = torch.tensor([[1.0, 2.0, 0.0]]), torch.tensor([[1.0], [10.0]])
    show.tried("the example by hand: r = 1, alpha = 3")
    delta = lora_delta(A, B, 3)
    order = "B is (out, r) and A is (r, in): which order of the two gives (out, in)?"
    teach = "The scale is alpha / r, and r is 1 here." if getattr(delta, "shape", None) == (2, 3) else order
    show.expect("the update", delta, torch.tensor([[3.0, 6.0, 0.0], [30.0, 60.0, 0.0]]), teach=teach, atol=1e-5)
    show.tried("r = 2, alpha = 4")
    A, B = torch.tensor([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]]), torch.tensor([[1.0, 0.0], [0.0, 2.0]])
    expected = torch.tensor([[2.0, 0.0, 4.0], [0.0, 4.0, 4.0]])
    delta = lora_delta(A, B, 4)
    show.expect("the update", delta, expected, teach="The scale is alpha / r. Which axis of A is r?", atol=1e-5)
    show.picture(plots.matrix("The update for r = 2, alpha = 4", delta, expected))
    show.tried("5 inputs, 4 outputs, r = 3")
    A, B = torch.ones(3, 5), torch.ones(4, 3)
    show.expect("every entry", lora_delta(A, B, 6), 6 * torch.ones(4, 5), teach="r is 3, not 5 and not 4.", atol=1e-5)


def check_lora_linear(LoRALinear, show):
    show.tried("a new layer on the base of the example")
    layer = LoRALinear(_base(), 1, 2.0, 0.0)
    first = layer(X)
    bias = "The update must be zero at first. And who adds the bias?"
    show.expect("output of the new layer", first, torch.tensor([[11.0, 22.0]]), teach=bias, atol=1e-5)
    A, B = _factor(layer, 1, 3), _factor(layer, 2, 1)
    seen = "A tensor is found by optimizers if it is an nn.Parameter (or in a submodule) of the layer."
    if not show.that(A is not None and B is not None, "it has trainable parameters A (1, 3) and B (2, 1)", teach=seen):
        return
    show.tried("three training steps, every parameter handed to the optimizer")
    before = {name: value.detach().clone() for name, value in layer.named_parameters()}
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.01)
    for _ in range(3):
        optimizer.zero_grad()
        loss = (layer(X) - torch.tensor([[5.0, 6.0]])).square().sum()
        if loss.requires_grad:
            loss.backward()
        optimizer.step()
    moved = {name: float((value.detach() - before[name]).norm()) for name, value in layer.named_parameters()}
    learns = [value.requires_grad for value in layer.parameters()]
    factors = {name for name, value in layer.named_parameters() if value is A or value is B}
    start = "The gradient of A has B as a factor, and the other way round. What if both are zero?"
    show.that(all(moved[n] > 0 for n in factors), "A and B have moved", teach=start)
    frozen = "Whatever the optimizer is handed, the base's weight and bias should stay."
    show.that(not any(moved[n] for n in moved if n not in factors), "nothing else has moved", teach=frozen)
    picture = {"trainable": learns, "moved": list(moved.values())}
    show.picture(plots.layers("What three steps moved", list(moved), picture))
    show.tried("A = (1, 1, 1) and B = (1, 2), alpha = 2")
    layer = LoRALinear(_base(), 1, 2.0, 0.5)
    _set(_factor(layer, 1, 3), torch.ones(1, 3))
    _set(_factor(layer, 2, 1), torch.tensor([[1.0], [2.0]]))
    scale = "Base (11, 22), and twice B A x = (6, 12). Is the scale there, and is there no dropout in eval mode?"
    show.expect("output in eval mode", layer.eval()(X), torch.tensor([[23.0, 46.0]]), teach=scale, atol=1e-4)
    show.tried("dropout 1, which drops everything")
    layer = LoRALinear(_base(), 1, 2.0, 1.0)
    _set(_factor(layer, 2, 1), torch.tensor([[1.0], [2.0]]))
    only = "The pretrained path should get all of x; dropout is for the low-rank path."
    show.expect("output in train mode", layer.train()(X), torch.tensor([[11.0, 22.0]]), teach=only, atol=1e-4)
    show.tried("a base in double precision")
    layer = LoRALinear(_base(torch.float64), 1, 2.0, 0.0)
    kinds = sorted({str(p.dtype) for p in layer.parameters()})
    show.expect("dtypes of its parameters", kinds, ["torch.float64"], teach="New tensors are float32 unless told.")


def check_inject_lora(inject_lora, show):
    torch.manual_seed(0)
    # The key projections and the head have names that contain the target's.
    model = TinyTransformer(names={"key": "q_proj_norm", "head": "my_v_proj"}).eval()
    for parameter in model.parameters():
        parameter.requires_grad = False
    linears = [path for path, module in model.named_modules() if isinstance(module, nn.Linear)]
    words = torch.arange(12).reshape(2, 6)
    before = model(words)
    show.tried("targets q_proj and v_proj, r = 2, in a model with two blocks, all of it frozen before")
    names = inject_lora(model, ["q_proj", "v_proj"], 2, 8)
    counts = {p: sum(t.numel() for t in model.get_submodule(p).parameters() if t.requires_grad) for p in linears}
    # A and B of a layer from 24 to 32 (queries) or 16 (values) have 2 * (24 + 32) or 2 * (24 + 16) numbers.
    expected = {path: 112 if path.endswith(".q_proj") else 80 if path.endswith(".v_proj") else 0 for path in linears}
    labels = [path.removeprefix("layers.") for path in linears]
    learning = list(expected.values())
    show.picture(plots.bars("What can learn in each layer", labels, list(counts.values()), learning, ylabel="numbers"))
    exact = "Compare whole names, and look inside the blocks. Only the two factors of a target should learn."
    show.expect("numbers that can learn, by layer", counts, expected, teach=exact)
    show.that(_same(model(words), before), "the output has not changed", teach="A new LoRALinear changes nothing.")
    wanted = [path for path in linears if expected[path]]
    given = sorted(names) if isinstance(names, (list, tuple)) else names
    show.expect("the returned paths", given, sorted(wanted), teach="Return whole paths, as named_modules gives them.")
    show.tried("the same call again")
    again = inject_lora(model, ["q_proj", "v_proj"], 2, 8)
    total = sum(t.numel() for t in model.parameters() if t.requires_grad)
    twice = "The base inside a LoRALinear is a linear layer too. What is its path?"
    show.expect("numbers that can learn in the whole model", total, 384, teach=twice)
    show.expect("what it returns", again, [], teach="Nothing was wrapped this time.")


def check_save_adapter(save_adapter, load_adapter, inject_lora, show):
    torch.manual_seed(0)
    start = TinyTransformer(mlp_width=120).eval()
    words = torch.arange(12).reshape(2, 6)

    def base():
        """A frozen base, its head ready to learn; the head's values are not those of the trained model."""
        model = copy.deepcopy(start)
        for parameter in model.parameters():
            parameter.requires_grad = False
        for parameter in model.head.parameters():
            parameter.requires_grad = True
        return model

    def learn(model):
        """Other values for all that can learn."""
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.requires_grad:
                    parameter.copy_(torch.randn(parameter.shape) / 2)

    def loaded(model, adapter):
        answer = load_adapter(model, adapter)
        return (answer if isinstance(answer, nn.Module) else model).eval()

    show.tried("r = 2, alpha = 10 on q_proj and v_proj; factors and head get new values; save; load into a fresh base")
    model = base()
    inject_lora(model, ["q_proj", "v_proj"], 2, 10)
    learn(model)
    trained = model(words).detach()
    adapter = save_adapter(model, "head")
    again = loaded(base(), adapter)(words).detach()
    everything = "Are the head, the scale and every factor there? Does the fresh base have LoRA layers at all?"
    show.that(_same(again, trained), "the fresh base answers as the trained model did", teach=everything)
    show.picture(plots.matrix("Output for two sentences, after loading", again, trained))
    show.tried("the model goes on training; then load again what was saved before")
    learn(model)
    later = loaded(base(), adapter)(words)
    live = "Does the adapter hold the model's own tensors, or copies of what they were? (`.clone()`)"
    show.that(_same(later, again), "the adapter has stayed as it was", teach=live)
    show.tried("load it into a base whose embedding was updated meanwhile")
    newer = base()
    nn.init.normal_(newer.embed_tokens.weight)
    embedding = newer.embed_tokens.weight.detach().clone()
    kept = loaded(newer, adapter).get_parameter("embed_tokens.weight").detach()
    share = "What need not be in an adapter, because everybody has it?"
    show.that(_same(kept, embedding), "the base keeps its own embedding", teach=share)


def check_merge(merge, unmerge, LoRALinear, show):
    def ready():
        base = _base()
        layer = LoRALinear(base, 1, 2.0, 0.0).eval()
        change(layer, torch.ones(1, 3), torch.tensor([[1.0], [2.0]]))
        return base, layer

    def change(layer, A, B):
        _set(_factor(layer, 1, 3), A)
        _set(_factor(layer, 2, 1), B)

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
    show.that(_same(merged(X), once), "the second merge changes nothing", teach=before)
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
    show.that(_same(embedding(torch.tensor([0, 1])), before), "the embedding has not changed", teach=shared)
