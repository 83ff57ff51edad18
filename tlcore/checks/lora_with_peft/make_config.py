"""Public check of `make_config`."""

import copy

import torch
from peft import get_peft_model

from tlcore import plots
from tlcore.checks.lora_with_peft.setups import classifier, large, logits, same, updates, words
from tlcore.models import tiny_bert, tiny_gpt2, tiny_llama


def check(make_config, show):
    model = classifier("bert")
    before = [name for name, _ in model.named_modules()]
    show.tried("a BERT classifier with two blocks, r = 4, alpha = 10, attention")
    config = make_config(model, 4, 10, "attention")
    returned = "make_config should return a LoraConfig. Is there a `return`?"
    if not show.that(hasattr(config, "target_modules"), "it returns a configuration", teach=returned):
        show.picture(plots.bars("Layers with an update", ["yours"], [0], [6], ylabel="layers"))
        show.untried("everything that comes after it")
        return
    wrapped = get_peft_model(copy.deepcopy(model), config)
    found = updates(wrapped)
    blocks = [f"bert.encoder.layer.{i}.attention.self" for i in range(2)]
    wanted = sorted(f"{block}.{name}" for block in blocks for name in ("query", "key", "value"))
    paths = [path for path, part in model.named_modules() if type(part).__name__ == "Linear"]
    short = [path.removeprefix("bert.").removeprefix("encoder.layer.") for path in paths]
    yours, right = ([int(path in side) for path in paths] for side in (found, wanted))
    show.picture(plots.bars("Which linear layers of BERT get an update (1) and which not (0)", short, yours, right))
    new, more = "The head is new. It must learn.", "Nothing else learns: no biases, no norms."
    three = "Queries, keys and values of every block, and nothing else."
    show.expect("layers with an update", sorted(found), wanted, teach=three)
    first = next(iter(found.values()), (0, 0.0))
    show.expect("the rank", first[0], 4, teach="r is the rank.")
    show.expect("the scale alpha / r", first[1], 2.5, teach="PEFT divides lora_alpha by r by itself.", atol=1e-6)
    besides = _besides(wrapped)
    show.expect("what learns besides", besides, ["classifier"], teach=more if "classifier" in besides else new)
    show.tried("the same, all")
    wrapped = get_peft_model(copy.deepcopy(model), make_config(model, 4, 10, "all"))
    body = sorted(path for path in paths if path.startswith("bert."))
    every = "Every linear layer of model.base_model, the pooler included, and not the head."
    show.expect("layers with an update", sorted(updates(wrapped)), body, teach=every)
    besides = _besides(wrapped)
    show.expect("what learns besides", besides, ["classifier"], teach=more if "classifier" in besides else new)
    show.that([n for n, _ in model.named_modules()] == before, "the model has its own layers only", teach="Only look.")
    show.tried("a GPT-2 classifier, attention")
    gpt2 = classifier("gpt2")
    wrapped = get_peft_model(copy.deepcopy(gpt2), make_config(gpt2, 2, 3, "attention"))
    fused = "GPT-2 makes queries, keys and values in one layer. What is it called, and of which class is it?"
    found = updates(wrapped)
    show.expect(
        "layers with an update", sorted(found), [f"transformer.h.{i}.attn.c_attn" for i in range(2)], teach=fused
    )
    show.that(same(logits(wrapped, words()), logits(gpt2, words())), "it answers as before", teach="A new LoRA does.")
    for name, build, task in (
        ("BERT", tiny_bert, "masked"),
        ("GPT-2", tiny_gpt2, "causal"),
        ("Llama", tiny_llama, "causal"),
    ):
        torch.manual_seed(0)
        language = large(build(30, width=16))
        show.tried(f"{name} as a {task} language model, all")
        wrapped = get_peft_model(copy.deepcopy(language), make_config(language, 2, 3, "all"))
        outside = [path for path in updates(wrapped) if not path.startswith(language.base_model_prefix + ".")]
        head = "The head of a language model is pretrained. It gets no update and stays frozen."
        ends = "Does the end of a path that you gave fit a layer of the head, too? " if outside else ""
        show.expect("layers of the head with an update", outside, [], teach=ends + head)
        besides = _besides(wrapped)
        show.expect("what learns besides", besides, [], teach=more if language.base_model_prefix in besides else head)
    show.untried("vision transformers, other ranks and scales")


def _besides(model):
    """The modules at the top of the base that learn without being an update."""
    names = [n.removeprefix("base_model.model.") for n, p in model.named_parameters() if p.requires_grad]
    return sorted({name.split(".")[0] for name in names if "lora_" not in name})
