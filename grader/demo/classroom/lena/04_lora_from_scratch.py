# %% question="lora_delta"
class Update(torch.Tensor):
    """A tensor that remembers how strong it is (my own idea, for printing)."""

    @property
    def strength(self):
        return torch.linalg.matrix_norm(self.as_subclass(torch.Tensor), ord=2).item()


def lora_delta(A, B, alpha):
    return (alpha / A.shape[0] * (B @ A)).as_subclass(Update)

# %% question="lora_linear"
class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.merged = False
        self.base = base
        for p in base.parameters():
            p.requires_grad = False
        self.A = nn.Parameter(torch.randn(r, base.in_features))
        self.B = nn.Parameter(torch.zeros(base.out_features, r))
        self.r, self.alpha = r, alpha
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        if self.merged:
            return self.base(x)
        return self.base(x) + self.alpha / self.r * (self.dropout(x) @ self.A.T @ self.B.T)
