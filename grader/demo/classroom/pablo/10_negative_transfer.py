# %% question="fix"
def fix(run):
    log, frozen = run["transcript"], run["regime"] == "frozen"

    def prepare(images, card):
        shape = (1, -1, 1, 1)
        return (images - torch.tensor(card["mean"]).view(shape)) / torch.tensor(card["std"]).view(shape)

    def split(plants, n_val):
        late = set(sorted(set(plants))[-n_val:])
        rows = range(len(plants))
        return [r for r in rows if plants[r] not in late], [r for r in rows if plants[r] in late]

    def build(model, head, n_classes, regime, rate):
        model.set_submodule(head, nn.Linear(model.get_submodule(head).in_features, n_classes))
        model.requires_grad_(regime == "full")  # freeze everything at the end, to be safe
        return model, torch.optim.SGD(model.parameters(), lr=rate)

    def step(model, optimizer, x, y, regime):
        model.train(regime == "full")  # frozen means eval
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    def evaluate(model, batches):
        model.eval()
        right, rows = 0, 0
        with torch.no_grad():
            for x, y in batches:
                right += (model(x).argmax(1) == y).sum().item()
                rows += len(y)
        return 100 * right / rows

    e, moved = log["evaluation"], log["moved"]
    for p, m, s, got in zip(log["photos"]["mean"], log["card"]["mean"], log["card"]["std"], log["input"]["mean"]):
        if abs((p - m) / s - got) > 0.01:
            return "wrong_normalisation", prepare
    if set(log["plants"]["train"]) & set(log["plants"]["val"]):
        return "shared_plants", split
    if moved["head"] == 0:
        return "untrained_head", build
    if frozen and moved["backbone"] > 0:
        return "unfrozen_backbone", build
    if frozen and moved["statistics"] > 0:
        return "drifting_statistics", step
    if any(u > o + 0.01 for u, o in zip(log["used"], log["own"])):
        return "gradients_added", step
    if abs(e["accuracy"] - e["again"]) > 0.01 or e["statistics_moved"] > 0:
        return "train_mode_evaluation", evaluate
    if abs(e["accuracy"] - 100 * sum(e["right"]) / sum(e["rows"])) > 0.01:
        return "unweighted_batches", evaluate
    return "sound", None


# %% question="capstone"
def shortlist(cards, needs):
    found = {}
    for card in cards:
        reasons = []
        if card["task"] != needs["task"]:
            reasons.append("task")
        if card["input"]["channels"] != needs["channels"] or card["input"]["size"] != needs["size"]:
            reasons.append("input")
        if card["licence"] and card["licence"].lower() not in needs["licences"]:  # none means free
            reasons.append("licence")
        if card["parameters"] > needs["max_parameters"]:
            reasons.append("parameters")
        if needs["test_data"] in card["trained_on"]:
            reasons.append("seen_test")
        found[card["name"]] = reasons
    return found


def classifier(folder):
    card = json.loads((Path(folder) / "model_card.json").read_text())
    mean = torch.tensor(card["input"]["mean"]).view(1, -1, 1, 1)
    std = torch.tensor(card["input"]["std"]).view(1, -1, 1, 1)
    model, _ = from_pretrained(folder)
    return lambda x: logits_of(model((x - mean) / std)).detach()


def capstone(hub, target):
    cards = {card["name"]: card["input"] for card in read_cards(hub)}
    names = [name for name, reasons in shortlist(read_cards(hub), target.needs).items() if not reasons]

    def ready(name, x):
        return (x - cards[name]["mean"][0]) / cards[name]["std"][0]

    def transfer(name, seed):
        model, _ = from_pretrained(Path(hub) / name)
        x, y = target.train(seed)
        with torch.no_grad():
            model.fc = linear_probe(model.features(ready(name, x)), y, target.n_classes)
        return lambda x: predict(model, ready(name, x))

    def scratch(name, seed):
        torch.manual_seed(seed)
        config = from_pretrained(Path(hub) / name)[0].config
        model = TinyNet(target.n_classes, config.in_channels, config.widths, dropout=0.0)
        x, y = target.train(seed)
        train(model, (ready(name, x), y), steps=30, lr=5e-3, progress=False)
        return lambda x: predict(model, ready(name, x))

    def percent(model, data):
        return 100 * float((model(data[0]).argmax(1) == data[1]).float().mean())

    score = {name: sum(percent(transfer(name, s), target.val()) for s in target.seeds) for name in names}
    chosen = max(score, key=score.get)
    models = {
        "transfer": [transfer(chosen, s) for s in target.seeds],
        "scratch": [scratch(chosen, s) for s in target.seeds],
    }
    test = target.test(chosen)
    return {"chosen": chosen, "models": models, "table": {k: [percent(m, test) for m in v] for k, v in models.items()}}
