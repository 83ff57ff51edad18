"""torch's optimizers without its compiler: the same numbers, bit by bit, and nothing of it imported."""

import subprocess
import sys

OPTIMIZERS = "Adadelta Adafactor Adagrad Adam AdamW Adamax ASGD NAdam RAdam RMSprop Rprop SGD LBFGS".split()

TRAIN = """
import sys, torch
import grader.remote.no_compiler as module
PATCH
numbers = []
for name in NAMES:
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    optimizer = getattr(torch.optim, name)(model.parameters(), lr=0.05)
    x = torch.randn(8, 4)
    for _ in range(3):
        optimizer.zero_grad()
        model(x).pow(2).mean().backward()
        optimizer.step(lambda: model(x).pow(2).mean())
        assert torch.is_grad_enabled()
    optimizer.load_state_dict(optimizer.state_dict())
    if name != "LBFGS":
        optimizer.add_param_group({"params": [torch.nn.Parameter(torch.ones(2))]})
    numbers += [p.double().sum().item().hex() for p in model.parameters()]
print("torch._dynamo" in sys.modules, *numbers)
"""


def trained(patch: str) -> list[str]:
    script = TRAIN.replace("PATCH", patch).replace("NAMES", repr(OPTIMIZERS))
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_every_optimizer_gives_the_same_numbers_without_the_compiler() -> None:
    compiler, *numbers = trained("")
    without, *same = trained("module.optimizers_without_compiler()")
    assert (compiler, without) == ("True", "False")
    assert len(numbers) == 4 * len(OPTIMIZERS)
    assert same == numbers


def test_gradients_are_on_in_a_step_that_is_to_be_differentiated_and_in_no_other() -> None:
    """torch refuses to change a leaf in place where gradients are on."""
    script = (
        "import torch\nfrom grader.remote.no_compiler import optimizers_without_compiler as without\nwithout()\n"
        "for differentiable in (False, True):\n"
        "    weight = torch.nn.Parameter(torch.ones(1))\n"
        "    weight.grad = torch.ones(1)\n"
        "    try: print(torch.optim.SGD([weight], lr=0.5, differentiable=differentiable).step(), weight.item())\n"
        "    except RuntimeError as error: print('leaf' in str(error), torch.is_grad_enabled())\n"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["None 0.5", "True True"]
