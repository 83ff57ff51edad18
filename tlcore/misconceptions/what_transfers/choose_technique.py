"""Wrong ideas about `choose_technique`. Most are the right policy in a scenario that is not the one that was given."""

from __future__ import annotations

from typing import Any

from tlcore.misconceptions.registry import misconception
from tlcore.reference.what_transfers.choose_technique import choose_technique

Scenario = dict[str, Any]
PLENTY = 1e9


@misconception(asks="What do three of the four techniques compare their outputs with while they learn?")
def labels_ignored(s: Scenario) -> set[str]:
    """Every technique is taken to work without labels of the target."""
    return choose_technique({**s, "target_labels": 1})


@misconception(asks="Is there a scenario in which adapters cannot be trained at all?")
def lora_always(s: Scenario) -> set[str]:
    """LoRA, whatever the scenario says."""
    return {"lora"}


@misconception(asks="What does Adam keep for every weight that it moves, beside the weight?")
def memory_of_the_weights_only(s: Scenario) -> set[str]:
    """What learns is taken to need no more memory than what stands still."""
    fits = 4 * (s["parameters"] + s["head_parameters"]) <= s["memory_gb"] * 1e9
    return choose_technique({**s, "memory_gb": PLENTY if fits else 0.0})


@misconception(asks="How many numbers does Adam remember of each weight's past gradients?")
def moments_forgotten(s: Scenario) -> set[str]:
    """A weight that learns is taken to need 8 bytes: itself and its gradient."""
    return _by_memory(s, frozen=4, learning=8)


@misconception(asks="Which weights does the forward pass of a model with adapters use?")
def frozen_weights_take_no_memory(s: Scenario) -> set[str]:
    """Only what learns is counted."""
    return _by_memory(s, frozen=0, learning=16)


@misconception(asks="After which of your techniques can the base still give its old answers, bit for bit?")
def base_overwritten(s: Scenario) -> set[str]:
    """That there is one copy of the base, which has to stay, is not looked at."""
    return choose_technique({**s, "one_copy": False})


@misconception(
    asks="A convolution has a weight matrix too, once it is flattened. What keeps one from adding B A to it?"
)
def no_adapters_in_a_cnn(s: Scenario) -> set[str]:
    """LoRA is taken to work in transformers only."""
    found = choose_technique(s)
    return found - {"lora"} if s["architecture"] in ("CNN", "MLP") else found


@misconception(asks="Does it become impossible to train anything else because the domains are far apart?")
def far_means_full(s: Scenario) -> set[str]:
    """Far domains leave full fine-tuning only."""
    found = choose_technique(s)
    return found & {"full_fine_tuning"} if s["domain_gap"] == "far" else found


@misconception(asks="How many changed copies of the base are on the disk once every customer has one?")
def customers_not_counted(s: Scenario) -> set[str]:
    """The disk is taken to hold the result of one customer."""
    return choose_technique({**s, "customers": 1})


@misconception(asks="Each customer's training changes the base in its own way. Which of them can share one file?")
def changed_base_stored_once(s: Scenario) -> set[str]:
    """Of full fine-tuning, one base for all customers is counted, and a head for each."""
    found = choose_technique({**s, "disk_gb": PLENTY})
    one_base = 4 * (s["parameters"] + s["customers"] * s["head_parameters"]) <= s["disk_gb"] * 1e9
    changed = {"full_fine_tuning", "domain_adaptation"} if one_base else set()
    return (choose_technique(s) - {"full_fine_tuning", "domain_adaptation"}) | (found & changed)


@misconception(asks="Whose machine holds the weights of a model behind an API?")
def api_model_on_our_machine(s: Scenario) -> set[str]:
    """With embeddings from an API the weights are still counted here."""
    if s["access"] == "weights":
        return choose_technique(s)
    return choose_technique({**s, "access": "weights"}) & {"feature_extraction"}


@misconception(asks="Can a gradient reach the weights through an API that returns embeddings?")
def api_not_looked_at(s: Scenario) -> set[str]:
    """An API is taken for access to the weights."""
    return choose_technique({**s, "access": "weights"})


@misconception(asks="From what does adaptation learn the classes, if not from labels of the target?")
def adaptation_without_source(s: Scenario) -> set[str]:
    """Adaptation is taken to need unlabelled target examples, and nothing of the source."""
    return choose_technique({**s, "source_data": True, "same_classes": True})


@misconception(asks="Does a technique drop out because another one is ruled out?")
def nothing_where_something_is_scarce(s: Scenario) -> set[str]:
    """As soon as one technique is ruled out, none is left."""
    found = choose_technique(s)
    return found if len(found) == 4 else set()


def _by_memory(s: Scenario, frozen: int, learning: int) -> set[str]:
    """The policy with other numbers of bytes."""
    found = choose_technique({**s, "memory_gb": PLENTY})
    base, adapter, head = s["parameters"], s["adapter_parameters"], s["head_parameters"]
    if s["access"] == "embeddings":
        return found
    counts = {
        "feature_extraction": frozen * base + learning * head,
        "lora": frozen * base + learning * (adapter + head),
        "full_fine_tuning": learning * (base + head),
        "domain_adaptation": learning * (base + head),
    }
    return {technique for technique in found if counts[technique] <= s["memory_gb"] * 1e9}
