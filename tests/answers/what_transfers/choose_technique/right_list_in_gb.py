# Everything in GB, one condition for each technique; a list instead of a set.
def choose_technique(s):
    def gb(parameters, bytes_each=4):
        return parameters * bytes_each / 1e9

    base, adapter, head = s["parameters"], s["adapter_parameters"], s["head_parameters"]
    api = s["access"] == "embeddings"
    labels = s["target_labels"] >= 1
    found = []
    if labels and (
        api
        or (
            gb(base) + gb(head, 16) <= s["memory_gb"] and gb(base) + s["customers"] * gb(head) <= s["disk_gb"]
        )
    ):
        found.append("feature_extraction")
    own = adapter + head
    if labels and not api:
        if gb(base) + gb(own, 16) <= s["memory_gb"] and gb(base) + s["customers"] * gb(own) <= s["disk_gb"]:
            found.append("lora")
    full = gb(base + head, 16) <= s["memory_gb"] and s["customers"] * gb(base + head) <= s["disk_gb"]
    if full and not api and not s["one_copy"]:
        if labels:
            found.append("full_fine_tuning")
        if s["source_data"] and s["same_classes"] and s["target_unlabelled"] >= 1:
            found.append("domain_adaptation")
    return found
