"""docs/effects.md shows the numbers of docs/effects/*.json, and a measurement that was killed goes on."""

import json
import re
from pathlib import Path

import pytest

from benchmarks.effects import common, document, page
from benchmarks.effects.common import Effect, Setting, Values

TOPICS = sorted(path.stem for path in common.DOCS.glob("*.json"))


def test_there_are_topics() -> None:
    assert TOPICS == sorted(page.TABLES) == sorted(page.PLOTS)


@pytest.mark.parametrize("topic", TOPICS)
def test_the_tables_are_those_of_the_numbers(topic: str) -> None:
    results = common.load(topic)
    text = document.PAGE.read_text(encoding="utf-8")
    for name, table in page.TABLES[topic].items():
        shown = re.search(rf"<!-- table {name} -->\n(.*?)<!-- end -->", text, re.DOTALL)
        assert shown, f"no table {name}"
        assert shown[1].strip() == table(results).strip()


@pytest.mark.parametrize("topic", TOPICS)
def test_every_effect_has_ten_seeds_and_every_value_is_there(topic: str) -> None:
    for name, results in common.load(topic).items():
        for result in results:
            assert len(set(result.seeds)) >= (2 if name.endswith("pilot") else 10)
            assert {len(values) for values in result.values.values()} == {len(result.seeds)}


@pytest.mark.parametrize("topic", TOPICS)
def test_every_plot_is_there_and_small(topic: str) -> None:
    text = document.PAGE.read_text(encoding="utf-8")
    for name in page.PLOTS[topic]:
        assert f"(effects/{name}.svg)" in text
        assert 1_000 < (common.DOCS / f"{name}.svg").stat().st_size < 60_000


def test_a_killed_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common, "BUILD", tmp_path)
    asked: list[tuple[int, int]] = []

    def measure(setting: Setting, seed: int) -> Values:
        if len(asked) == 3:
            raise KeyboardInterrupt
        asked.append((setting["x"], seed))
        return {"value": float(10 * setting["x"] + seed)}

    effect = Effect("toy", common.grid(x=[1, 2]), measure)
    with pytest.raises(KeyboardInterrupt):
        common.run("toy", [effect], 2)
    with pytest.raises(ValueError, match="no measurement yet"):
        common.collect("toy", [effect], 2)
    # The kill came in the middle of the third line.
    lines = (tmp_path / "toy.jsonl").read_text().splitlines()
    (tmp_path / "toy.jsonl").write_text("\n".join([*lines[:2], lines[2][:20]]))
    again = [asked[2]]
    asked.clear()
    common.run("toy", [effect], 2)
    assert asked == [*again, (2, 1)]
    first, second = common.collect("toy", [effect], 2)["toy"]
    assert (first.values, second.values) == ({"value": [10.0, 11.0]}, {"value": [20.0, 21.0]})
    assert all(json.loads(line) for line in (tmp_path / "toy.jsonl").read_text().splitlines() if line != lines[2][:20])
