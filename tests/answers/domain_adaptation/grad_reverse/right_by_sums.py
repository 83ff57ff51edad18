import torch
import torch.nn.functional as F


def grad_reverse(x, lam):
    class Layer(torch.autograd.Function):
        @staticmethod
        def forward(context, inputs):
            return inputs.view_as(inputs)

        @staticmethod
        def backward(context, grad):
            return grad.neg() * lam

    return Layer.apply(x)


def dann_losses(body, head, critic, source, target_x, lam):
    x, y = source
    source_features = body(x)
    label_loss = F.cross_entropy(head(source_features), y)
    a = critic(grad_reverse(source_features, lam))
    b = critic(grad_reverse(body(target_x), lam))
    total = F.softplus(a).sum() + F.softplus(-b).sum()
    print("domain", float(total))
    return label_loss, total / (len(a) + len(b))
