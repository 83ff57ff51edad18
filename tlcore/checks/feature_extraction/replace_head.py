"""Public check of `replace_head`."""

import torch
from torch import nn

from tlcore import plots
from tlcore.models import TinyNet


def check(replace_head, show):
    x = torch.randn(5, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    sizes = []
    for layout, width in (("fc", 6), ("classifier", 10), ("head", 14)):
        model = TinyNet(n_classes=9, in_channels=1, widths=(4, width), layout=layout, norm="group")
        model.requires_grad_(False)
        features = model.backbone(x)
        old = model.classifier if layout == "classifier" else getattr(model, layout)
        show.tried(
            f"a model with {width} features and its last layer in `{layout}`, all frozen; `replace_head(model, 4)`"
        )
        new = replace_head(model, 4)
        is_model = isinstance(new, nn.Module)
        teach = "Does the function end with `return model`? A function without `return` gives back None."
        what = "a model" if is_model else "nothing" if new is None else f"a {type(new).__name__}"
        show.expect("what `replace_head` returns", what, "a model", teach)
        new = new if is_model else model
        heads = [m for m in new.modules() if isinstance(m, nn.Linear)]
        found = [list(m.weight.shape) for m in heads]
        sizes.append(sum(p.numel() for m in heads for p in m.parameters()))
        teach = "The weight is (outputs, inputs): 4 classes, and as many inputs as the old layer had."
        if not show.expect("weights of the linear layers", found, [[4, width]], teach):
            continue
        new.eval()
        shape = list(new(x).shape)
        show.expect("shape of the output for 5 pictures", shape, [5, 4])
        show.that(
            bool(torch.allclose(new(x), heads[0](features), atol=1e-6)),
            "the output is the new layer, applied to the backbone's features",
            "Is the backbone still what it was, and does the new layer see its features?",
        )
        learns = sum(p.numel() for p in new.parameters() if p.requires_grad)
        show.expect(
            "numbers that can learn", learns, 4 * width + 4, "The new layer, and nothing else: the rest was frozen."
        )
        if layout == "classifier":
            dropouts = [m.p for m in new.modules() if isinstance(m, nn.Dropout)]
            show.expect("dropout of the model", dropouts, [old[0].p], "The classifier is more than its last layer.")
    show.picture(
        plots.bars("Numbers in the linear layers", ["fc", "classifier", "head"], sizes, [28, 44, 60], ylabel="numbers")
    )
    show.untried("classifiers of other layers, old layers without bias, models of which a part is frozen")
