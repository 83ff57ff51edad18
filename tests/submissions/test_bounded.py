"""Reading a stranger's file takes bounded memory and time, and an ordinary one takes no time at all."""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.exercise.catalogue import ROOT
from grader.submissions import NotReadable, bounded, read_answers, slimming
from grader.submissions.bounded import SMALL, TooMuch, notebook_in

EXERCISE = SimpleNamespace(cells=(), questions=[SimpleNamespace(id="f", defines=("f",), blank_source="def f(): ...")])
ANSWER = {"cell_type": "code", "source": "def f():\n    return 1", "metadata": {"nbgrader": {"grade_id": "f"}}}
HEAD = '{"nbformat": 4, "cells": [' + json.dumps(ANSWER) + '], "x": '

BOMBS = {
    "members": lambda: HEAD + "{" + ",".join(f'"{i:x}":0' for i in range(13_000_000)) + "}}",
    "members of members": lambda: HEAD + '{"a":' * 900 + "0" + "}" * 900 + ', "y": [' + '{"":{}},' * 900_000 + "0]}",
    "lists": lambda: HEAD + "[" + "[]," * 20_000_000 + "0]}",
    "fewer lists": lambda: HEAD + "[" + "[0,0,0,0,0,0,0,0]," * 1_900_000 + "0]}",
    "texts": lambda: HEAD + "[" + '"ab",' * 15_000_000 + "0]}",
    "numbers": lambda: HEAD + "[" + "1.5," * 20_000_000 + "0]}",
    "a wide character": lambda: HEAD + '"\N{GRINNING FACE}' + "a" * 190_000_000 + '"}',
    "escapes": lambda: HEAD + '["' + "\\u1234" * 30_000_000 + '", "\\ud83d\\ude00"]}',
    "keys alike": lambda: HEAD + "[" + '{"a":1,"a":2,"a":3,"b":4},' * 1_900_000 + "0]}",
    "sources": lambda: '{"nbformat": 4, "cells": [{"cell_type": "code", "source": [' + '"x",' * 20_000_000 + '"x"]}]}',
    "cells": lambda: '{"nbformat": 4, "cells": [' + '{"cell_type":"code"},' * 1_900_000 + "{}]}",
    "outputs of format 3": lambda: '{"nbformat": 3, "worksheets": [' + '{"cells":[{}]},' * 600_000 + "{}]}",
}


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] * (n == "members")) for n in BOMBS])
def test_a_bomb_takes_neither_memory_nor_time(name: str, tmp_path: Path):
    """In a process of its own, so that its peak is not ours."""
    (tmp_path / "bomb.ipynb").write_bytes(BOMBS[name]().encode())
    code = f"""if True:
        import resource, sys
        from pathlib import Path
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from test_bounded import EXERCISE
        from grader.submissions import NotReadable, read_answers, read_bytes
        data = read_bytes(Path({str(tmp_path / "bomb.ipynb")!r}))
        resource.setrlimit(resource.RLIMIT_AS, (size := {2**30} + 2 * len(data), size))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        try:
            print(sorted(read_answers(data, EXERCISE).answered))
        except NotReadable as problem:
            print(problem)
        print(len(data), resource.getrusage(resource.RUSAGE_SELF).ru_utime - before)
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(children.ru_maxrss * 1024, children.ru_utime + children.ru_stime)
    """
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    said, ours, childs = done.stdout.splitlines()
    assert said in ("['f']", "[]") or "takes too much memory" in said or "over" in said or "format 3" in said
    assert float(ours.split()[1]) < 2
    memory, seconds = map(float, childs.split())
    assert memory <= slimming.MEMORY and seconds <= slimming.CPU_SECONDS + 2


def test_a_reader_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bounded, "PATIENCE", 0.001)
    started = time.monotonic()
    with pytest.raises(NotReadable, match="too much memory or time"):
        read_answers((HEAD + "[" + "[]," * 1_900_000 + "0]}").encode(), EXERCISE)
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    "name", ["[]", "{}", '{"":0}', "[[[[]]]]", '{"\N{GRINNING FACE}":[]}', '"\u20ac\u20ac"', "1.5"]
)
def test_what_this_process_reads_itself_stays_small(name: str):
    code = f"""if True:
        import resource, tracemalloc
        from grader.submissions.bounded import SMALL, notebook_in
        piece = {name!r}.encode() + b","
        data = b"[" + piece * ((SMALL - 10) // len(piece)) + b"0]"
        assert len(data) <= SMALL
        tracemalloc.start()
        notebook_in(data)
        print(tracemalloc.get_traced_memory()[1])
    """
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert int(done.stdout) < 150 * 2**20


def test_an_ordinary_notebook_takes_milliseconds():
    data = (ROOT / "exercises" / "02_feature_extraction.ipynb").read_bytes()
    started = time.process_time()
    for _ in range(10):
        notebook_in(data)
    assert (time.process_time() - started) / 10 < 0.05


def test_large_outputs_of_an_honest_evening_are_read():
    output = {"output_type": "stream", "name": "stdout", "text": ["epoch 1, loss 0.1 \N{PARTY POPPER}\n"] * 1_500_000}
    cells = [{**ANSWER, "outputs": [output]}, {"cell_type": "markdown", "source": ["a", "b"], "metadata": {}}]
    data = json.dumps({"nbformat": 4, "cells": cells}, ensure_ascii=False).encode()
    assert len(data) > 30 * 2**20
    found = read_answers(data, EXERCISE)
    assert found.answered == {"f"} and [c["source"] for c in found.all_cells] == [ANSWER["source"], "ab"]


def test_both_ways_of_reading_give_the_same():
    data = (ROOT / "exercises" / "02_feature_extraction.ipynb").read_bytes()
    large = data.rstrip()[:-1] + b',"x": "' + b"x" * SMALL + b'"}'
    assert notebook_in(large) == notebook_in(data)
    for broken in (b"x" * (SMALL + 1), b"[" * 1_900_000 + b" " * SMALL, b"\xff" * (SMALL + 1), b"[" * 100_000):
        with pytest.raises(ValueError):
            notebook_in(broken)


def test_no_reader_is_left_behind_and_no_memory_limit_stays_here():
    before = resource.getrlimit(resource.RLIMIT_AS)
    with pytest.raises(TooMuch):
        notebook_in((HEAD + '"\N{GRINNING FACE}' + "a" * 199_000_000 + '"}').encode())
    assert resource.getrlimit(resource.RLIMIT_AS) == before
