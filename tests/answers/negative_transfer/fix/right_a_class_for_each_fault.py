from copy import deepcopy

import torch
from torch import nn


class Fault:
    def shows(self, run, t):
        raise NotImplementedError


class WrongNormalisation(Fault):
    def shows(self, run, t):
        got = torch.tensor(t["input"]["std"])
        wanted = torch.tensor(t["photos"]["std"]) / torch.tensor(t["card"]["std"])
        return bool(((got - wanted).abs() > 1e-3).any())

    def __call__(self, images, card):
        mean = images.new_tensor(card["mean"])[None, :, None, None]
        std = images.new_tensor(card["std"])[None, :, None, None]
        return images.sub(mean).div(std)


class SharedPlants(Fault):
    def shows(self, run, t):
        return any(plant in t["plants"]["train"] for plant in t["plants"]["val"])

    def __call__(self, plants, n_val):
        border = sorted(set(plants), reverse=True)[n_val - 1]
        out = ([], [])
        for row, plant in enumerate(plants):
            out[plant >= border].append(row)
        return out


class UntrainedHead(Fault):
    def shows(self, run, t):
        return not t["moved"]["head"]

    def __call__(self, model, head, n_classes, regime, rate):
        model = deepcopy(model)
        for p in model.parameters():
            p.requires_grad_(regime != "frozen")
        old = model.get_submodule(head)
        model.set_submodule(head, nn.Linear(old.weight.shape[1], n_classes))
        return model, torch.optim.SGD((p for p in model.parameters() if p.requires_grad), rate)


class UnfrozenBackbone(UntrainedHead):
    def shows(self, run, t):
        return run["regime"] == "frozen" and t["moved"]["backbone"] > 1e-6


class DriftingStatistics(Fault):
    def shows(self, run, t):
        return run["regime"] == "frozen" and t["moved"]["statistics"] > 1e-6

    def __call__(self, model, optimizer, x, y, regime):
        for module in model.modules():
            module.training = not (regime == "frozen" and isinstance(module, nn.modules.batchnorm._BatchNorm))
        optimizer.zero_grad(set_to_none=False)
        loss = nn.functional.nll_loss(model(x).log_softmax(1), y)
        loss.backward()
        optimizer.step()
        return float(loss.detach())


class GradientsAdded(DriftingStatistics):
    def shows(self, run, t):
        return max(u / o for u, o in zip(t["used"], t["own"])) > 1.02


class TrainModeEvaluation(Fault):
    def shows(self, run, t):
        e = t["evaluation"]
        return e["accuracy"] != e["again"] or e["statistics_moved"] != 0

    def __call__(self, model, batches):
        twin = deepcopy(model).eval()
        right, rows = 0, 0
        for x, y in batches:
            right += int((twin(x).argmax(1) == y).sum())
            rows += y.numel()
        return right / rows * 100


class UnweightedBatches(TrainModeEvaluation):
    def shows(self, run, t):
        e = t["evaluation"]
        return round(e["accuracy"], 2) != round(100 * sum(e["right"]) / sum(e["rows"]), 2)


CAUSES = {
    "wrong_normalisation": WrongNormalisation(),
    "shared_plants": SharedPlants(),
    "untrained_head": UntrainedHead(),
    "unfrozen_backbone": UnfrozenBackbone(),
    "drifting_statistics": DriftingStatistics(),
    "gradients_added": GradientsAdded(),
    "train_mode_evaluation": TrainModeEvaluation(),
    "unweighted_batches": UnweightedBatches(),
}


def fix(run):
    for name, fault in CAUSES.items():
        if fault.shows(run, run["transcript"]):
            return name, fault
    return "sound", None
