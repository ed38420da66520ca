"""A cause from the closed catalogue, with its evidence, its subject and how to undo it."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """`cause` is the KIND of a rule in `diagnosis/`. `subject` is the resource id that the cause
    is about ("" for failing_everywhere: then `host` keys the incident). `change_kinds` are the
    kinds of change that could produce it. `proof` marks an id match plus inside/outside contrast
    or the control plane's own statement: what blame needs for `proven`. `evidence` are quoted
    lines for people, strongest first; `facts` are the same as data for blame and messages."""

    cause: str
    subject: str = ""
    subject_account: str = ""
    host: str = ""
    evidence: tuple[str, ...] = ()
    change_kinds: tuple[str, ...] = ()
    proof: bool = False
    rank: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
