"""Running untrusted code: tiers of isolation, a warm fork server, one forked and confined process a session.

with Sandbox(isolation="full") as sandbox:
    with sandbox.session() as session:
        session.socket.sendall(...)      # what is said over it is not this package's business
        fate = session.fate(timeout=1)
"""

from grader.sandbox.fate import Fate
from grader.sandbox.inside.limits import Limits
from grader.sandbox.probe import Probe, probe
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.session import Session, Sessions
from grader.sandbox.tiers import SandboxError, SandboxUnavailable, Tier

__all__ = [
    "Fate",
    "Limits",
    "Probe",
    "Sandbox",
    "SandboxError",
    "SandboxUnavailable",
    "Session",
    "Sessions",
    "Tier",
    "probe",
]
