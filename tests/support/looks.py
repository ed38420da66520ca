"""Looks written short, for tests of health."""

from probing.outcome import State
from reasoning.case import RouteClass
from reasoning.health import judge
from reasoning.pair import Seen, caught_up, new_pair

T0 = 1_763_719_200.0
ROUTES = {"p": RouteClass.PUBLIC, "v": RouteClass.VPCE, "n": RouteClass.NONE}


def seen(code, at):
    """`ok`, `bad`, `unk`, then `:` and the route (p, v, n); p by default."""
    word, _, route = code.partition(":")
    state = {"ok": State.OK, "bad": State.FAILING, "unk": State.UNKNOWN}[word]
    route_class = ROUTES[route or "p"]
    addresses = {"p": ("203.0.113.10",), "v": ("10.0.0.91",), "n": ()}[route or "p"]
    failure = "http_status" if state is State.FAILING else ""
    return Seen(
        state=state, route_class=route_class, ended_at=at, failure=failure, addresses=addresses
    )


def look(state, codes, at):
    """One look of probes at +0, +3 and +12 s. Its verdict."""
    offsets = (0.0, 3.0, 12.0, 13.0, 14.0)
    probes = [seen(code, at + off) for code, off in zip(codes.split(), offsets, strict=False)]
    return judge(state, probes, probes[-1].ended_at)


def after(*looks, every=60.0):
    """The last verdict of a pair created at T0, looked at every minute."""
    state, verdict = new_pair(T0), None
    for number, codes in enumerate(looks):
        at = T0 + every * number
        verdict = look(caught_up(state, at - every if number else None), codes, at)
        state = verdict.state
    return verdict
