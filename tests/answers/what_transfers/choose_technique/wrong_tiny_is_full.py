# Size rules nothing out: here small models are always fine-tuned.

def choose_technique(s):
    base, adapter, head = s["parameters"], s["adapter_parameters"], s["head_parameters"]
    learns = {
        "feature_extraction": head,
        "lora": adapter + head,
        "full_fine_tuning": base + head,
        "domain_adaptation": base + head,
    }
    possible = set()
    for name, count in learns.items():
        changes = name in ("full_fine_tuning", "domain_adaptation")
        if name == "domain_adaptation":
            data = s["source_data"] and s["same_classes"] and s["target_unlabelled"] > 0
        else:
            data = s["target_labels"] > 0
        if s["access"] == "embeddings":
            fits = name == "feature_extraction"
        else:
            memory = 16 * count if changes else 4 * base + 16 * count
            disk = s["customers"] * 4 * count + (0 if changes else 4 * base)
            fits = memory <= s["memory_gb"] * 1e9 and disk <= s["disk_gb"] * 1e9
        if data and fits and not (changes and s["one_copy"]):
            possible.add(name)
    return possible & {"full_fine_tuning"} if base < 100_000 and possible else possible
