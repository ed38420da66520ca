"""What is kept of one (endpoint, VPC) between looks, and what one probe and one look say of it."""

from dataclasses import dataclass, field, replace

from probing.outcome import State
from reasoning.case import LastGood, RouteClass
from reasoning.route import EDGE
from reasoning.transition import Health


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one probe says to health. `ended_at` is Clock time; `failure` is "" for a good one.
    Made by `seeing.seen_of`, which holds the outcome against the route and the last good look."""

    state: State
    route_class: RouteClass
    ended_at: float
    failure: str = ""
    fingerprint: dict[str, str] = field(default_factory=dict)
    addresses: tuple[str, ...] = ()
    cname_chain: tuple[str, ...] = ()
    vpc_endpoint_id: str = ""
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairState:
    """What the member table holds of a pair.

    `hard` is never_good, good or failing; what people see is `health`. `steady`: the last look
    said what `hard` says, so the time of the VPC's last look is that of the pair's last good (or
    last bad) one and nothing had to be written (see `caught_up`). `first_bad_at` is the end of
    the first bad probe since a good look. `route_class` and `addresses` are of the last answer of
    a name server. `moves` are the times of hard changes of the last 20 minutes, and of bad looks
    at a route that changes on and on; `route_changes` those of route changes of the last 5.
    `differed`: the probes of the last look took different routes. `route_since_at`, while
    changing: the first probe of the first look that agrees with the last one. `again` counts the
    looks that `changing` has asked for. `seq` numbers transitions, from the creation time in ms
    upward.
    """

    seq: int
    hard: Health = Health.NEVER_GOOD
    changing: bool = False
    differed: bool = False
    route_since_at: float | None = None
    flapping: bool = False
    unknown: bool = False
    steady: bool = True
    last_good: LastGood | None = None
    good_since_at: float | None = None
    first_bad_at: float | None = None
    last_bad_at: float | None = None
    route_class: RouteClass = RouteClass.NONE
    addresses: tuple[str, ...] = ()
    failure: str = ""
    again: int = 0
    moves: tuple[float, ...] = ()
    route_changes: tuple[float, ...] = ()

    @property
    def standing(self) -> Health:
        """Health without the last look's `unknown`: what transitions are between."""
        if self.flapping:
            return Health.FLAPPING
        return Health.CHANGING if self.changing else self.hard

    @property
    def health(self) -> Health:
        return Health.UNKNOWN if self.unknown else self.standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A look's verdict. `moved` is (before, after) when a transition leaves, whose number is
    `state.seq`; the times are those that it carries. `look_again_in`: Clock seconds."""

    state: PairState
    moved: tuple[Health, Health] | None = None
    structural: bool = False
    look_again_in: float | None = None
    seen_at: float = 0.0
    first_bad_at: float | None = None
    last_good_at: float | None = None
    good_since_at: float | None = None
    last_bad_at: float | None = None
    answered_5xx: bool = False


def new_pair(created_at: float) -> PairState:
    """A pair that was never looked at. A re-created pair counts upward from its predecessor."""
    return PairState(seq=int(created_at * 1000))


def forgotten(state: PairState, now_at: float) -> PairState:
    """A failing pair after nobody looked at it for a while: its next bad look is news again, with
    the last good look and the first bad one that are known. Its transitions count from `now_at`
    upward, so that what was told before is never taken for younger. Any other stays as it is."""
    if state.standing in (Health.GOOD, Health.NEVER_GOOD):
        return state
    return replace(
        state,
        seq=max(state.seq, int(now_at * 1000)),
        hard=Health.GOOD if state.hard is Health.FAILING else state.hard,
        changing=False,
        differed=False,
        route_since_at=None,
        flapping=False,
        steady=False,
        again=0,
        moves=(),
        route_changes=(),
    )


def caught_up(state: PairState, last_look_at: float | None) -> PairState:
    """`state` with the time of the VPC's last look, which a steady pair did not write itself.

    Every pair of a VPC is judged at every look; one that was left out is judged `unknown`.
    """
    if last_look_at is None or not state.steady:
        return state
    if state.hard is Health.GOOD and state.last_good and last_look_at > state.last_good.at:
        return replace(state, last_good=replace(state.last_good, at=last_look_at))
    if state.hard is Health.FAILING:
        return replace(state, last_bad_at=max(last_look_at, state.last_bad_at or 0.0))
    return state


def needs_write(stored: PairState | None, state: PairState) -> bool:
    """Whether `state` says more than `stored` and the VPC's last look say together."""
    return stored is None or _lasting(stored) != _lasting(state)


def _lasting(state: PairState) -> PairState:
    """`state` without what the VPC's last look tells, and without addresses that come and go."""
    good = state.last_good
    if good is not None:
        at = 0.0 if state.steady and state.hard is Health.GOOD else good.at
        good = replace(good, at=at, addresses=_kept(good.route_class, good.addresses))
    return replace(
        state,
        last_good=good,
        addresses=_kept(state.route_class, state.addresses),
        last_bad_at=None if state.steady else state.last_bad_at,
    )


def _kept(route: RouteClass, addresses: tuple[str, ...]) -> tuple[str, ...]:
    return () if route in EDGE else tuple(sorted(addresses))
