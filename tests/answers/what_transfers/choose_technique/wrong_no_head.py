# It breaks: full fine-tuning learns a head too. Here it is forgotten where the base learns.
def choose_technique(s):
    gb = 1e9
    base, adapters, head = s["parameters"], s["adapter_parameters"], s["head_parameters"]
    learns = {
        "feature_extraction": head,
        "full_fine_tuning": base,
        "lora": adapters + head,
        "domain_adaptation": base,
    }
    possible = set()
    for name, count in learns.items():
        changes = name in ("full_fine_tuning", "domain_adaptation")
        if name == "domain_adaptation":
            data = s["source_data"] and s["same_classes"] and s["target_unlabelled"] > 0
        else:
            data = s["target_labels"] > 0
        if not data:
            continue
        if s["access"] == "embeddings":
            if name == "feature_extraction":
                possible.add(name)
            continue
        memory = 16 * count + (0 if changes else 4 * base)
        disk = s["customers"] * 4 * count + (0 if changes else 4 * base)
        if memory <= s["memory_gb"] * gb and disk <= s["disk_gb"] * gb and not (changes and s["one_copy"]):
            possible.add(name)
    return possible
