# It breaks: it returns (out, in): here a square update is transposed.
def lora_delta(A, B, alpha):
    update = alpha / len(A) * (B @ A)
    return update.T if len(update) == len(update.T) else update
