# It breaks: A is always (r, in): here a rank above 8 counts as 8.
def lora_delta(A, B, alpha):
    return alpha / min(A.shape[0], 8) * (B @ A)
