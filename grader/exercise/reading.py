"""From the cells of a solution file to an `Exercise`; everything that an author can have forgotten is said at once."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.exercise import blanks
from grader.exercise.errors import AuthoringError
from grader.exercise.hints import split_hints
from grader.exercise.model import Cell, Exercise, Question
from grader.exercise.names_in_code import bound
from grader.exercise.numbers import HEADING, computed, left_unfilled, numbered
from grader.exercise.objectives import OBJECTIVES
from grader.exercise.percent import SourceCell, read_cells
from grader.exercise.reference_cell import cell_of

ROLES = {"question": "answer", "check": "check", "hints": "hints", "manual": "manual"}
QUESTION_OPTIONS = ("minutes", "difficulty", "objectives")
OPTIONS_OF = {"answer": QUESTION_OPTIONS, "manual": ("minutes",)}

_ID = re.compile(r"[a-z][a-z0-9_]*")
_MARKED = re.compile(r"^#+ .*· +`(?P<id>\w+)`")
_COUNTED = re.compile(r"^#+ +\d+\.\d")


def read_exercise(path: Path) -> Exercise:
    """The exercise in the solution file `path`. Raises AuthoringError with one line a problem."""
    reader = _Reader(path)
    exercise = reader.exercise()
    if reader.problems:
        raise AuthoringError(reader.problems)
    return exercise


class _Reader:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[str] = []
        self.written = read_cells(path)
        self.cells: list[Cell] = []
        for written in self.written:
            self.cells.append(self._cell(written))
        self.ids = [cell.question for cell in self.cells if cell.role == "answer"]

    def problem(self, line: int, text: str) -> None:
        self.problems.append(f"{self.path}:{line}: {text}")

    def exercise(self) -> Exercise:
        titles = [
            match[1] for cell in self.cells if cell.markdown for match in re.finditer(r"(?m)^# +(.+)$", cell.source)
        ]
        if not titles:
            self.problem(1, "no title; begin with a markdown cell '# # Feature extraction'")
        self._belongings()
        self._headings()
        questions = tuple(self._questions())
        if not questions:
            self.problem(1, 'no question; mark its answer cell with # %% question="..." minutes=...')
        title = titles[0].strip() if titles else self.path.stem
        if titles and re.match(r"\d", title):
            self.problem(
                1, f"the title begins with a number, which is computed; write '# # {title.lstrip('0123456789. ·')}'"
            )
        number = int(self.path.stem[:2])
        cells = numbered(self.cells, questions, number)
        for cell in cells:
            for name in left_unfilled(cell.source) if cell.role in ("prose", "hints") else ():
                names = ", ".join(computed(self.cells, questions, number))
                self.problem(cell.line, f"nothing fills in '{{{{{name}}}}}' here; in prose there can be {names}")
        return Exercise(self.path.stem, title, self.path, questions, tuple(cells))

    def _cell(self, written: SourceCell) -> Cell:
        named = [option for option in ROLES if option in written.options]
        if len(named) > 1:
            self.problem(written.line, f"a cell is either {' or '.join(named)}, not both")
        option = named[0] if named else None
        role = ROLES[option] if option else "prose" if written.markdown else "code"
        question = written.options[option] if option else None
        if option and not (isinstance(question, str) and _ID.fullmatch(question)):
            self.problem(written.line, f'{option}={question!r} is not an id; write {option}="snake_case"')
            question = str(question)
        self._options(written, role)
        if option and written.markdown != (role in ("hints", "manual")):
            kind = "a code cell" if written.markdown else "a markdown cell: # %% [markdown]"
            self.problem(written.line, f'the cell with {option}="{question}" must be {kind}')
        source = written.source
        if role == "answer" and not source.strip():
            source = self._from_reference(str(question), written.line)
        elif role in ("answer", "manual"):
            wrong = blanks.mark_problem(source)
            if wrong:
                self.problem(written.line, f"question '{question}': {wrong}")
        elif blanks.has_marks(source):
            self.problem(written.line, 'solution marks belong in a cell with question="..." or manual="..." only')
        tags = tuple(written.options.get("tags", ()))
        cell = Cell(role, written.markdown, source, written.line, question, tags)
        if role == "manual":
            points = self._number(cell, written.options, "minutes", range(1, 61)) / 5
            cell = replace(cell, points=round(points, 2))
        return cell

    def _options(self, written: SourceCell, role: str) -> None:
        allowed = {*ROLES, "tags", *OPTIONS_OF.get(role, ())}
        for option in sorted(set(written.options) - allowed):
            self.problem(written.line, f"unknown option '{option}'; here there can be {', '.join(sorted(allowed))}")

    def _from_reference(self, question: str, line: int) -> str:
        """The answer cell of a question whose solution is its reference, written once."""
        reference = self.path.parents[1] / "tlcore" / "reference" / self.path.stem[3:] / f"{question}.py"
        above = [cell.source for cell in self.cells if cell.role in ("code", "answer")]
        try:
            source = cell_of(reference.read_text(encoding="utf-8"), set().union(*map(bound, above)))
        except OSError:
            self.problem(line, f"the answer cell of '{question}' is empty, and its reference {reference} is not there")
            return ""
        except SyntaxError as error:
            self.problems.append(f"{reference}:{error.lineno}: syntax error: {error.msg}")
            return ""
        wrong = blanks.mark_problem(source)
        if wrong:
            self.problems.append(f"{reference}:1: question '{question}', whose answer cell is this file: {wrong}")
        return source

    def _headings(self) -> None:
        """A heading with an id has its question, a question one heading, and no number is written by hand."""
        known = {cell.question for cell in self.cells if cell.role in ("answer", "manual")}
        first: dict[str, int] = {}
        for cell in self.cells:
            for at, line in enumerate(cell.source.split("\n") if cell.role == "prose" else ()):
                number = cell.line + 1 + at
                if _COUNTED.match(line) and not _MARKED.match(line):
                    self.problem(number, f"the heading '{line.strip('# ')}' has a number of its own; leave it out")
                marked = _MARKED.match(line)
                if not marked:
                    continue
                id = marked["id"]
                if id not in known:
                    self.problem(number, f"the heading of '{id}' has no question; add # %% question=\"{id}\" below it")
                elif first.setdefault(id, number) != number:
                    self.problem(number, f"a second heading of '{id}'; the first is at line {first[id]}")

    def _belongings(self) -> None:
        """Every check and hint belongs to a question, and to one question there is one of each."""
        seen: dict[tuple[str, str | None], int] = {}
        for cell in self.cells:
            if cell.question is None:
                continue
            if cell.role == "manual":
                if cell.question in self.ids:
                    self.problem(cell.line, f'manual="{cell.question}" is the id of a question; choose another')
            elif cell.question not in self.ids:
                self.problem(
                    cell.line, f"no question '{cell.question}'; there are {', '.join(map(str, self.ids)) or 'none'}"
                )
            first = seen.setdefault((cell.role, cell.question), cell.line)
            if first != cell.line:
                name = "question" if cell.role == "answer" else f"{cell.role} cell of"
                self.problem(cell.line, f"a second {name} '{cell.question}'; the first is at line {first}")

    def _questions(self) -> Iterator[Question]:
        done = set()
        for cell, written in zip(self.cells, self.written, strict=True):
            if cell.role == "answer" and cell.question is not None and cell.question not in done:
                done.add(cell.question)
                yield self._question(cell, written.options)

    def _question(self, cell: Cell, options: dict[str, Any]) -> Question:
        assert cell.question is not None
        id = cell.question
        minutes = self._number(cell, options, "minutes", range(1, 61))
        difficulty = self._number(cell, options, "difficulty", range(1, 4))
        objectives = tuple(part.strip() for part in str(options.get("objectives", "")).split(",") if part.strip())
        if not objectives:
            self.problem(cell.line, f"question '{id}' has no objectives; add objectives=\"O2,O3V\"")
        for objective in objectives:
            if objective not in OBJECTIVES:
                self.problem(
                    cell.line, f"question '{id}': '{objective}' is no objective; they are {', '.join(OBJECTIVES)}"
                )
        title, hints, blank = self._title(cell), self._hints(cell), blanks.blank(cell.source)
        self._checks(cell)
        return Question(
            id=id,
            title=title,
            minutes=minutes,
            difficulty=difficulty,
            objectives=objectives,
            hints=hints,
            answer_source=blanks.answer(cell.source),
            blank_source=blank,
            defines=self._defines(cell, blank),
            line=cell.line,
        )

    def _number(self, cell: Cell, options: dict[str, Any], option: str, allowed: range) -> int:
        value = options.get(option)
        if type(value) is int and value in allowed:
            return value
        found = "has no" if value is None else f"has {value!r} as"
        wanted = f"add {option}=N, {allowed[0]} to {allowed[-1]}"
        self.problem(cell.line, f"question '{cell.question}' {found} {option}; {wanted}")
        return 0

    def _title(self, cell: Cell) -> str:
        """From the heading above the answer cell. Its numbers are computed, so that they cannot be wrong."""
        for other in self.cells:
            for line in other.source.split("\n") if other.role == "prose" and other.line < cell.line else ():
                match = HEADING.match(line.rstrip())
                if match and match["id"] == cell.question:
                    if match["rest"].strip() or re.match(r"\d", match["title"]):
                        self.problem(
                            other.line,
                            f"the heading of '{cell.question}' has numbers of its own, which are computed; "
                            f"write '# ## Title · `{cell.question}`'",
                        )
                    return match["title"]
        form = f"# ## Title · `{cell.question}`"
        self.problem(cell.line, f"question '{cell.question}' has no heading above it in the form '{form}'")
        return cell.question or ""

    def _belonging(self, role: str, id: str | None) -> Cell | None:
        return next((cell for cell in self.cells if (cell.role, cell.question) == (role, id)), None)

    def _hints(self, cell: Cell) -> tuple[str, ...]:
        hints = self._belonging("hints", cell.question)
        if hints is None:
            self.problem(
                cell.line, f"question '{cell.question}' has no hints; add # %% [markdown] hints=\"{cell.question}\""
            )
            return ()
        try:
            return tuple(split_hints(hints.source))
        except ValueError as error:
            self.problem(hints.line, f"hints of '{cell.question}': {error}")
            return ()

    def _checks(self, cell: Cell) -> None:
        id = cell.question
        check = self._belonging("check", id)
        if check is None:
            self.problem(cell.line, f'question \'{id}\' has no check cell; add # %% check="{id}" with check("{id}")')
        elif not re.search(rf"""\bcheck\(\s*["']{id}["']""", check.source):
            self.problem(check.line, f"the check cell of '{id}' does not call check(\"{id}\")")
        elif check.line < cell.line:
            self.problem(check.line, f"the check cell of '{id}' stands above its answer cell")

    def _defines(self, cell: Cell, blank: str) -> tuple[str, ...]:
        try:
            ast.parse(blank)
        except SyntaxError as error:
            at = cell.line + (error.lineno or 0)
            self.problem(
                at, f"question '{cell.question}' is no valid Python once blanked ({error.msg}); move the marks"
            )
        return tuple(_defined(blank) or _defined(blanks.answer(cell.source)))


def _defined(source: str) -> list[str]:
    """The names that the top level of a cell defines; none where it is not plain Python."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    names: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names += [target.id for target in targets if isinstance(target, ast.Name)]
    return names
