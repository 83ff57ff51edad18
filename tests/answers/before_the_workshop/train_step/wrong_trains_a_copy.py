# It breaks: in place. Here a copy is trained.
import copy


def train_step(model, x, y, lr):
    other = copy.deepcopy(model)
    optimizer = torch.optim.SGD(other.parameters(), lr=lr)
    optimizer.zero_grad()
    loss = F.cross_entropy(other(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()
