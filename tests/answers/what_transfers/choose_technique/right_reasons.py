# A class that collects the reasons against each technique, with caches and early returns.
from dataclasses import dataclass, field


@dataclass
class Technique:
    name: str
    learns: int
    changes: bool
    against: list = field(default_factory=list)

    def object_if(self, wrong, why):
        if wrong:
            self.against.append(why)


def choose_technique(s):
    base, head = s["parameters"], s["head_parameters"]
    every = [
        Technique("feature_extraction", head, False),
        Technique("lora", head + s["adapter_parameters"], False),
        Technique("full_fine_tuning", head + base, True),
        Technique("domain_adaptation", head + base, True),
    ]
    for t in every:
        if t.name == "domain_adaptation":
            t.object_if(not s["source_data"], "no source")
            t.object_if(not s["same_classes"], "other classes")
            t.object_if(s["target_unlabelled"] < 1, "nothing to adapt to")
        else:
            t.object_if(s["target_labels"] < 1, "no labels")
        if s["access"] == "embeddings":
            t.object_if(t.name != "feature_extraction", "no weights")
            continue
        still = 0 if t.changes else base
        t.object_if(4 * still + 16 * t.learns > s["memory_gb"] * 1e9, "memory")
        t.object_if(4 * still + 4 * s["customers"] * t.learns > s["disk_gb"] * 1e9, "disk")
        t.object_if(t.changes and s["one_copy"], "the base must stay")
    return frozenset(t.name for t in every if not t.against)
