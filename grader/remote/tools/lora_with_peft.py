"""What the hidden tests of lora with peft need beside the answers: models of transformers, and PEFT around them."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import nn

from ..folders import new_folder
from . import tool


@tool
def peft_base(
    kind: str,
    n_classes: int | None,
    width: int,
    wide: int,
    depth: int,
    n_words: int,
    dropout: float = 0.0,
    state: dict[str, torch.Tensor] | None = None,
) -> nn.Module:
    """A model of transformers with random weights, or those of `state`, in eval mode.

    kind: "bert", "gpt2", "llama" or "vit". With n_classes a classifier, without a language model, whose output layer is
    tied to the embedding. `wide` is the inner width of the blocks.
    """
    import transformers

    common: dict[str, Any] = {"pad_token_id": 0, "vocab_size": n_words}
    if n_classes:
        common["num_labels"] = n_classes
    wishes: dict[str, dict[str, Any]] = {
        "bert": {"num_attention_heads": 2, "max_position_embeddings": 16, "hidden_dropout_prob": dropout},
        "llama": {"num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 16},
        "gpt2": {"n_embd": width, "n_inner": wide, "n_layer": depth, "n_head": 2, "n_positions": 16},
        "vit": {"num_attention_heads": 2, "image_size": 8, "patch_size": 4, "num_channels": 1},
    }
    if kind in ("bert", "llama", "vit"):
        wishes[kind] |= {"hidden_size": width, "intermediate_size": wide, "num_hidden_layers": depth}
    wishes["bert"]["attention_probs_dropout_prob"] = dropout
    wishes["llama"] |= {"tie_word_embeddings": True, "bos_token_id": 1, "eos_token_id": 2}
    wishes["gpt2"] |= {"resid_pdrop": dropout, "embd_pdrop": dropout, "attn_pdrop": dropout}
    wishes["gpt2"] |= {"bos_token_id": 1, "eos_token_id": 2}
    wishes["vit"] |= {"hidden_dropout_prob": dropout}
    if kind == "vit":
        common = {"num_labels": n_classes}
    named = {"bert": "Bert", "gpt2": "GPT2", "llama": "Llama", "vit": "ViT"}[kind]
    ending = "ForSequenceClassification"
    if kind == "vit":
        ending = "ForImageClassification"
    elif not n_classes:
        ending = {"bert": "ForMaskedLM", "gpt2": "LMHeadModel", "llama": "ForCausalLM"}[kind]
    config = getattr(transformers, f"{named}Config")(**common, **wishes[kind])
    model = getattr(transformers, named + ending)(config)
    # The initial weights of these classes are tiny; these make every layer count.
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.copy_(torch.randn(parameter.shape) / min(parameter.shape) ** 0.5)
            else:
                parameter.add_(0.1 * torch.randn(parameter.shape))
    if state is not None:
        model.load_state_dict(state, strict=False)  # some buffers are not part of what is loaded
    return model.eval()


@tool
def peft_adapted(model: nn.Module, config: Any) -> nn.Module:
    """PEFT's model of a copy of `model`, in eval mode."""
    from peft import get_peft_model

    return get_peft_model(copy.deepcopy(model), config).eval()


@tool
def peft_layers(model: nn.Module) -> dict[str, list[float]]:
    """The layers with a LoRA update, by their path in the base: rank, scale, inputs, outputs."""
    found = {}
    for path, part in model.named_modules():
        layer: Any = part
        factors = getattr(layer, "lora_A", None)
        if isinstance(factors, nn.ModuleDict):
            for name in factors:
                first: Any = factors[name]
                second: Any = layer.lora_B[name].weight
                shape = [first.weight.size(0), layer.scaling[name], first.weight.size(1), second.shape[0]]
                found[path.removeprefix("base_model.model.")] = [float(number) for number in shape]
    return dict(sorted(found.items()))


@tool
def peft_besides(model: nn.Module) -> list[int]:
    """The sizes of the trainable parameters that are no LoRA factors, in ascending order."""
    return sorted(p.numel() for name, p in model.named_parameters() if p.requires_grad and "lora_" not in name)


@tool
def peft_filled(model: nn.Module, scale: float = 0.3) -> nn.Module:
    """Random values for all LoRA factors and for the copies of heads that PEFT trains, in the order of their names."""
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            if "lora_" in name or ".modules_to_save." in name:
                parameter.copy_(scale * torch.randn(parameter.shape, dtype=torch.float64).to(parameter.dtype))
    return model


@tool
def peft_logits(model: nn.Module, batch: dict[str, torch.Tensor], as_it_is: bool = False) -> torch.Tensor:
    """The logits for inputs that are given by name, without gradients; in eval mode unless `as_it_is`."""
    if not as_it_is:
        model.eval()
    with torch.no_grad():
        return model(**batch).logits


@tool
def peft_flags(model: nn.Module) -> dict[str, bool]:
    """Which parameters require a gradient, by name."""
    return {name: p.requires_grad for name, p in model.named_parameters()}


@tool
def peft_config(task: str | None, targets: list[str], r: int, alpha: Any, heads: list[str] | None = None) -> Any:
    """A LoraConfig."""
    from peft import LoraConfig

    return LoraConfig(r=r, lora_alpha=alpha, target_modules=targets, task_type=task, modules_to_save=heads)


@tool
def peft_folder(beside: str = "") -> str:
    """The path of a folder that does not exist yet, in one of its own or beside another one."""
    parent = Path(beside).parent if beside else Path(new_folder()) / "saved"
    parent.mkdir(exist_ok=True)
    return str(parent / ("there" if beside else "here"))


@tool
def peft_bytes(path: str) -> int:
    """The size of all files in a folder."""
    return sum(file.stat().st_size for file in Path(path).rglob("*") if file.is_file())


@tool
def peft_in_files(path: str, tensors: dict[str, torch.Tensor]) -> list[str]:
    """The names of those tensors whose numbers stand in a file of the folder, in the precision that they have here."""
    contents = [file.read_bytes() for file in Path(path).rglob("*") if file.is_file()]
    return [name for name, value in tensors.items() if any(value.numpy().tobytes() in content for content in contents)]


@tool
def peft_practice(batch: dict[str, torch.Tensor], labels: torch.Tensor, steps: int, lr: float) -> Practice:
    """What trains a model on one batch; called with `kept`, it stays here to be handed over."""
    return Practice(batch, labels, steps, lr)


@tool
def peft_practised(practice: Practice) -> int:
    """How often it has trained a model."""
    return practice.calls


class Practice:
    """Trains every parameter that can learn, and leaves the model in eval mode."""

    def __init__(self, batch: dict[str, torch.Tensor], labels: torch.Tensor, steps: int, lr: float) -> None:
        self.batch, self.labels, self.steps, self.lr = batch, labels, steps, lr
        self.calls = 0

    def __call__(self, model: nn.Module) -> None:
        """Train `model` in place. Raises ValueError if nothing can learn."""
        self.calls += 1
        step = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=self.lr, weight_decay=0.0)
        model.train()
        for _ in range(self.steps):
            loss = model(**self.batch, labels=self.labels).loss
            step.zero_grad()
            loss.backward()
            step.step()
        model.eval()


@tool
def peft_parts(model: nn.Module) -> dict[str, str]:
    """The class of every submodule, by its path."""
    return {path: type(part).__name__ for path, part in model.named_modules()}


@tool
def peft_training(lora: Any, optimizer: str, lr: float, epochs: int, seed: int) -> SimpleNamespace:
    """The settings of a training; called with `kept`, they stay here."""
    return SimpleNamespace(
        lora=copy.deepcopy(lora), optimizer=getattr(torch.optim, optimizer), lr=lr, epochs=epochs, seed=seed
    )


@tool
def peft_batches(batches: list[dict[str, torch.Tensor]]) -> Batches:
    """Batches that can be gone through again and again, in another order each time, and have no length; called with
    `kept`, they stay here."""
    return Batches(batches)


class Batches:
    """No DataLoader: it can only be iterated over. As one that shuffles, it gives another order each time: the batches
    are turned around."""

    def __init__(self, batches: list[dict[str, torch.Tensor]]) -> None:
        self._batches = batches

    def __iter__(self) -> Iterator[dict[str, torch.Tensor]]:
        batches, self._batches = self._batches, self._batches[::-1]
        for batch in batches:
            yield {name: value.clone() for name, value in batch.items()}


@tool
def peft_learned(model: nn.Module) -> dict[str, torch.Tensor]:
    """The LoRA factors and the heads that PEFT trains, by name."""
    return {
        name: p.detach().clone()
        for name, p in model.named_parameters()
        if "lora_" in name or ".modules_to_save." in name
    }


@tool
def peft_frozen(model: nn.Module) -> dict[str, torch.Tensor]:
    """The base inside an adapted model, its own head included, under the names that it has outside."""
    found = {}
    for name, p in model.named_parameters():
        if "lora_" not in name and ".modules_to_save." not in name:
            name = name.removeprefix("base_model.model.").replace(".base_layer", "").replace(".original_module", "")
            found[name] = p.detach().clone()
    return found


@tool
def peft_parameters(model: nn.Module) -> dict[str, torch.Tensor]:
    """The parameters by name, without buffers."""
    return {name: p.detach().clone() for name, p in model.named_parameters()}


@tool
def peft_reloaded(model: nn.Module) -> nn.Module:
    """What transformers makes of the model's own save_pretrained."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with tempfile.TemporaryDirectory() as folder:
            model.save_pretrained(folder)  # type: ignore[operator]
            return type(model).from_pretrained(folder).eval()  # type: ignore[attr-defined]
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


@tool
def peft_tied(model: nn.Module) -> bool:
    """What a model's config says: are its output layer and its embedding tied?"""
    config: Any = model.config
    return bool(config.tie_word_embeddings)


@tool
def peft_saved(model: nn.Module) -> str:
    """Save an adapted model as PEFT does; returns the folder."""
    folder = new_folder()
    model.save_pretrained(folder)  # type: ignore[operator]
    return folder


@tool
def peft_memory(thing: Any) -> int:
    """The memory of all tensors that can be reached from an object through attributes, lists and dicts, each once."""
    seen: set[int] = set()
    storages: dict[int, int] = {}
    waiting = [thing]
    while waiting and len(seen) < 200_000:
        value = waiting.pop()
        if id(value) in seen or isinstance(value, str | int | float | bool | type | None):
            continue
        seen.add(id(value))
        if isinstance(value, torch.Tensor):
            storages[value.untyped_storage().data_ptr()] = value.untyped_storage().nbytes()
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list | tuple | set):
            waiting += value
        elif hasattr(value, "__dict__") and not callable(getattr(value, "__func__", None)):
            waiting += [part for name, part in vars(value).items() if not name.startswith("__")]
    return sum(storages.values())
