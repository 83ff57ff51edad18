"""Notebook 09: what is left of the source against what was learned of the target, by remedy; and the way back."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.effects.backbone import backbone, held_out, photos
from benchmarks.effects.common import Effect, Setting, Values, grid
from tlcore.models import logits_of
from tlcore.training import linear_probe, predict

N_OLD, N_NEW = 10, 6
STEPS, BATCH, PER_NEW = 100, 32, 25
RATE = 1e-3
"""Of AdamW without weight decay, falling along a half cosine, unless a setting says otherwise."""
LORA_RATE = 3e-3
LIKE = 0.6
"""A direction is new if its cosine with every direction of the base is below this, as in arXiv 2410.21228."""
KEPT_SEED = 4_000_000
"""Buffers come from seeds that neither training nor test rows of the source use."""
Labelled = tuple[Tensor, Tensor]


def grown(seed: int) -> nn.Module:
    """The pretrained model with sixteen outputs; the rows of the ten old classes are as they were."""
    model = backbone(seed, None)
    old: Any = model.classifier[-1]  # type: ignore[index, union-attr]
    new = nn.Linear(old.in_features, N_OLD + N_NEW)
    with torch.no_grad():
        new.weight[:N_OLD], new.bias[:N_OLD] = old.weight, old.bias
    model.classifier = nn.Sequential(nn.Flatten(), new)
    return model


def target_of(seed: int) -> Labelled:
    """Labelled photos of the six new illnesses; their labels begin at 10."""
    x, y = photos("target", PER_NEW, seed)
    return x, y + N_OLD


def buffer_of(per_class: int, seed: int) -> Labelled:
    """A few photos of each old illness."""
    x, y = photos("source", per_class, KEPT_SEED + seed, 0.0)
    return x, y


def trained(
    model: nn.Module,
    target: Labelled,
    seed: int,
    *,
    buffer: Labelled | None = None,
    rate: float = RATE,
    frozen: bool = False,
    penalty: Callable[[nn.Module], Tensor] | None = None,
) -> nn.Module:
    """Train in place, half of each batch from the buffer if there is one; a frozen body is in eval mode."""
    for name, parameter in model.named_parameters():
        if frozen:
            parameter.requires_grad_("classifier" in name)
    moving = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(moving, lr=rate, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
    generator = torch.Generator().manual_seed(seed)
    parts = [target] if buffer is None else [target, buffer]
    for _ in range(STEPS):
        model.train(not frozen)
        drawn = [torch.randint(len(y), (BATCH // len(parts),), generator=generator) for _, y in parts]
        x = torch.cat([part[0][rows] for part, rows in zip(parts, drawn, strict=True)])
        y = torch.cat([part[1][rows] for part, rows in zip(parts, drawn, strict=True)])
        loss = F.cross_entropy(logits_of(model(x)), y)
        if penalty is not None:
            loss = loss + penalty(model)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return model.eval()


def scores(model: nn.Module) -> Values:
    """Accuracy over all sixteen classes, and among the classes of the crop alone ("told which crop")."""
    old, new = held_out("source", 0.0), held_out("target", 0.1)
    of_old, of_new = predict(model, old.images), predict(model, new.images)
    return {
        "source": _share(of_old.argmax(1) == old.labels),
        "target": _share(of_new.argmax(1) == new.labels + N_OLD),
        "source, told the crop": _share(of_old[:, :N_OLD].argmax(1) == old.labels),
        "target, told the crop": _share(of_new[:, N_OLD:].argmax(1) == new.labels),
    }


def _share(right: Tensor) -> float:
    return float(right.float().mean())


def body_of(model: nn.Module) -> dict[str, nn.Parameter]:
    """The parameters below the head, by name."""
    return {name: p for name, p in model.named_parameters() if "classifier" not in name}


def held_by(model: nn.Module, strength: float, weight: dict[str, Tensor] | None) -> Callable[[nn.Module], Tensor]:
    """L2-SP, or EWC with weights: the sum of weight * (parameter - start)**2 over the body, times strength."""
    start = {name: p.detach().clone() for name, p in body_of(model).items()}

    def penalty(moved: nn.Module) -> Tensor:
        parts = [
            (((p - start[n]) ** 2) * (1.0 if weight is None else weight[n])).sum() for n, p in body_of(moved).items()
        ]
        return strength * torch.stack(parts).sum()

    return penalty


def fisher_of(model: nn.Module, x: Tensor, y: Tensor) -> dict[str, Tensor]:
    """Mean squared gradient of one row's loss, in eval mode."""
    body = body_of(model)
    total = {name: torch.zeros_like(p) for name, p in body.items()}
    for i in range(len(y)):
        loss = F.cross_entropy(logits_of(model(x[i : i + 1])), y[i : i + 1])
        for name, g in zip(body, torch.autograd.grad(loss, list(body.values())), strict=True):
            total[name] += g**2 / len(y)
    return total


def probed(model: nn.Module, parts: list[Labelled]) -> nn.Module:
    """The best head for all sixteen classes on the features as they are."""
    x, y = torch.cat([x for x, _ in parts]), torch.cat([y for _, y in parts])
    head = model.classifier
    model.classifier = nn.Flatten()
    features = predict(model, x)
    model.classifier = head
    solved = linear_probe(features, y, N_OLD + N_NEW)
    head[1].load_state_dict(solved.state_dict())  # type: ignore[index, union-attr]
    return model


def remedies(setting: Setting, seed: int) -> Values:
    """One remedy at one strength: what is left of the source, and what was learned of the target."""
    remedy, strength = setting["remedy"], setting["strength"]
    model, target = grown(seed), target_of(seed)
    run = partial(trained, model, target, seed)
    if remedy == "lower rate":
        return scores(run(rate=strength))
    if remedy == "replay":
        return scores(run(buffer=buffer_of(strength, seed)))
    if remedy == "L2-SP":
        return scores(run(penalty=held_by(model, strength, None)))
    if remedy == "EWC":
        weight = fisher_of(model.eval(), *buffer_of(10, seed))
        return scores(run(penalty=held_by(model, strength, weight)))
    if remedy == "frozen body, shared head":
        return scores(run(frozen=True, rate=1e-2))
    if remedy == "frozen body, head on both":
        return scores(probed(model, [target, buffer_of(strength, seed)]))
    if remedy == "probe, then all":
        probed(model, [target, buffer_of(5, seed)])
        return scores(run())
    probed(model, [target, buffer_of(5, seed)])  # "probe, then all with replay"
    return scores(run(buffer=buffer_of(5, seed)))


def with_lora(model: Any, rank: int) -> Any:
    """LoRA in every convolution of the body. The head is trained; the norms keep the statistics of the source."""
    from peft import LoraConfig, get_peft_model

    names = [name for name, part in model.named_modules() if isinstance(part, nn.Conv2d)]
    wrapped = get_peft_model(model, LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=names))
    model.classifier.requires_grad_(True)
    for part in model.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.train = lambda mode=True, part=part: part  # type: ignore[method-assign]
            part.training = False
    return wrapped


def adapters(setting: Setting, seed: int) -> Values:
    """LoRA in every convolution of the body, trained on the target alone, and then left on or switched off."""
    wrapped = with_lora(grown(seed), setting["r"])
    trained(wrapped, target_of(seed), seed, rate=LORA_RATE)
    found = {f"on: {name}": value for name, value in scores(wrapped).items()}
    with wrapped.disable_adapter():
        return found | {f"off: {name}": value for name, value in scores(wrapped).items()}


def way_back(setting: Setting, seed: int) -> Values:
    """The body of a fine-tuned model, moved back to the base by a share; control: as far in a random direction."""
    base = grown(seed)
    tuned = trained(copy.deepcopy(base), target_of(seed), seed, rate=setting["rate"])
    theirs = dict(base.named_parameters()) | dict(base.named_buffers())
    generator = torch.Generator().manual_seed(seed)
    found: Values = {}
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        for where in ("to the base", "anywhere"):
            model = copy.deepcopy(tuned)
            with torch.no_grad():
                for name, value in (*model.named_parameters(), *model.named_buffers()):
                    if "classifier" in name or not value.is_floating_point():
                        continue
                    way = theirs[name] - value
                    if where == "anywhere":
                        other = torch.randn(way.shape, generator=generator)
                        way = other * way.norm() / other.norm().clamp_min(1e-12)
                        if name.endswith("running_var"):
                            way = way.abs()
                    value += share * way
            # Told which crop: the head has lost the old classes anyway.
            found |= {f"{where} {share:g}: {k}": v for k, v in scores(model).items() if "told" in k}
    return found


def intruders(setting: Setting, seed: int) -> Values:
    """Directions of the tuned convolutions that the base did not have, and what is left if they are taken away."""
    base = grown(seed)
    if setting["way"] == "LoRA":
        wrapped = with_lora(copy.deepcopy(base), 8)
        tuned = trained(wrapped, target_of(seed), seed, rate=setting["rate"]).merge_and_unload()  # type: ignore[operator]
    else:
        tuned = trained(copy.deepcopy(base), target_of(seed), seed, rate=setting["rate"])
    theirs = dict(base.named_modules())
    generator = torch.Generator().manual_seed(seed)
    without, control = copy.deepcopy(tuned), copy.deepcopy(tuned)
    parts = (dict(without.named_modules()), dict(control.named_modules()))
    count = looked_at = 0
    for name, layer in tuned.named_modules():
        if not isinstance(layer, nn.Conv2d):
            continue
        before = theirs[name].weight.detach().flatten(1)  # type: ignore[operator, union-attr]
        u0 = torch.linalg.svd(before, full_matrices=False)[0]
        u, s, vt = torch.linalg.svd(layer.weight.detach().flatten(1), full_matrices=False)
        top = min(10, len(s) - 1)
        likest = (u0.T @ u[:, :top]).abs().amax(0)
        new = (likest < LIKE).nonzero().flatten()
        old = (likest >= LIKE).nonzero().flatten()
        others = old[torch.randperm(len(old), generator=generator)[: len(new)]]
        count, looked_at = count + len(new), looked_at + top
        for modules, chosen in zip(parts, (new, others), strict=True):
            with torch.no_grad():
                lost = (u[:, chosen] * s[chosen]) @ vt[chosen]
                modules[name].weight -= lost.view_as(layer.weight)  # type: ignore[operator, union-attr]
    found: Values = {"intruders in 100 directions": 100 * count / looked_at}
    for what, model in (("tuned", tuned), ("without them", without), ("without others", control)):
        found |= {f"{what}: {k}": v for k, v in scores(model).items() if "told" in k}
    return found


REMEDIES = [
    *grid(remedy=["lower rate"], strength=[1e-5, 3e-4, 1e-3, 3e-3]),
    *grid(remedy=["L2-SP"], strength=[0.1, 1.0]),
    *grid(remedy=["EWC"], strength=[10.0, 100.0]),
    *grid(remedy=["replay"], strength=[1, 5, 10]),
    *grid(remedy=["frozen body, shared head"], strength=[0]),
    *grid(remedy=["frozen body, head on both"], strength=[5]),
    *grid(remedy=["probe, then all"], strength=[5]),
    *grid(remedy=["probe, then all with replay"], strength=[5]),
]
EFFECTS = [
    Effect("remedies", REMEDIES, remedies),
    Effect("adapters", grid(r=[8]), adapters),
    Effect("way back", grid(rate=[1e-3]), way_back),
    Effect("intruders", [{"way": "all weights", "rate": 3e-3}, {"way": "LoRA", "rate": 1e-2}], intruders),
]
