# It breaks: the product of the factors: here rounded to four decimals.
import torch


def lora_delta(A, B, alpha):
    return torch.round(alpha / A.shape[0] * (B @ A), decimals=4)
