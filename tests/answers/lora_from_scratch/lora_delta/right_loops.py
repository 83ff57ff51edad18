def lora_delta(A, B, alpha):
    r, out = A.shape[0], B.shape[0]
    update = A.new_zeros(out, A.shape[1])
    for row in range(out):
        for k in range(r):
            update[row] += B[row, k] * A[k]
    return update * (alpha / r)
