"""Answers that run out of memory, each in its own way: they lose their question, and nobody else loses anything."""

import shutil
from pathlib import Path

import pytest
from classes import finish, lost_only_the_first, results, start, write_faulty

FAULTY = {
    "asks-too-much": """
import torch
def freeze(module):
    return torch.ones(10**11)
""",
    "grows-until-it-fails": """
import numpy
def freeze(module):
    held = []
    while True:
        held.append(numpy.zeros(2**23))
""",
    "insists": """
def freeze(module):
    held = []
    while True:
        try:
            held.append(bytearray(2**26))
        except MemoryError:
            pass
""",
    "in-many-processes": """
import os, time
def freeze(module):
    for _ in range(8):
        if os.fork() == 0:
            held = [bytearray(b"x" * 2**20) for _ in range(1200)]
            time.sleep(60)
    time.sleep(60)
""",
    "in-shared-memory": """
import mmap, os, time
def freeze(module):
    for _ in range(8):
        if os.fork() == 0:
            held = mmap.mmap(-1, 1200 * 2**20)
            for _ in range(1200):
                held.write(b"x" * 2**20)
            time.sleep(60)
    time.sleep(60)
""",
    "in-forks-that-fail": """
import os, time
def freeze(module):
    for _ in range(8):
        if os.fork() == 0:
            raise MemoryError
    time.sleep(60)
""",
}
SAYS = {
    "asks-too-much": "memory",
    "grows-until-it-fails": "allocate",
    "insists": "time limit|seconds",
    "in-many-processes": "more memory than a submission may use",
    "in-forks-that-fail": "time limit|seconds",
    "in-shared-memory": "more memory than a submission may use",
}


@pytest.mark.slow
def test_who_runs_out_of_memory_loses_that_question_alone(dozen: Path, quiet: dict, tmp_path: Path) -> None:
    submissions, out = tmp_path / "submissions", tmp_path / "graded"
    shutil.copytree(dozen, submissions)
    for learner, answer in FAULTY.items():
        write_faulty(submissions, learner, answer)
    finish(start(submissions, out, "--time-limit", "20"))
    found = results(out)
    messages = {learner: found.pop(learner) for learner in FAULTY}
    assert found == quiet
    for learner, result in messages.items():
        message = lost_only_the_first(result)
        assert any(word in message for word in SAYS[learner].split("|")), f"{learner}: {message}"
