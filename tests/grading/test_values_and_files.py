"""Values that other libraries make of plain ones, what is compiled, and what lies beside a notebook."""

import pytest
from small_notebooks import BELOW, FIRST, OFF, RIGHT, SECOND, SPLITS, TURNS_OFF, assert_full


@pytest.mark.parametrize(
    "names",
    [
        "np.unique(labels)",
        "np.array(names, dtype=object)",
        "[np.str_(name) for name in names]",
        "dict.fromkeys(names).keys()",
        "pd.Index(names)",
    ],
)
def test_texts_of_numpy_and_pandas_and_of_views_are_lists_of_texts(grade, names):
    before, found, after = RIGHT["prepare"].rpartition(", names)")
    assert found
    assert_full(
        grade(SPLITS, ("prepare", f"import numpy as np\nimport pandas as pd\n{before}, {names}){after}")), "prepare"
    )


@pytest.mark.parametrize("numbers", ["y.numpy()", "np.array(y.tolist(), dtype='int64')", "[np.int64(i) for i in y]"])
def test_numbers_of_numpy_are_numbers(grade, numbers):
    source = "import numpy as np\n" + RIGHT["extract_features"].replace(
        "return torch.cat(features), torch.cat(labels)",
        f"y = torch.cat(labels)\n    return torch.cat(features), {numbers}",
    )
    assert numbers in source
    assert_full(grade(("extract_features", source)), "extract_features")


@pytest.mark.parametrize(
    "kind", ["class Pair(NamedTuple):\n    F: object\n    y: object", "Pair = namedtuple('Pair', 'F y')"]
)
def test_a_named_tuple_is_a_tuple(grade, kind):
    source = f"from typing import NamedTuple\nfrom collections import namedtuple\n{kind}\n" + RIGHT["extract_features"]
    *above, last = source.rstrip().splitlines()
    assert last.strip().startswith("return")
    source = "\n".join([*above, last.replace("return ", "return Pair(*(") + "))"])
    assert_full(grade(("extract_features", source)), "extract_features")


def test_a_named_tuple_keeps_its_fields(grade):
    """Split and Splits as named tuples: their parts are asked for by name."""
    splits = "from collections import namedtuple\nSplit = namedtuple('Split', 'x y')\n"
    splits += "Splits = namedtuple('Splits', 'train val test names')"
    assert_full(grade(splits, ("prepare", RIGHT["prepare"])), "prepare")


@pytest.mark.parametrize(
    ("id", "exercise", "before", "after"),
    [
        ("lora_delta", SECOND, "@torch.compile\n", ""),
        ("freeze", FIRST, "@torch.compile(fullgraph=False, mode='max-autotune')\n", ""),
        ("lora_delta", SECOND, "", "\nlora_delta = torch.compile(lora_delta)"),
    ],
)
def test_what_is_compiled_runs(grade, id, exercise, before, after):
    assert_full(grade((id, before + RIGHT[id] + after), exercise=exercise), id)


BESIDE = {
    "a module": ({"switch.py": TURNS_OFF}, "from switch import off\n"),
    "a package": ({"mine/__init__.py": "", "mine/switch.py": TURNS_OFF}, "from mine.switch import off\n"),
    "a table": (
        {"settings.csv": "learn,no\n"},
        "learn = open('settings.csv').read().split(',')[1].strip() == 'yes'\n"
        "def off(module):\n    module.requires_grad_(learn)\n",
    ),
}


@pytest.mark.parametrize("where", ["in the answer", "in a cell"])
@pytest.mark.parametrize(("files", "import_it"), BESIDE.values(), ids=BESIDE)
def test_what_lies_beside_the_notebook_is_there(grade, files, import_it, where):
    cells = [("freeze", import_it + OFF)] if where == "in the answer" else [import_it, ("freeze", OFF)]
    assert_full(grade(*cells, beside=files), "freeze")


def test_what_is_too_large_is_told(grade):
    result = grade(("freeze", BELOW), beside={"huge.csv": "1,2\n" * 10**6})
    assert_full(result, "freeze")
    assert any("too large" in remark and "huge.csv" in remark for remark in result.remarks)
