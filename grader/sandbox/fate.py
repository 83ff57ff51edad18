"""How a session ended, and whose fault it was."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

Kind = Literal["running", "exited", "signalled", "out_of_time", "out_of_memory", "closed", "vanished"]


@dataclass(frozen=True)
class Fate:
    """The end of a session.

    - running: not ended yet;
    - exited: its process ended by itself with exit status `code` (0: the server returned, the grader hung up);
    - signalled: by signal `signal`: a crash, its own doing, or a limit named in `why`;
    - out_of_time: used up its CPU time;  out_of_memory: its processes together held too much;
    - closed: `Session.close()` ended it;
    - vanished: killed from outside or never set up: the infrastructure's fault, which must cost nobody a point.

    `cpu_seconds`: user and system time of all its processes. `peak_mib`: largest memory of one process, pages shared
    with the fork server included. `seconds`: from fork to end.
    """

    kind: Kind
    code: int | None = None
    signal: int | None = None
    why: str = ""
    cpu_seconds: float = 0.0
    peak_mib: float = 0.0
    seconds: float = 0.0

    @property
    def running(self) -> bool:
        """Still alive, as far as is known."""
        return self.kind == "running"

    @property
    def vanished(self) -> bool:
        """The infrastructure failed, not the learner."""
        return self.kind == "vanished"

    @classmethod
    def from_report(cls, report: dict[str, Any]) -> "Fate":
        """The fate that a fork server's report tells of; fields that it does not have are left at their defaults."""
        kind = report.get("kind")
        if kind not in get_args(Kind):
            return cls("vanished", why=f"the fork server reported an unknown end, {kind!r}")
        known = {name: report[name] for name in cls.__dataclass_fields__ if name in report}
        return cls(**known)

    def __str__(self) -> str:
        detail = {"exited": f" with status {self.code}", "signalled": f" by signal {self.signal}"}.get(self.kind, "")
        return f"{self.kind.replace('_', ' ')}{detail}{': ' + self.why if self.why else ''}"
