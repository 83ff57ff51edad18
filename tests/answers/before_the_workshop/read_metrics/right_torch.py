import torch


def read_metrics(confusion):
    c = torch.tensor(confusion).float()
    return dict(
        majority=c.sum(1).max() / c.sum(),
        recall=c.diagonal() / c.sum(1),
        precision=c.diagonal() / c.sum(0),
        accuracy=(c.diagonal().sum() / c.sum()).item(),
    )
