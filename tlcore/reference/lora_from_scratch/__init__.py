"""LoRA from scratch: a frozen linear layer, and beside it an update of low rank that learns.

Symbols as in the paper: W (out, in) is the frozen weight, A (r, in) and B (out, r) the factors, r the rank, and

    h = W x + (alpha / r) B A x

Source: Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models", section 4.1 (arXiv 2106.09685).
"""
