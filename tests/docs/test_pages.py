"""The pages for people say what is there: `tl` takes their commands, and their links and paths lead somewhere."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from grader.cli.app import app

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
VERBS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]

by_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def code_of(page: Path) -> list[str]:
    """The lines of a page's code blocks, and the pieces of code in its sentences."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S)
    sentences = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return [*(line for block in blocks for line in block.splitlines()), *re.findall(r"`([^`]+)`", sentences)]


def commands_of(page: Path) -> list[list[str]]:
    """The commands of `tl` on a page, without `tl`; of words between bars, the first and then each of the others."""
    found = []
    for line in code_of(page):
        words = (
            shlex.split(line.partition("  #")[0].removeprefix(".venv/bin/"), comments=False) if "tl " in line else []
        )
        if words[:1] == ["tl"] and len(words) > 1 and words[1] not in ("VERB", "--help"):
            several = next((word for word in words if "|" in word), "")
            found += [[each if word == several else word for word in words[1:]] for each in several.split("|")]
    return found


def taken(verb: str, *arguments: str) -> None:
    """Raises what `tl` would raise for arguments that it does not take. Nothing is run."""
    if not arguments or arguments[0].startswith("-"):
        # A mention, such as `tl grade --jobs N`: what it leaves out is no mistake.
        known = {name for option in VERBS[verb].params for name in option.opts} | {"--help"}
        unknown = {word for word in arguments if word.startswith("-")} - known
        if unknown:
            raise typer.BadParameter(f"tl {verb} has no {', '.join(unknown)}")
        if verb in ("grade", "report", "export", "release", "similar"):
            return
    VERBS[verb].make_context(verb, list(arguments))


@by_page
def test_tl_takes_every_command(page: Path) -> None:
    for command in commands_of(page):
        taken(*command)


@pytest.mark.parametrize("command", ["export graded", "grade --fast", "release OUT --to moodle"])
def test_a_command_that_tl_does_not_take_is_found(command: str) -> None:
    with pytest.raises(typer.BadParameter):
        taken(*command.split())


def test_the_pages_tell_of_every_verb() -> None:
    # The demo is `make demo` there, which sets everything up first.
    assert {verb for page in PAGES for verb, *_ in commands_of(page)} >= set(VERBS) - {"demo"}


@by_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r'\]\(([^)#]+)|<img src="([^"]+)"', page.read_text(encoding="utf-8")):
        link = "".join(target)
        assert re.match(r"https?:", link) or (page.parent / link).exists(), link


@by_page
def test_every_path_is_there(page: Path) -> None:
    for text in code_of(page):
        for path in re.findall(r"(?<![\w/.])(?:grader|tlcore|tests|docs|benchmarks|solutions)/[\w/.*]*", text):
            assert "NN_" in path or list(ROOT.glob(path.rstrip("/."))), path


@by_page
def test_every_target_of_make_is_there(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for text in code_of(page):
        assert set(re.findall(r"^make ([a-z-]+)", text)) <= targets
