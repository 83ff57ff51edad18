import torch


def lora_delta(A, B, alpha):
    return torch.einsum("or,ri->oi", B, A) * (alpha / B.shape[1])
