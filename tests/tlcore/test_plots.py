"""Pictures: each kind is drawn for real, said in words, and refused when it is malformed."""

from __future__ import annotations

import copy
import io
import json
import math
import subprocess
import sys
import xml.etree.ElementTree as ET

import matplotlib
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.image import imread

from tlcore import plots

NAMES = ["conv", "norm", "fc"]
PICTURES = {
    "layers": plots.layers(
        "After three steps",
        NAMES,
        {"trainable": [False, True, True], "moved": [0.0, 0.2, 1.0]},
        {"trainable": [False, False, True], "moved": [0.0, 0.0, 1.1]},
        "Only the head should move",
    ),
    "bars": plots.bars("Accuracy", ["scratch", "LoRA"], [40.0, 70.0], [40.0, 78.0], "%"),
    "lines": plots.lines("Loss", {"yours": [2.0, 1.0, 0.9], "expected": [2.0, 1.0, 0.5]}, xlabel="epoch"),
    "matrix": plots.matrix("Delta", [[1.0, 2.0], [3.0, -4.5]], [[1.0, 2.0], [3.0, 4.0]]),
    "scatter": plots.scatter("Features", [[0.0, 1.0], [2.0, 3.0]], [[0.0, 1.0], [2.0, 5.0]]),
    "images": plots.images("Leaves", torch.linspace(0, 1, 2 * 4 * 5 * 3).reshape(2, 4, 5, 3), ["spot", "ring"]),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_each_kind_is_drawn_the_same_every_time_and_survives_json(kind):
    picture = json.loads(json.dumps(PICTURES[kind]))
    first = plots.png(picture)
    with matplotlib.rc_context({"font.size": 30, "text.usetex": False}):  # a notebook's own settings change nothing
        assert plots.png(picture) == first
    pixels = imread(io.BytesIO(first), format="png")
    assert 700 <= pixels.shape[1] <= 900
    assert 150 <= pixels.shape[0] <= 600
    assert len(np.unique(pixels.reshape(-1, pixels.shape[2]), axis=0)) > 20  # something is on it
    assert len(first) < 120_000
    drawing = plots.svg(picture)
    assert drawing == plots.svg(picture)
    assert ET.fromstring(drawing).get("aria-label") == plots.describe(picture)


def test_bytes_are_the_same_in_another_process():
    program = "import json, sys, hashlib; from tlcore import plots; p = json.load(sys.stdin); "
    program += "print(hashlib.sha256(plots.png(p) + plots.svg(p).encode()).hexdigest())"
    said = [
        subprocess.run(
            [sys.executable, "-c", program],
            input=json.dumps(PICTURES["layers"]),
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(p for p in sys.path if p), "HOME": "/nonexistent"},
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1] != ""


def test_importing_and_describing_needs_no_matplotlib():
    program = "import sys; from tlcore import plots; plots.describe(plots.bars('t', ['a'], [1], [2])); "
    program += "assert not {'matplotlib', 'torch', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, env={"PYTHONPATH": ":".join(p for p in sys.path if p)})


def test_no_pyplot_state_is_touched():
    before = dict(matplotlib.rcParams)
    figure = plots.figure(PICTURES["bars"])
    assert dict(matplotlib.rcParams) == before
    assert [round(inches, 1) for inches in figure.get_size_inches()] == [6.0, 2.7]
    if "matplotlib.pyplot" in sys.modules:
        assert sys.modules["matplotlib.pyplot"].get_fignums() == []


def test_a_difference_changes_the_picture():
    same = copy.deepcopy(PICTURES["layers"])
    same["yours"] = same["expected"]
    assert plots.png(same) != plots.png(PICTURES["layers"])


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("layers", "1 of 3 layers differ: norm trainable and moved (expected: frozen and did not move)"),
        ("bars", "1 of 2 bars differ: LoRA 70 (expected: 78)"),
        ("lines", "yours leaves the expected at x = 2"),
        ("matrix", "1 of 4 entries differ: row 2 column 2 is -4.5 (expected: 4)"),
        ("scatter", "1 of 2 points lie elsewhere"),
        ("images", "2 images: spot; ring"),
    ],
)
def test_words_name_what_differs(kind, words):
    assert words in plots.describe(PICTURES[kind])


def test_words_say_when_all_is_as_expected_and_when_shapes_differ():
    for kind in ("layers", "bars", "matrix", "scatter"):
        picture = {**PICTURES[kind], "yours": PICTURES[kind]["expected"]}
        assert "as expected" in plots.describe(picture)
        assert "differ" not in plots.describe(picture)
    assert "Yours is 1 x 2, the expected is 2 x 1" in plots.describe(plots.matrix("", [[1, 2]], [[1], [2]]))


def test_how_far_a_layer_moved_is_no_difference_but_nan_counts_as_moved():
    still = {"trainable": None, "moved": [0.0]}
    assert "all as expected" in plots.describe(
        plots.layers("", ["a"], {"moved": [0.1]}, {"trainable": None, "moved": [3.0]})
    )
    lost = plots.layers("", ["a"], {"moved": [math.nan]}, still)
    assert "a became not a number (expected: did not move)" in plots.describe(lost)
    assert plots.png(lost)


def test_constructors_take_tensors_and_never_raise():
    class Hostile:
        def __len__(self):
            raise RuntimeError("no")

        def tolist(self):
            raise RuntimeError("no")

        size = 1

    nan = plots.bars("t", ("a", "b"), torch.tensor([math.nan, 1.0], requires_grad=True), np.array([1, 2]))
    assert nan["yours"] == [None, 1.0]
    assert "a no value (expected: 1)" in plots.describe(nan)
    assert plots.png(nan)
    for junk in (None, Hostile(), object(), torch.zeros(10**6), iter(int, 1), {"a": 1}, float("inf")):
        for picture in (
            plots.bars("t", ["a"], junk),
            plots.matrix("t", junk),
            plots.scatter("t", junk),
            plots.images("t", junk),
            plots.lines("t", {"yours": junk}),
            plots.layers("t", ["a"], {"moved": junk}),
            plots.layers("t", ["a"], junk),
        ):
            json.dumps(picture)
            with pytest.raises(ValueError, match=r"\w+"):
                plots.png(picture)


def _with(kind, **changes):
    return {**copy.deepcopy(PICTURES[kind]), **changes}


MALFORMED = {
    "no dict": [1, 2],
    "no kind": {},
    "kind is a list": {"kind": ["layers"]},
    "unknown kind": {"kind": "pie"},
    "title is a number": _with("bars", title=3),
    "missing values": {"kind": "bars", "labels": ["a"]},
    "too few values": _with("bars", yours=[1.0]),
    "NaN": _with("bars", yours=[math.nan, 1.0]),
    "infinite": _with("bars", yours=[math.inf, 1.0]),
    "huge": _with("bars", yours=[1e300, 1.0]),
    "huge integer": _with("bars", yours=[10**400, 1]),
    "text for a number": _with("bars", yours=["1", "2"]),
    "too many labels": {"kind": "bars", "labels": ["a"] * 201, "yours": [1] * 201},
    "no labels": {"kind": "bars", "labels": [], "yours": []},
    "label is no text": _with("bars", labels=["a", {"b": 1}]),
    "layers without yours": _with("layers", yours=None),
    "flag is text": _with("layers", yours={"trainable": ["no", "no", "no"], "moved": [0, 0, 0]}),
    "negative distance": _with("layers", yours={"trainable": None, "moved": [-1, 0, 0]}),
    "ragged matrix": _with("matrix", yours=[[1], [1, 2]]),
    "empty matrix": _with("matrix", yours=[[]]),
    "huge matrix": _with("matrix", yours=[[0] * 65] * 65),
    "endless nesting": _with("matrix", yours=[[[[1]]]]),
    "point with three numbers": _with("scatter", yours=[[1, 2, 3]]),
    "point without a number": _with("scatter", yours=[[None, 2]]),
    "too many points": _with("scatter", yours=[[0, 0]] * 1001),
    "no curves": _with("lines", series={}),
    "too many curves": _with("lines", series={str(i): [1] for i in range(9)}),
    "curve longer than x": _with("lines", x=[0]),
    "image beyond 1": _with("images", images=[[[2.0]]], labels=[]),
    "image of four colours": _with("images", images=[[[[0, 0, 0, 0]]]], labels=[]),
    "ragged image": _with("images", images=[[[0.0], [0.0, 0.0]]], labels=[]),
    "too many images": _with("images", images=[[[0.0]]] * 17, labels=[]),
    "image is null": _with("images", images=[None], labels=[]),
}


@pytest.mark.parametrize("picture", MALFORMED.values(), ids=MALFORMED.keys())
@pytest.mark.parametrize("way", [plots.validate, plots.describe, plots.figure, plots.png, plots.svg])
def test_malformed_pictures_are_refused_with_a_reason(picture, way):
    with pytest.raises(ValueError, match=r"\w{3,}"):
        way(picture)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
KEYS = ["title", "names", "labels", "yours", "expected", "series", "x", "images", "caption", "ylabel"]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(PICTURES)), st.dictionaries(st.sampled_from(KEYS), ANY_JSON, max_size=3))
def test_whatever_is_put_into_a_picture_it_is_refused_or_can_be_described(kind, changes):
    picture = _with(kind, **changes)
    try:
        clean = plots.validate(picture)
    except ValueError:
        return
    assert plots.validate(clean) == clean
    assert len(json.dumps(clean, allow_nan=False)) < 10_000
    assert plots.describe(clean).isprintable()


HOSTILE = [
    "$\\frac{1}{0}$",
    "$x^{",
    "\\$",
    "<script>alert(1)</script>",
    '"><img src=x>',
    "\u202eabc\x00\x1b[31m",
    "😀漢",
]


@pytest.mark.parametrize("text", [*HOSTILE, "\ud800", "a" * 100_000, "$" * 1000, "\n" * 500, ""])
@pytest.mark.parametrize("kind", PICTURES)
def test_hostile_text_is_drawn_as_it_is(kind, text):
    picture = _with(kind, title=text, caption=text, xlabel=text, ylabel=text)
    for key in ("names", "labels"):
        if key in picture:
            picture[key] = [text] * len(picture[key])
    if kind == "lines":
        picture["series"] = {text: [1.0, 2.0, 3.0]}
    assert plots.png(picture)
    drawing = plots.svg(picture)
    root = ET.fromstring(drawing)
    assert not [e for e in root.iter() if e.tag.endswith(("script", "image")) and kind not in ("matrix", "images")]
    assert "<script" not in drawing
    clean = plots.validate(picture)
    assert len(clean["title"]) <= 80
    assert clean["title"].isprintable()


@pytest.mark.parametrize("n", [1, 17, 61, 200])
def test_many_layers_and_bars_still_draw(n):
    names = [f"encoder.layer.{i}.attention.q_proj" for i in range(n)]
    moved = [float(i % 3 == 0) for i in range(n)]
    side = {"trainable": [m > 0 for m in moved], "moved": moved}
    other = {"trainable": [False] * n, "moved": [0.0] * n}
    assert plots.png(plots.layers("t", names, side, other))
    assert plots.png(plots.bars("t", names, moved, [1.0] * n))


def test_layers_that_differ_alike_are_named_together():
    flags = {"trainable": [True, True, True], "moved": [1.0, 1.0, 1.0]}
    frozen = {"trainable": [False, False, True], "moved": [0.0, 0.0, 1.0]}
    words = plots.describe(plots.layers("", NAMES, flags, frozen))
    assert words == "2 of 3 layers differ: conv, norm trainable and moved (expected: frozen and did not move)."


def test_draw_prints_words_without_a_notebook(capsys):
    plots.draw(plots.bars("Sizes", ["a", "b"], [1, 2000]))
    assert capsys.readouterr().out == "Sizes. a 1; b 2,000.\n"


def test_draw_shows_a_picture_with_its_words(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: object())
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append((data, raw)))
    plots.draw(plots.bars('A "title"', ["a"], [1]))
    ((data, raw),) = shown
    assert raw and data["text/plain"] == 'A "title". a 1.'
    element = ET.fromstring(data["text/html"].removesuffix(">") + "/>")
    assert element.attrib["alt"] == 'A "title". a 1.'
    assert "max-width:600px" in element.attrib["style"]
    with pytest.raises(ValueError, match="kind"):
        plots.draw({})


@pytest.mark.parametrize(("count", "lowest", "highest"), [(1, 2.0, 2.8), (4, 1.9, 2.3), (8, 1.2, 1.6), (12, 1.9, 2.4)])
def test_images_leave_no_gap_below_the_title(count, lowest, highest):
    picture = plots.images("t", np.zeros((count, 4, 4)), ["x"] * count)
    height = plots.figure(picture).get_figheight()
    assert lowest <= height <= highest
