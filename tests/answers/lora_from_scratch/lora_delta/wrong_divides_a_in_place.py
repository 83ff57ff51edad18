# It breaks: A and B stay as they are: here A is divided in place.
def lora_delta(A, B, alpha):
    A /= A.shape[0]
    return alpha * (B @ A)
