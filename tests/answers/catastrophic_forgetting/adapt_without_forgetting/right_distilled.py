import copy

import torch
import torch.nn.functional as F


def adapt_without_forgetting(base, target, buffer, budget):
    """Old rows are answered as the base answers them, new rows as they are labelled (learning without forgetting)."""
    teacher = copy.deepcopy(base).eval()
    model = copy.deepcopy(base)
    old, n_new = model.fc, int(max(target[1])) + 1
    fresh = torch.nn.Linear(old.in_features, n_new)
    model.fc = torch.nn.Linear(old.in_features, old.out_features + n_new)
    model.fc.load_state_dict(
        {"weight": torch.cat([old.weight, fresh.weight]), "bias": torch.cat([old.bias, fresh.bias])}
    )
    with torch.no_grad():
        wanted = F.pad(teacher(buffer[0]).softmax(1), (0, n_new))
    optimizer = torch.optim.RMSprop(model.parameters(), lr=2e-3)
    model.train()
    for step in range(budget):
        new, back = torch.randperm(len(target[1]))[:20], torch.randperm(len(buffer[1]))[:16]
        logits = model(torch.cat([target[0][new], buffer[0][back]]))
        loss = F.cross_entropy(logits[:20], target[1][new] + old.out_features) + F.cross_entropy(
            logits[20:], wanted[back]
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model.eval()
