# One rule after the other strikes out names.
def choose_technique(s):
    left = {"feature_extraction", "full_fine_tuning", "lora", "domain_adaptation"}
    changes = {"full_fine_tuning", "domain_adaptation"}
    if not s["target_labels"]:
        left -= {"feature_extraction", "full_fine_tuning", "lora"}
    if not (s["source_data"] and s["same_classes"] and s["target_unlabelled"]):
        left.discard("domain_adaptation")
    if s["access"] != "weights":
        return left & {"feature_extraction"}
    if s["one_copy"]:
        left -= changes
    P, A, H, k = s["parameters"], s["adapter_parameters"], s["head_parameters"], s["customers"]
    memory = {
        "feature_extraction": 4 * P + 16 * H,
        "lora": 4 * P + 16 * A + 16 * H,
        "full_fine_tuning": 16 * P + 16 * H,
        "domain_adaptation": 16 * P + 16 * H,
    }
    disk = {
        "feature_extraction": 4 * (P + k * H),
        "lora": 4 * (P + k * (A + H)),
        "full_fine_tuning": 4 * k * (P + H),
        "domain_adaptation": 4 * k * (P + H),
    }
    return {t for t in left if memory[t] <= s["memory_gb"] * 10**9 and disk[t] <= s["disk_gb"] * 10**9}
