"""Public check of `unfreeze_top`."""

import torch
from torch import nn

from tlcore import plots
from tlcore.models import TinyNet


def _probed(norm="group", momentum=0.0):
    """A net with three blocks whose head alone learns, in eval mode but for the head, and its optimizer."""
    torch.manual_seed(0)
    net = TinyNet(n_classes=3, in_channels=1, widths=(4, 4, 4), norm=norm, dropout=0.0, layout="classifier")
    net.requires_grad_(False).eval()
    net.classifier.requires_grad_(True).train()
    return net, torch.optim.SGD(net.classifier.parameters(), lr=0.2, momentum=momentum)


def _moved_by_a_step(net, optimizer):
    """How far each part goes in one step if all gradients are 1: a step of rate 0.2 moves every number by 0.2."""
    before = {name: p.detach().clone() for name, p in net.named_parameters()}
    for p in net.parameters():
        p.grad = torch.ones_like(p) if p.requires_grad else None
    optimizer.step()
    moved = {}
    for name, p in net.named_parameters():
        part = "head" if name.startswith("classifier") else "block " + name.split(".")[1]
        far = round(float((p.detach() - before[name]).abs().max()), 4)
        moved[part] = max(moved.get(part, 0.0), far)
    return moved


def _counted(net):
    """How many batches each batch norm has counted in one forward pass."""
    net(torch.randn(4, 1, 8, 8))
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    return [int(norm.num_batches_tracked) for norm in norms]


def check(unfreeze_top, show):
    slow = "Count the blocks from the head. A thawed block needs its flag, and the optimizer has to be told of it."
    for k in (1, 2):
        net, optimizer = _probed()
        unfreeze_top(net, optimizer, k)
        show.tried(f"three blocks, k = {k}, the head's rate 0.2; then one step with all gradients 1")
        found = _moved_by_a_step(net, optimizer)
        right = {f"block {i}": 0.02 if i >= 3 - k else 0.0 for i in range(3)} | {"head": 0.2}
        sound = show.expect("how far each part moved", found, right, slow, atol=1e-4)
    show.picture(
        plots.bars(
            "How far one step moved each part, two blocks thawed",
            list(right),
            [found.get(part, 0.0) for part in right],
            list(right.values()),
            ylabel="distance",
        )
    )

    show.tried("the same with batch norm, k = 2, and a forward pass")
    net, optimizer = _probed("batch")
    unfreeze_top(net, optimizer, 2)
    show.expect(
        "batches that each block's batch norm has counted, from the bottom",
        _counted(net),
        [0, 1, 1],
        "Batch norm counts in train mode. Blocks that learn are in train mode, blocks that do not are in eval mode.",
    )
    show.that(net.classifier.training, "the head is in train mode", "The head learns, so its dropout is at work.")

    if not sound:
        return  # what follows would tell of the same mistake again
    show.tried("k = 0, then k = 1, then k = 3, and the head's rate becomes 0.4 before the last")
    net, optimizer = _probed()
    for k, lr, right in (
        (0, 0.2, {"block 0": 0.0, "block 1": 0.0, "block 2": 0.0, "head": 0.2}),
        (1, 0.2, {"block 0": 0.0, "block 1": 0.0, "block 2": 0.02, "head": 0.2}),
        (3, 0.4, {"block 0": 0.04, "block 1": 0.04, "block 2": 0.02, "head": 0.4}),
    ):
        optimizer.param_groups[0]["lr"] = lr
        unfreeze_top(net, optimizer, k)
        show.expect(
            f"how far each part moved, k = {k}",
            _moved_by_a_step(net, optimizer),
            right,
            "Blocks that learn already go on as they are; new ones join at a tenth of the first group's rate of now. "
            "For k = 0, what is `blocks[-0:]`?",
            atol=1e-4,
        )

    show.tried("momentum 0.9: a step, k = 1, another step")
    net, optimizer = _probed(momentum=0.9)
    _moved_by_a_step(net, optimizer)
    unfreeze_top(net, optimizer, 1)
    show.expect(
        "how far the head moved in the second step",
        _moved_by_a_step(net, optimizer)["head"],
        0.38,
        "0.2 * (1 + 0.9): the first step is remembered. A new optimizer would have forgotten it.",
        atol=1e-4,
    )
    show.untried("models of transformers, and optimizers other than SGD")
