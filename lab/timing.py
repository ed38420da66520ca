"""How long a scenario's messages took, from what was typed, emitted, probed and heard."""

from dataclasses import dataclass
from typing import Any

from lab.collector import Heard
from lab.looks import LOOK_SECONDS
from lab.world import processes
from lab.world.live import LiveWorld, Typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From `begin_at` to `end_at`, lab time. `name` is the row's name, `what` is for people."""

    name: str
    what: str
    begin_at: float
    end_at: float

    @property
    def seconds(self) -> float:
        return self.end_at - self.begin_at

    @property
    def looks(self) -> float:
        return self.seconds / LOOK_SECONDS


def spans(live: LiveWorld) -> tuple[Span, ...]:
    """The spans of this world so far; one whose end was never heard is left out."""
    return measure(live.typed, live.heard.heard(), processes.emulator("/_lab/tap"))


def measure(
    typed: list[Typed], heard: tuple[Heard, ...], records: list[dict[str, Any]]
) -> tuple[Span, ...]:
    """Pure part of `spans`. `records`: the tap's, each with `detail` and `delivered_at`."""
    if not typed:
        return ()
    first, last = typed[0], typed[-1]
    delivered = _delivered(records, first)
    bad = _first(heard, "bus", "opened", 0.0)
    bad_at = bad.detail.get("first_bad_at") if bad else None
    wanted = (
        ("typed_to_forecast_s", "command typed -> forecast in chat", first.at, "chat", "forecast"),
        ("event_to_forecast_s", "event at its rule -> forecast", delivered, "chat", "forecast"),
        ("typed_to_page_s", "command typed -> page", first.at, "page", "opened"),
        ("first_bad_to_page_s", "first bad probe -> page", bad_at, "page", "opened"),
        ("undo_to_resolved_s", "undo typed -> resolved", last.at, "page", "resolved"),
    )
    found = []
    for name, what, begin, to, reason in wanted:
        end = _first(heard, to, reason, begin) if begin is not None else None
        if begin is not None and end is not None:
            found.append(Span(name=name, what=what, begin_at=float(begin), end_at=end.at))
    return tuple(found)


def _delivered(records: list[dict[str, Any]], typed: Typed) -> float | None:
    """When the tap gave the event of the typed command to its rule."""
    for record in records:
        later = record.get("delivered_at") or 0.0
        verb = record["detail"]["eventName"].lower()
        if later >= typed.at and verb in typed.command.replace("-", ""):
            return float(later)
    return None


def _first(heard: tuple[Heard, ...], to: str, reason: str, after: float) -> Heard | None:
    return next((m for m in heard if m.to == to and m.reason == reason and m.at >= after), None)
