"""How often a canary stack is tried again, and when people are told that it does not come up."""

from dataclasses import dataclass, replace

WAITS = (300.0, 900.0, 1800.0)
"""Seconds until the second, third and fourth attempt."""
AFTERWARDS = 3600.0
"""Seconds between later ones: what is broken may be mended from outside."""
AWAY = " away"
"""End of the key of attempts to remove a stack; the key is the stack's name else."""
TOLD_AFTER = 3
"""Attempts that failed before people are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Attempts at one stack since it last came to stand. `of` is what they were for ("removal", or
    "r2 subnet-1,subnet-2"): a change of it (another release, other subnets) begins anew. `why` is
    what the last one failed with; `open` while it is not known what came of it."""

    of: str
    count: int
    at: float
    why: str = ""
    open: bool = True

    @property
    def subnets(self) -> tuple[str, ...]:
        """Those that it tried: a stack that was rolled back tells those of before. () of a
        removal."""
        return tuple(one for one in self.of.partition(" ")[2].split(",") if one)


def due(before: Attempt | None, of: str, now_at: float) -> bool:
    """Whether the stack may be tried (again) now."""
    if before is None or before.of != of:
        return True
    return now_at >= before.at + wait(before.count)


def wait(count: int) -> float:
    """Seconds to the next attempt after `count` of them."""
    return WAITS[count - 1] if count <= len(WAITS) else AFTERWARDS


def tried(before: Attempt | None, of: str, now_at: float) -> Attempt:
    """One attempt more, or the first of another kind."""
    again = before is not None and before.of == of
    count = before.count + 1 if before is not None and again else 1
    return Attempt(of=of, count=count, at=now_at, why=before.why if before and again else "")


def failed(before: Attempt, why: str) -> Attempt:
    """The same, with the reason that it failed for."""
    return replace(before, why=why or before.why, open=False)


def problem(attempt: Attempt | None) -> str:
    """What people are told of it: "" until it failed three times."""
    if attempt is None or not attempt.why or attempt.count < TOLD_AFTER:
        return ""
    return f"{attempt.count} attempts failed, the next is made each hour: {attempt.why}"
