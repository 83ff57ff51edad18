"""The regimes that `measure` compares: training rows, test rows, a seed and a learning rate in, a score out.

Whoever calls one seeds torch first: scratch models, new heads and LoRA factors start at random.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from tlcore.data import ImageSet, TextSet
from tlcore.loading import from_pretrained
from tlcore.models import TinyNet, tiny_llama, tiny_resnet
from tlcore.training import accuracy, linear_probe, perplexity, predict, train

Regime = Callable[[Any, Any, int, float], float]
STEPS = 150
"""Updates of a run on pictures."""
TEXT_STEPS = 100
"""Updates of a run on sentences."""
RANK = 8


def image_regimes(name: str) -> dict[str, Regime]:
    """Four ways to use the architecture of a checkpoint on a few target pictures; the score is accuracy in per cent.

    `name` is "leaves-resnet" or "leaves-tinynet".
    """

    def probe(model: nn.Module, few: ImageSet, test: ImageSet) -> float:
        head = linear_probe(_features(model, few), few.labels, few.n_classes)
        return 100 * accuracy(head, (_features(model, test), test.labels))

    def tune(model: nn.Module, few: ImageSet, test: ImageSet, seed: int, lr: float) -> float:
        train(model, few, steps=STEPS, lr=lr, cosine=True, seed=seed, progress=False)
        return 100 * accuracy(model, test)

    def random_frozen(few: ImageSet, test: ImageSet, seed: int, lr: float) -> float:
        return probe(_fresh(name, few.n_classes), few, test)

    def scratch(few: ImageSet, test: ImageSet, seed: int, lr: float) -> float:
        return tune(_fresh(name, few.n_classes), few, test, seed, lr)

    def frozen(few: ImageSet, test: ImageSet, seed: int, lr: float) -> float:
        return probe(from_pretrained(name)[0], few, test)

    def full(few: ImageSet, test: ImageSet, seed: int, lr: float) -> float:
        model, _ = from_pretrained(name)
        width = _features(model, few[:1]).shape[1]
        setattr(model, _head(model), nn.Sequential(nn.Flatten(), nn.Linear(width, few.n_classes)))
        return tune(model, few, test, seed, lr)

    return {
        "random frozen + linear": random_frozen,
        "scratch": scratch,
        "frozen + linear": frozen,
        "full fine-tune": full,
    }


def text_regimes() -> dict[str, Regime]:
    """Four ways to get a model of wire style from a few sentences; the score is perplexity, lower is better."""

    def tune(model: nn.Module, few: TextSet, test: TextSet, seed: int, lr: float) -> float:
        train(model, few, steps=TEXT_STEPS, lr=lr, cosine=True, seed=seed, progress=False)
        return perplexity(model, test)

    def not_adapted(few: TextSet, test: TextSet, seed: int, lr: float) -> float:
        return perplexity(from_pretrained("wire-llama")[0], test)

    def scratch(few: TextSet, test: TextSet, seed: int, lr: float) -> float:
        return tune(tiny_llama(len(few.vocabulary)), few, test, seed, lr)

    def full(few: TextSet, test: TextSet, seed: int, lr: float) -> float:
        return tune(from_pretrained("wire-llama")[0], few, test, seed, lr)

    def lora(few: TextSet, test: TextSet, seed: int, lr: float) -> float:
        from peft import LoraConfig, get_peft_model

        base: Any = from_pretrained("wire-llama")[0]
        targets = ["q_proj", "k_proj", "v_proj", "o_proj"]
        config = LoraConfig(r=RANK, lora_alpha=2 * RANK, target_modules=targets, task_type="CAUSAL_LM")
        return tune(get_peft_model(base, config), few, test, seed, lr)

    return {"not adapted": not_adapted, "scratch": scratch, "full fine-tune": full, f"LoRA r={RANK}": lora}


def _fresh(name: str, n_classes: int) -> nn.Module:
    """The architecture of a checkpoint, with random weights."""
    if name == "leaves-tinynet":
        return TinyNet(n_classes, widths=(16, 32, 64)).eval()
    return tiny_resnet(n_classes).eval()


def _head(model: nn.Module) -> str:
    return "fc" if isinstance(model, TinyNet) else "classifier"


def _features(model: nn.Module, data: ImageSet) -> Tensor:
    """(N, d): what the model gives once its head is gone (transformers' ResNet leaves two axes to flatten)."""
    setattr(model, _head(model), nn.Flatten())
    return predict(model, data.images)
