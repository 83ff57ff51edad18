"""Hidden tests of 02_feature_extraction."""

from grader.hidden.registry import question
from tlcore import plots


@question("freeze", points=3)
def test_frozen_layers_stay_put_while_the_rest_learns(student, given, expect):
    """Frozen layers stay put while the rest learns"""
    model = given.tiny_net()
    x, y = given.tensor(12, model.config.in_channels, 8, 8), given.labels(12, model.config.n_classes)
    backbone = model.part("backbone")
    model = backbone.replaced_by(student.freeze(backbone))
    before = model.tensors()
    expect(model.train(x, y, steps=3, lr=1.0).tensors(), "the model after three steps", picture=moved(before))


def moved(before):
    """Draws how far each layer moved, yours above the expected."""

    def picture(observed, expected):
        names = [name for name in before if "num_batches" not in name and "running" not in name]
        bars = [[float((after[n] - before[n]).norm()) for n in names] for after in (observed, expected)]
        return plots.layers("What three training steps moved", names, yours_moved=bars[0], expected_moved=bars[1])

    return picture
