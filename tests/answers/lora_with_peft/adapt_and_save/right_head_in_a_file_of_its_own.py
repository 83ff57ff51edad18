# PEFT is not told of the head: it is unfrozen by hand, and saved in a file of its own
import os


def _head(model):
    return "classifier" if hasattr(model, "classifier") else "score"


def adapt_and_save(base, path, train):
    ends = {"bert": ["query", "value"], "gpt2": ["c_attn"], "llama": ["q_proj", "v_proj"]}[base.config.model_type]
    model = get_peft_model(copy.deepcopy(base), LoraConfig(r=4, lora_alpha=8, target_modules=ends))
    head = getattr(model.base_model.model, _head(base))
    head.requires_grad_(True)
    train(model)
    model.save_pretrained(path)
    torch.save(head.state_dict(), os.path.join(path, "head.pt"))
    return model


def restore(base, path):
    model = PeftModel.from_pretrained(copy.deepcopy(base), path)
    getattr(model.base_model.model, _head(base)).load_state_dict(torch.load(os.path.join(path, "head.pt")))
    return model.eval()
