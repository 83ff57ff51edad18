"""Hidden tests of 02_feature_extraction."""

from grader.hidden import feature_preparing
from grader.hidden.feature_fixtures import (
    as_matrix,
    as_pair,
    beside_own_labels,
    built,
    draw_drift,
    drift,
    dropout_factors,
    how_far_from,
    in_one_order,
    learns_twice,
    more_pictures,
    moved_from,
    net_with_head,
    pictures_to_extract,
    pin_head,
    say_drift,
    selecting,
    tower,
    two_parts,
    with_new_head,
)
from grader.hidden.registry import question
from grader.student.proxy import model_from

# freeze


@question("freeze", points=3, says="Which parameters are inside the part, at whatever depth, and which are not?")
def test_frozen_layers_stay_put_while_the_rest_learns(student, given, expect):
    """Frozen parameters stay put at every depth while the rest learns"""
    net = tower(student, given)
    backbone = net.model.part("backbone")
    model = backbone.replaced_by(student.freeze(backbone))
    before = model.tensors()
    model.train(net.x, net.y, steps=3, lr=0.5)
    expect(model.tensors(), "parameters that moved in three steps", **moved_from(before))


@question("freeze", points=1, says="An optimizer leaves a parameter alone only where there is no gradient at all.")
def test_weight_decay_does_not_move_them_either(student, given, expect):
    """Weight decay does not move them either"""
    net = tower(student, given)
    backbone = net.model.part("backbone")
    model = backbone.replaced_by(student.freeze(backbone))
    before = model.tensors()
    model.train(net.x, net.y, steps=3, lr=0.05, optimizer="AdamW", weight_decay=0.5)
    expect(model.tensors(), "parameters that AdamW moved in three steps", **moved_from(before))


@question("freeze", points=1, says="One parameter can be part of two layers.")
def test_a_shared_parameter_is_frozen_wherever_it_is_used(student, given, expect):
    """A parameter that another layer shares is frozen there too"""
    net = tower(student, given, tied=True)
    backbone = net.model.part("backbone")
    model = backbone.replaced_by(student.freeze(backbone))
    before = model.tensors()
    model.train(net.x, net.y, steps=3, lr=0.5)
    expect(model.tensors(), "parameters that moved, where two layers share one", **moved_from(before))


@question("freeze", points=1, says="What is frozen are the parameters that are there, not those that come later.")
def test_a_head_put_in_later_learns(student, given, expect):
    """A head that is put into a frozen model later learns"""
    net = tower(student, given)
    width, n_classes = (int(n) for n in reversed(net.model.part("head").weight.shape))
    model = model_from(student.freeze(net.model), net.model)
    student.tools.put_part(model, "head", student.tools.linear(width, n_classes))
    before = model.tensors()
    model.train(net.x, net.y, steps=3, lr=0.5)
    expect(model.tensors(), "parameters that moved after the whole model was frozen", **moved_from(before))


# replace_head


def new_classes(student, given, expect, layout):
    net = net_with_head(given, layout)
    weight, bias = given.tensor(net.n_new, net.width), given.tensor(net.n_new)
    model = with_new_head(student, expect, net, weight, bias)
    if model is not None:
        outputs = model.outputs(net.x)
        expect(outputs, "outputs once the new layer has known weights", picture=as_matrix("Outputs"))


@question("replace_head", points=1, says="Ask the old layer for what the new one needs to know.")
def test_new_classes_where_the_head_is_fc(student, given, expect):
    """A model with `fc` answers for the new classes, from the backbone's own features"""
    new_classes(student, given, expect, "fc")


@question("replace_head", points=1, says="Here the last layer is inside a Sequential.")
def test_new_classes_where_the_head_is_in_a_classifier(student, given, expect):
    """A model with `classifier` answers for the new classes, from the backbone's own features"""
    new_classes(student, given, expect, "classifier")


@question("replace_head", points=1, says="Ask the old layer for what the new one needs to know.")
def test_new_classes_where_the_head_is_head(student, given, expect):
    """A model with `head` answers for the new classes, from the backbone's own features"""
    new_classes(student, given, expect, "head")


@question("replace_head", points=1, says="Only the last linear layer is replaced. What else lies in the classifier?")
def test_dropout_is_kept(student, given, expect):
    """The dropout before the head is still there"""
    # No batch norm: train mode then differs from eval mode by the dropout alone.
    p = given.choice([0.3, 0.4, 0.6])
    net = net_with_head(given, "classifier", norm="none", dropout=p)
    picture = net.x[:1]
    features = net.model.part("backbone").outputs(picture)[0]
    bias = given.tensor(net.n_new)
    model = with_new_head(student, expect, net, *selecting(features, bias))
    if model is not None:
        factors, whole = dropout_factors(student, model, picture, bias)
        expect(factors, "by what train mode multiplies a feature", atol=0.02)
        # Two numbers with the right ratio can be made up; this feature of this picture cannot.
        expect(whole, "that feature itself and the bias, in eval mode")


@question("replace_head", points=1, says="Which `requires_grad` does the new layer have, and which do the others have?")
def test_the_new_head_learns_whatever_was_frozen(student, given, expect):
    """The new head learns, whatever was frozen before; the rest stays frozen or not as it was"""
    for layout, frozen in ((given.choice(["fc", "head"]), True), ("classifier", False)):
        net = net_with_head(given, layout)
        student.tools.trainable(net.model, not frozen)
        model = with_new_head(student, expect, net, given.tensor(net.n_new, net.width), given.tensor(net.n_new))
        y = given.labels(10, net.n_new)
        if model is not None:
            before = how_far_from(model.outputs(net.x))
            model.train(net.x, y, steps=3, lr=0.05, training=False)
            state = "frozen" if frozen else "trainable"
            label = f"outputs after three training steps of a model that was {state} before"
            expect(model.outputs(net.x), label, atol=1e-4, shows=before, picture=as_matrix("Outputs"))


# frozen_backbone


@question(
    "frozen_backbone", points=2, says="What does batch norm do in train mode, even where its parameters are frozen?"
)
def test_statistics_stay_as_they_were_pretrained(student, given, expect):
    """Batch-norm statistics stay as they were through epochs of training"""
    parts = two_parts(student, given, dropout=0.0)
    norms = [parts.backbone.part(path) for path in ("0.1", "1.1")]
    model = built(student.FrozenBackbone(parts.backbone, parts.head), expect)
    before = drift(norms)
    model.train(parts.x, parts.y, steps=3, lr=0.1)
    label = "what the batch-norm layers hold after three epochs"
    expect(drift(norms), label, shows=say_drift(before), picture=draw_drift(before))
    pin_head(student, model, parts)
    label = "outputs after that, with known weights in the head"
    expect(model.outputs(parts.x), label, picture=as_matrix("Outputs"))
    # Statistics that stand still because nobody uses them any more: seen by what the next epoch is answered with, on
    # pictures that were not there before, so that no earlier answer will do.
    label = "outputs in the next epoch, normalised with these statistics"
    expect(model.outputs(more_pictures(given, parts.x), training=True), label, picture=as_matrix("Outputs"))


@question("frozen_backbone", points=2, says="In which mode is the backbone when the whole is in train mode?")
def test_a_sample_does_not_depend_on_its_batch_mates(student, given, expect):
    """In train mode, too, a sample's answer does not depend on its batch mates"""
    parts = two_parts(student, given, dropout=0.0)
    model = built(student.FrozenBackbone(parts.backbone, parts.head), expect)
    pin_head(student, model, parts)
    for mates in (parts.x[:5], parts.x[[0, 7, 9]]):
        answer = model.outputs(mates, training=True)[0]
        expect(answer, f"the answer in train mode for one sample in a batch of {len(mates)}")


@question("frozen_backbone", points=2, says="What does the head learn from: the features that it will get later?")
def test_the_head_learns_from_the_frozen_features(student, given, expect):
    """The head learns from the features that it will get in eval mode"""
    parts = two_parts(student, given, dropout=0.0)
    model = built(student.FrozenBackbone(parts.backbone, parts.head), expect)
    pin_head(student, model, parts)
    before = how_far_from(model.outputs(parts.x))
    model.train(parts.x, parts.y, steps=3, lr=0.1)
    expect(model.outputs(parts.x), "outputs after three steps", atol=1e-4, shows=before, picture=as_matrix("Outputs"))


@question("frozen_backbone", points=1, says="The head has a mode of its own.")
def test_the_heads_dropout_is_still_active(student, given, expect):
    """The head's own dropout is active in train mode, and only that"""
    parts = two_parts(student, given, dropout=given.choice([0.3, 0.4, 0.6]))
    picture = parts.x[:1]
    features = parts.backbone.outputs(picture)[0]
    model = built(student.FrozenBackbone(parts.backbone, parts.head), expect)
    parts.weight, parts.bias = selecting(features, given.tensor(parts.n_classes))
    pin_head(student, model, parts)
    factors, whole = dropout_factors(student, model, picture, parts.bias)
    expect(factors, "by what train mode multiplies a feature", atol=0.02)
    # Two numbers with the right ratio can be made up; this feature of this picture cannot.
    expect(whole, "that feature itself and the bias, in eval mode")


@question("frozen_backbone", points=1, says="In which mode may the backbone have been when it was handed over?")
def test_frozen_from_the_moment_it_is_built(student, given, expect):
    """The backbone is frozen from the moment it is built, before anybody calls train() or eval()"""
    parts = two_parts(student, given, dropout=0.0)
    parts.backbone.mode(True)
    model = built(student.FrozenBackbone(parts.backbone, parts.head), expect)
    pin_head(student, model, parts)
    expect(model(parts.x), "outputs of a model that was just built", picture=as_matrix("Outputs"))


# extract_features


@question("extract_features", points=3, says="What has to come from the same batch, and from which batches?")
def test_every_picture_once_beside_its_own_label(student, given, expect):
    """Each picture's features are there once, beside its own label, when the loader shuffles"""
    some = pictures_to_extract(student, given, given.choice([17, 18, 19]))
    # Labels are judged by it, so it has to be right.
    expect(some.known, "what the backbone itself says of the pictures")
    loader = student.tools.loader(some.x, some.y, batch_size=5, shuffle=True)
    features, labels = as_pair(student.extract_features(some.net, loader), expect)
    if expect(list(features.shape), "shape of the features", equals=list(some.known.shape)):
        expect(in_one_order(features), "the features, sorted", picture=as_matrix("Features, sorted"))
        expect.that(beside_own_labels(features, labels, some), "each row of features stands beside its own label")


@question(
    "extract_features", points=2, says="In which mode must the model be, and in which does its owner want it back?"
)
def test_eval_mode_and_back(student, given, expect):
    """Features are those of eval mode, whatever mode the model came in and goes back to"""
    some = pictures_to_extract(student, given, 12, dropout=0.0)
    loader = student.tools.loader(some.x, some.y, batch_size=4)
    for training in (True, False):
        some.net.mode(training)
        before = [some.net.buffers()]
        features, _ = as_pair(student.extract_features(some.net, loader), expect)
        came = "train" if training else "eval"
        expect(features, f"features of a model that came in {came} mode", picture=as_matrix("Features"))
        expect([some.net.buffers()], f"statistics of a model that came in {came} mode", shows=say_drift(before))
        expect(some.net(some.x), f"what a model answers afterwards that came in {came} mode")


@question("extract_features", points=2, says="A last batch may be smaller than the others, even a single picture.")
def test_batch_size_does_not_matter(student, given, expect):
    """The same features, in the loader's order, for any batch size"""
    some = pictures_to_extract(student, given, 13)
    for batch_size in (4, 5, 13):
        loader = student.tools.loader(some.x, some.y, batch_size=batch_size)
        some.net.mode(True)
        features, labels = as_pair(student.extract_features(some.net, loader), expect)
        expect(features, f"features with batches of {batch_size}", picture=as_matrix("Features"))
        expect(labels, f"labels with batches of {batch_size}", equals=some.y)


@question("extract_features", points=1, says="What is needed only for a backward pass need not be kept.")
def test_no_graph_is_kept(student, given, expect):
    """The features do not drag a graph along"""
    some = pictures_to_extract(student, given, 9)
    backbone, width, n_classes = some.net.part("backbone"), some.net.config.widths[-1], 5
    loader = student.tools.loader(some.x, some.y, batch_size=4)
    answer = student.extract_features.kept(some.net, loader)
    expect(as_pair((answer[0], answer[1]), expect)[0], "the features")
    # What a graph does: while a head learns from the features, it moves the backbone along, and it does so once only.
    head = student.tools.linear(width, n_classes)
    student.tools.pin(head, given.tensor(n_classes, width), given.tensor(n_classes))
    learned = learns_twice(student, answer, head, some.net, given.labels(len(some.y), n_classes))
    expect.that(learned, "what was returned carries no graph for a backward pass")
    # On pictures that were not there before, so that no earlier answer will do.
    features = backbone.outputs(more_pictures(given, some.x))
    expect(features, "what the backbone says once a head has learned from what was returned")
    expect(head.outputs(features), "what that head says")


# prepare: its tests stand in a module of their own

test_the_cards_mean_and_std_are_used = feature_preparing.test_the_cards_mean_and_std_are_used
test_plants_are_not_split = feature_preparing.test_plants_are_not_split
test_class_ids_mean_the_same_everywhere = feature_preparing.test_class_ids_mean_the_same_everywhere
test_only_training_pictures_are_mirrored = feature_preparing.test_only_training_pictures_are_mirrored
test_the_seed_decides_and_test_pictures_do_not = feature_preparing.test_the_seed_decides_and_test_pictures_do_not
