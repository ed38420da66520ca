"""How a resolver wavers between its old and its new answers for a while after a change.

Decided here: which of the two it shows. A guess of how propagation may look, for scenarios that
ask for it: docs/fidelity.md.
"""

from collections import Counter
from dataclasses import dataclass, field

QUESTION = "query"
"""How a world file says that every look-up gets the other answer than the one before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternation:
    """For `seconds` lab seconds from the moment that a change shows. `every`: the answer turns
    after so many lab seconds; 0: at every look-up."""

    seconds: float
    every: float = 0

    def shows_old(self, since_seconds: float, turn: int) -> bool:
        """Whether the old answer is given, `since_seconds` after the new one first showed. `turn`
        counts the look-ups of one name at one resolver."""
        if not 0 <= since_seconds < self.seconds:
            return False
        return bool((int(since_seconds // self.every) if self.every > 0 else turn) % 2)


@dataclass(slots=True)
class Turns:
    """Counts the look-ups of each name at one resolver. Whoever looks here asks twice, itself and
    through the C library: two questions of a type are one look-up, or each of the two askers
    would meet the same answer for ever."""

    _asked: Counter[tuple[str, str]] = field(default_factory=Counter)

    def next(self, qname: str, qtype: str) -> int:
        """The number, from 0, of the look-up that this question belongs to."""
        key = qname.rstrip(".").lower(), qtype
        self._asked[key] += 1
        return (self._asked[key] - 1) // 2


def spelled(document: object) -> object:
    """`every: query` of a world file as the number that stands for it."""
    if isinstance(document, dict) and document.get("every") == QUESTION:
        return {**document, "every": 0}
    return document
