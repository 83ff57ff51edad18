# Breaks: the arm scratch has the same architecture; here it is a wider network.
def shortlist(cards, needs):
    out = {}
    for card in cards:
        reasons = []
        if card["task"] != needs["task"]:
            reasons.append("task")
        if card["input"]["channels"] != needs["channels"] or card["input"]["size"] != needs["size"]:
            reasons.append("input")
        if (card["licence"] or "").lower() not in [l.lower() for l in needs["licences"]]:
            reasons.append("licence")
        if card["parameters"] > needs["max_parameters"]:
            reasons.append("parameters")
        if needs["test_data"] in card["trained_on"]:
            reasons.append("seen_test")
        out[card["name"]] = reasons
    return out


def wrap(model, mean, std):
    mean, std = torch.tensor(mean).view(1, -1, 1, 1), torch.tensor(std).view(1, -1, 1, 1)
    model.eval()
    return lambda x: logits_of(model((x - mean) / std))


def classifier(folder):
    card = json.loads((Path(folder) / "model_card.json").read_text())
    model, _ = from_pretrained(folder)
    return wrap(model, card["input"]["mean"], card["input"]["std"])


def capstone(hub, target):
    cards = {card["name"]: card for card in read_cards(hub)}
    good = [name for name, reasons in shortlist(list(cards.values()), target.needs).items() if not reasons]

    def normalised(name, x):
        mean, std = (torch.tensor(cards[name]["input"][k]).view(1, -1, 1, 1) for k in ("mean", "std"))
        return (x - mean) / std

    def transfer(name, seed):
        model, _ = from_pretrained(Path(hub) / name)
        model.eval()
        x, y = target.train(seed)
        with torch.no_grad():
            features = model.features(normalised(name, x))
        model.fc = linear_probe(features, y, target.n_classes)
        return wrap(model, cards[name]["input"]["mean"], cards[name]["input"]["std"])

    def scratch(name, seed):
        torch.manual_seed(seed)
        config = from_pretrained(Path(hub) / name)[0].config
        model = TinyNet(target.n_classes, config.in_channels, (32, 64))
        x, y = target.train(seed)
        train(model, (normalised(name, x), y), steps=20, lr=5e-3, progress=False)
        return wrap(model, cards[name]["input"]["mean"], cards[name]["input"]["std"])

    def right(classify, data):
        x, y = data
        with torch.no_grad():
            return 100 * (classify(x).argmax(1) == y).double().mean().item()

    val = target.val()
    chosen = max(good, key=lambda name: sum(right(transfer(name, seed), val) for seed in target.seeds))
    models = {
        arm: [make(chosen, seed) for seed in target.seeds]
        for arm, make in (("transfer", transfer), ("scratch", scratch))
    }
    test = target.test(chosen)
    return {
        "chosen": chosen,
        "models": models,
        "table": {arm: [right(m, test) for m in ms] for arm, ms in models.items()},
    }
