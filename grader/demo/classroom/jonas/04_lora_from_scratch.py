# %% question="lora_delta"
def lora_delta(A, B, alpha):
    r = A.shape[0]
    return alpha / r * B @ A
