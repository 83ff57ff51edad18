import torch
from torch import nn

from tlcore.checkpoints.hub import read_cards
from tlcore.loading import from_pretrained
from tlcore.models import TinyNet


def shortlist(cards, needs):
    allowed = {licence.lower() for licence in needs["licences"]}

    def reasons(card):
        if card["task"] != needs["task"]:
            yield "task"
        if card["input"]["channels"] != needs["channels"] or card["input"]["size"] != needs["size"]:
            yield "input"
        if str(card["licence"]).lower() not in allowed:
            yield "licence"
        if card["parameters"] > needs["max_parameters"]:
            yield "parameters"
        if needs["test_data"] in card["trained_on"]:
            yield "seen_test"

    return {card["name"]: list(reasons(card)) for card in cards}


def classifier(folder):
    hub, _, name = str(folder).rpartition("/")
    card = next(card for card in read_cards(hub) if card["name"] == name)
    model = from_pretrained(folder)[0].eval()

    @torch.no_grad()
    def classify(x):
        planes = [(x[:, c] - m) / s for c, (m, s) in enumerate(zip(card["input"]["mean"], card["input"]["std"]))]
        out = model(torch.stack(planes, 1))
        return getattr(out, "logits", out)

    return classify


def capstone(hub, target):
    """No training at all in the arm transfer: whose example is nearest, by the cosine of the features?"""
    cards = {card["name"]: card for card in read_cards(hub)}

    def scaled(card, x):
        return (x - card["input"]["mean"][0]) / card["input"]["std"][0]

    def nearest(name, seed):
        model = from_pretrained(f"{hub}/{name}")[0]

        @torch.no_grad()
        def features(x):
            f = model.features(scaled(cards[name], x))
            return nn.functional.normalize(f - centre, dim=1)

        x, y = target.train(seed)
        with torch.no_grad():
            centre = model.features(scaled(cards[name], x)).mean(0)
        examples = features(x)[y.argsort()]
        return lambda new: features(new) @ examples.T

    def scratch(name, seed):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            widths = [w for w in from_pretrained(f"{hub}/{name}")[0].config.widths]
            model = TinyNet(target.n_classes, widths=widths, in_channels=1, dropout=0.1)
        x, y = target.train(seed)
        optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01)
        for _ in range(60):
            loss = nn.functional.cross_entropy(model.train()(scaled(cards[name], x)), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        model.eval()
        return lambda new: model(scaled(cards[name], new)).detach()

    def hits(model, data):
        return 100.0 * float((model(data[0]).argmax(1) == data[1]).sum()) / len(data[1])

    best = None
    for name, why in shortlist(list(cards.values()), target.needs).items():
        if not why:
            score = sum(hits(nearest(name, seed), target.val()) for seed in target.seeds)
            best = max(best or (score, name), (score, name))
    name = best[1]
    models = {
        "scratch": [scratch(name, seed) for seed in target.seeds],
        "transfer": [nearest(name, seed) for seed in target.seeds],
    }
    test = target.test(name)
    return {"table": {a: [hits(m, test) for m in models[a]] for a in models}, "models": models, "chosen": name}
