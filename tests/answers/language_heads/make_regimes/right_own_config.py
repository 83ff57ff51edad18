# a LoraConfig of its own, and weights drawn anew by transformers' own method
from peft import LoraConfig


def make_regimes(base, labels):
    full = new_task_head(base, labels)
    scratch = AutoModelForSequenceClassification.from_config(full.config)
    scratch.to(full.dtype).eval()
    with torch.no_grad():
        for name in ("classifier", "score"):
            if hasattr(full, name):
                for mine, theirs in zip(getattr(scratch, name).parameters(), getattr(full, name).parameters()):
                    mine.copy_(theirs)
    features, partial, lora = (copy.deepcopy(full) for _ in range(3))
    random = copy.deepcopy(scratch)
    for model in (features, partial, random):
        for p in model.base_model.parameters():
            p.requires_grad_(False)
    modules = dict(partial.base_model.named_modules())
    count = partial.config.num_hidden_layers
    for path in (f"encoder.layer.{count - 1}", f"h.{count - 1}", f"layers.{count - 1}", "pooler", "ln_f", "norm"):
        if modules.get(path) is not None:
            modules[path].requires_grad_(True)
    names = ["query", "key", "value", "q_proj", "k_proj", "v_proj", "c_attn"]
    lora = get_peft_model(lora, LoraConfig(r=4, lora_alpha=8, target_modules=names, task_type="SEQ_CLS")).eval()
    return dict(features=features, partial=partial, lora=lora, full=full, scratch=scratch, random=random)
