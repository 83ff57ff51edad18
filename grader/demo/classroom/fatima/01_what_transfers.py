# %% question="transfer_benefit"
def transfer_benefit(with_t, without_t, threshold, tail=5):
    a, b = with_t["val"], without_t["val"]
    reached_a = [s for s, v in zip(with_t["step"], a) if v >= threshold]
    reached_b = [s for s, v in zip(without_t["step"], b) if v >= threshold]
    speedup = reached_b[0] - reached_a[0] if reached_a and reached_b else None
    return {
        "jumpstart": a[0] - b[0],
        "speedup_steps": speedup,
        "asymptote_gain": sum(a[-tail:]) / len(a[-tail:]) - sum(b[-tail:]) / len(b[-tail:]),
    }


# %% question="choose_technique"
def choose_technique(s):
    # adapters are small, so they always fit
    return {"lora"}


# %% question="order_steps"
def order_steps(steps, ctx):
    # they are in order already, I think
    return steps
