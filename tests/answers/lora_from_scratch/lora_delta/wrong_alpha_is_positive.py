# It breaks: scale by alpha / r: here a negative alpha counts as positive.
def lora_delta(A, B, alpha):
    return abs(alpha) / A.shape[0] * (B @ A)
