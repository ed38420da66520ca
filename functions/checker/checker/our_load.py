"""429, or a refusal by a WAF, first suspects us: what we do about it, and when we stop to doubt.

While an endpoint was good, such an answer is `unknown: our_load`. It is then asked half as often
after each refusal (every 2nd, 4th, 8th minute), never before its Retry-After, and not confirmed
meanwhile; each good answer takes one step back. A refusal that still comes after twelve minutes of
that is no doing of ours: it is told as what it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from email.utils import parsedate_to_datetime

from probing.outcome import Failure, Outcome, Stage, State
from probing.refusal import headers, refuses

FLOOR_STEP = 3
PATIENCE_SECONDS = 720.0
LONGEST_RETRY_SECONDS = 3600.0
SPARE_SECONDS = 15.0
"""A look stands on the same second of each minute, but for this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is kept of a pair that was refused. `since_at` is the first refusal without another
    answer since (None: the last answer was no refusal); `step` 1 to 3 stands for every 2nd, 4th,
    8th minute; nothing is asked before `not_before_at` (Clock time)."""

    since_at: float | None = None
    step: int = 1
    not_before_at: float = 0.0

    def lasts(self, now_at: float) -> bool:
        """Whether refusals went on for so long that they are not our doing."""
        return self.since_at is not None and now_at - self.since_at >= PATIENCE_SECONDS

    def paced(self, now_at: float) -> "Load":
        return replace(self, not_before_at=now_at + 60.0 * 2**self.step - SPARE_SECONDS)


def refused(outcome: Outcome) -> bool:
    """Whether somebody refused the request for its caller's sake."""
    http = outcome.step(Stage.HTTP)
    return http is not None and refuses(http)


def held(outcome: Outcome, load: Load | None, *, good: bool) -> Outcome:
    """The outcome as it counts. `good`: the endpoint was good before (of a pinned or outside one:
    true). A challenge that passed as a good status is no good answer."""
    if not refused(outcome):
        return outcome
    if good and not (load is not None and load.lasts(outcome.ended_at)):
        said = f"refused ({_mark(outcome)}): our own load is suspected first"
        return _failed(outcome, State.UNKNOWN, Failure.OUR_LOAD, said)
    if outcome.state is State.OK:
        said = f"a WAF answered in its stead ({_mark(outcome)})"
        return _failed(outcome, State.FAILING, Failure.HTTP_ASSERTION, said)
    return outcome


def after(load: Load | None, outcomes: Sequence[Outcome], now_at: float) -> Load | None:
    """What to keep after a look with these inside and pinned outcomes; None: nothing."""
    refusals = [outcome for outcome in outcomes if refused(outcome)]
    if refusals:
        first_at = load.since_at if load is not None else None
        step = min((load.step if load is not None else 0) + 1, FLOOR_STEP)
        paced = Load(since_at=now_at if first_at is None else first_at, step=step).paced(now_at)
        return replace(paced, not_before_at=max(paced.not_before_at, retry_at(refusals)))
    if load is None or all(outcome.state is State.UNKNOWN for outcome in outcomes):
        return load
    if any(outcome.state is not State.OK for outcome in outcomes):
        return replace(load, since_at=None)
    if load.step == 1:
        return None
    return Load(step=load.step - 1).paced(now_at)


def lasting(loads: Mapping[str, Load | None], now_at: float) -> frozenset[str]:
    """The endpoints whose refusals are no doing of ours."""
    return frozenset(e for e, load in loads.items() if load is not None and load.lasts(now_at))


def retry_at(refusals: Iterable[Outcome]) -> float:
    """The latest time before which they ask not to be asked again; 0 for none. At most an hour:
    a longer one would make us blind by one header."""
    return max((_retry_at(outcome) for outcome in refusals), default=0.0)


def _retry_at(outcome: Outcome) -> float:
    text = _header(outcome, "retry-after")
    if not text:
        return 0.0
    longest = outcome.ended_at + LONGEST_RETRY_SECONDS
    if text.isascii() and text.isdigit():
        # Cut before it is read: Python refuses numbers of thousands of digits.
        return min(outcome.ended_at + int(text[:9]), longest)
    try:
        found = parsedate_to_datetime(text)
        at = (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return 0.0
    return min(at, longest)


def _header(outcome: Outcome, name: str) -> str:
    http = outcome.step(Stage.HTTP)
    return str(headers(http).get(name, "")).strip() if http else ""


def _mark(outcome: Outcome) -> str:
    action = _header(outcome, "x-amzn-waf-action")
    return f"status {outcome.status}" + (f", WAF {action[:20]}" if action else "")


def _failed(outcome: Outcome, state: State, failure: Failure, said: str) -> Outcome:
    steps = tuple(
        replace(step, failure=failure, detail=said) if step.stage is Stage.HTTP else step
        for step in outcome.steps
    )
    return replace(outcome, state=state, steps=steps, reason=f"{failure}: {said}")
