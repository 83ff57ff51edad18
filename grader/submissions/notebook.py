"""Reading an untrusted notebook: its code cells, and which of them answers which question.

An answer cell is known by its nbgrader `grade_id`; where that is lost, by the function that it defines. It may have
become a text cell, or part of another answer's cell or of a check. Nothing of the notebook runs here.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.exercise.model import Exercise, Question
from grader.submissions.bounded import TooMuch, notebook_in
from grader.submissions.slimming import MAX_CELLS, MAX_CODE

MAX_BYTES = 200 * 2**20
"""A notebook with every picture of a long evening is a few MiB; 60 MiB of outputs are still read."""


class NotReadable(Exception):
    """The file cannot be graded; the message says why and what to do, for learner and instructor.

    `alone` says the same to somebody who checks their own work and hands in nothing.
    advice: what to do, to which doing it again is added. hand_in: what to do instead where it is to be handed in.
    """

    def __init__(self, problem: str, advice: str = "", hand_in: str = "") -> None:
        handing_in = hand_in or (f"{advice} and hand it in again" if advice else "")
        super().__init__(f"{problem}: {handing_in}" if handing_in else problem)
        self.alone = f"{problem}: {advice} and check again" if advice else problem


@dataclass
class Answered:
    """The code cells of a submission, as the sandbox takes them, and what was noticed."""

    cells: list[dict[str, Any]]
    places: list[int] = field(default_factory=list)
    """Where each of `cells` stands among the notebook's cells."""
    answered: set[str] = field(default_factory=set)
    """Questions that some cell answers. Where it is another question's answer cell, it is marked as that one's."""
    blank: set[str] = field(default_factory=set)
    """Those of them whose cell is as it was handed out."""
    remarks: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    """Texts that lay beside the notebook, by their paths: its own modules, and small data."""
    all_cells: list[dict[str, Any]] = field(default_factory=list)
    """Every cell of the notebook, text too, without outputs (see `slimming`); `places` counts these."""


def read_bytes(path: Path, below: Path | None = None) -> bytes:
    """The file's bytes. Raises NotReadable: a link, a pipe, a folder, too large, no permission.

    below: a folder from which no link is followed on the way to the file; it may have changed since it was listed.
    """
    try:
        handle = _opened(path, below)
    except OSError as error:
        raise NotReadable(f"the file cannot be opened ({error.strerror})") from None
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        raise NotReadable("this is not a regular file", "name the notebook itself", "hand in the notebook itself")
    with os.fdopen(handle, "rb") as file:
        if status.st_size > MAX_BYTES:
            raise NotReadable(
                f"the file has {status.st_size / 2**20:.0f} MiB, and at most {MAX_BYTES / 2**20:.0f} are read",
                "clear the outputs (Edit > Clear Outputs of All Cells), save",
            )
        try:
            data = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise NotReadable(f"the file cannot be read ({error.strerror})") from None
    if len(data) > MAX_BYTES:  # it has grown since
        raise NotReadable("the file changes while it is read", "wait until it is whole")
    return data


def _opened(path: Path, below: Path | None) -> int:
    no_link, at_once = getattr(os, "O_NOFOLLOW", 0), getattr(os, "O_NONBLOCK", 0)
    if below is None or os.open not in os.supports_dir_fd:
        return os.open(path, os.O_RDONLY | no_link | at_once)
    *folders, name = path.relative_to(below).parts
    here = os.open(below, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for folder in folders:
            inside = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | no_link, dir_fd=here)
            os.close(here)
            here = inside
        return os.open(name, os.O_RDONLY | no_link | at_once, dir_fd=here)
    finally:
        os.close(here)


def read_answers(data: bytes, exercise: Exercise) -> Answered:
    """The code cells of a notebook. Raises NotReadable with what is wrong with the file."""
    notebook = _parse(data)
    answers, checks = {q.id for q in exercise.questions}, {f"{q.id}_test" for q in exercise.questions}
    cells = [cell for cell in notebook["cells"] if isinstance(cell, dict)]
    if len(notebook["cells"]) > MAX_CELLS:
        raise NotReadable(f"the notebook has over {MAX_CELLS:,} cells", "keep only what answers the questions, save")
    # One key pressed too many turns an answer into text; nbgrader, too, takes it for the code that it was.
    places = [i for i, c in enumerate(cells) if c.get("cell_type") == "code" or _grade_id(c) in answers]
    sources, ids = [_source(cells[i]) for i in places], [_grade_id(cells[i]) for i in places]
    if sum(map(len, sources)) > MAX_CODE:
        raise NotReadable(
            f"the notebook has over {MAX_CODE // 2**20} MiB of code",
            "keep only what answers the questions, save",
            "hand in only what answers the questions",
        )
    handed_out = {_plain(cell.source) for cell in exercise.cells if cell.role in ("code", "check")}
    result = Answered(
        [{"source": source, "question": None, "handed_out": _plain(source) in handed_out} for source in sources],
        all_cells=cells,
    )
    if notebook.pop("converted", False):
        result.remarks.append("the notebook was in the old format 3, and was converted")
    # What is graded is an answer; what would only check it is not run.
    left_out = {i for i, grade_id in enumerate(ids) if grade_id in checks}
    for question in exercise.questions:
        cell = _answer_cell(question, sources, ids, answers, checks, result.remarks)
        if cell is None:
            continue
        result.answered.add(question.id)
        left_out.discard(cell)
        if ids[cell] == question.id or ids[cell] not in answers:
            result.cells[cell]["question"] = result.cells[cell]["question"] or question.id
        if ids[cell] != question.id:
            # What was left blank must not define the name once more, after the answer.
            left_out |= {i for i, grade_id in enumerate(ids) if grade_id == question.id}
        elif cells[places[cell]].get("cell_type") != "code":
            result.remarks.append(f"answer cell '{question.id}' had become a text cell, and was read as code")
        if sources[cell].strip() == question.blank_source.strip():
            result.blank.add(question.id)
    if not result.answered:
        result.remarks[:] = ["no answer to any question was found: is this the notebook of this exercise?"]
    kept = [i for i in range(len(places)) if i not in left_out]
    result.cells, result.places = [result.cells[i] for i in kept], [places[i] for i in kept]
    return result


def _answer_cell(
    question: Question, sources: list[str], ids: list[str], answers: set[str], checks: set[str], remarks: list[str]
) -> int | None:
    """The cell that answers `question`: its own; else one of no question; else one that is for something else."""
    marked = [i for i, grade_id in enumerate(ids) if grade_id == question.id]
    filled = [i for i in marked if sources[i].strip() not in ("", question.blank_source.strip())]
    if len(marked) > 1:
        remarks.append(f"there are {len(marked)} answer cells '{question.id}': the last one that is filled counts")
    if filled:
        # JupyterLab's Split Cell makes two of one: what only tries the answer out must not be taken for it.
        return ([i for i in filled if _defines(sources[i], question)] or filled)[-1]
    defining = [i for i in range(len(ids)) if i not in marked and _defines(sources[i], question)]
    if defining:
        chosen = max(defining, key=lambda i: (ids[i] not in answers | checks, ids[i] in checks, i))
        lost = "was left empty" if marked else "is missing" if ids[chosen] else "had lost its metadata"
        where = (
            ", in a check cell" if ids[chosen] in checks else ", in another answer" if ids[chosen] in answers else ""
        )
        remarks.append(f"answer cell '{question.id}' {lost}; its answer was found by the name it defines{where}")
        return chosen
    if not marked:
        remarks.append(
            f"answer cell '{question.id}' is missing, and no other cell defines {' or '.join(question.defines)}"
        )
    return marked[-1] if marked else None


def _defines(source: str, question: Question) -> bool:
    return any(
        re.search(rf"^(?:async\s+def|def|class)\s+{re.escape(name)}\b|^{re.escape(name)}\s*=[^=]", source, re.M)
        for name in question.defines
    )


def _parse(data: bytes) -> dict[str, Any]:
    if not data.strip():
        raise NotReadable("the file is empty", "save the notebook in Jupyter", "was it saved before it was handed in?")
    try:
        notebook = notebook_in(data)
    except TooMuch:
        raise NotReadable(
            "the file takes too much memory or time to read",
            "clear the outputs (Edit > Clear Outputs of All Cells), save",
        ) from None
    except ValueError:
        raise _no_json(data) from None
    version = notebook.get("nbformat") if isinstance(notebook, dict) else None
    if version == 3:
        return _from_version_3(notebook)
    if version != 4 or not isinstance(notebook.get("cells"), list):
        raise NotReadable(
            "the file is JSON but not a notebook that Jupyter knows",
            "name the .ipynb file itself",
            "hand in the .ipynb file itself",
        )
    return notebook


def _no_json(data: bytes) -> NotReadable:
    """What the file is instead, and what to do: Jupyter opens none of these."""
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:4] in (b"PK\x03\x04", b"PK\x05\x06") or start[:2] == b"\x1f\x8b" or start[:6] == b"7z\xbc\xaf\x27\x1c":
        return NotReadable(
            "the file is an archive (zip), not a notebook",
            "unpack it and name the .ipynb file that is in it",
            "unpack it and hand in the .ipynb file that is in it",
        )
    marks = re.search(rb"^(<<<<<<<|=======|>>>>>>>)( |\r?$)", data, re.MULTILINE)
    if marks is not None:
        line = data.count(b"\n", 0, marks.start()) + 1
        return NotReadable(
            f"the file has marks of a merge conflict (line {line}: {marks[1].decode()})",
            "keep one of the two versions, as with git checkout --ours, and take the marks out; see that Jupyter opens "
            "the notebook",
        )
    if start[:1] == b"<":
        return NotReadable(
            "the file is a web page, not a notebook",
            "download the notebook itself (in Jupyter File > Download, on GitHub the button for the raw file)",
            "download the notebook itself (in Jupyter File > Download, on GitHub the button for the raw file) and hand "
            "that in",
        )
    if start[:1] == b"{" and b'"cells"' in data:
        return NotReadable(
            "the file is a notebook that is damaged or breaks off (not JSON)",
            "go back to a copy that Jupyter opens (File > Revert Notebook to Checkpoint, or save it anew)",
        )
    return NotReadable("the file is not a notebook (not JSON)", "open it in Jupyter, save it")


def _from_version_3(notebook: dict[str, Any]) -> dict[str, Any]:
    import nbformat

    try:
        converted = dict(nbformat.convert(nbformat.from_dict(notebook), 4))
    except Exception as error:
        raise NotReadable(
            f"the notebook is in the old format 3 and cannot be converted ({type(error).__name__})",
            "open it in JupyterLab, save it",
        ) from None
    if not isinstance(converted.get("cells"), list):
        raise NotReadable("the notebook is in the old format 3 and has no cells", "open it in JupyterLab, save it")
    return {**converted, "converted": True}


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    # Python takes all three line ends for one; what is compared with a blank must, too.
    return whole(source).replace("\r\n", "\n").replace("\r", "\n") if isinstance(source, str) else ""


def whole(text: str) -> str:
    """`text` with a replacement for each half of a character (a lone surrogate), which no file and no kernel takes."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _plain(source: str) -> str:
    """A cell without what editors change by themselves: the blanks at the ends of lines."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _grade_id(cell: dict[str, Any]) -> str:
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return grade_id if isinstance(grade_id, str) else ""
