"""Which address of a name a probe takes, and what several of them together mean.

One is taken at random, so that over time every one is looked at; when it fails, the others are
tried too: an endpoint that lost one availability zone is seen, and not averaged away.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from random import SystemRandom

from probing.attempt import Seen
from probing.outcome import OURS, Failure, Stage, Step, Tried
from probing.refusal import refuses

Shuffle = Callable[[list[str]], None]
# Canaries of many VPCs come out of one snapshot: a seeded generator could choose alike in all.
_SHUFFLE: Shuffle = SystemRandom().shuffle

_SAYS_LITTLE = (Failure.GUARD_REFUSED, Failure.CONNECT_UNREACHABLE)


def order(
    addresses: Iterable[str],
    *,
    first: Sequence[str] = (),
    own: Sequence[str] = (),
    shuffle: Shuffle = _SHUFFLE,
) -> tuple[str, ...]:
    """The addresses in the order to try them: those known to fail, then the others at random,
    then those of a family that we have no address of (`own`) and so no way to."""
    known = [address for address in dict.fromkeys(first) if address in addresses]
    rest = [address for address in dict.fromkeys(addresses) if address not in known]
    families = {_is_v6(address) for address in own}
    usable = [a for a in rest if not families or _is_v6(a) in families]
    shuffle(usable)
    return (*known, *usable, *(a for a in rest if a not in usable))


def failure_of(seen: Seen) -> Step | None:
    """The step at which an attempt failed; None when it is well."""
    return next((step for step in seen.steps if step.failure), None)


def worth_trying_others(seen: Seen) -> bool:
    """Whether another address could say something else: not where the fault is our own, nor where
    we are asked to ask less."""
    failed = failure_of(seen)
    if failed is None or refuses(failed):
        return False
    return failed.failure not in OURS or failed.failure is Failure.GUARD_REFUSED


def together(seen: Mapping[str, Seen]) -> tuple[Seen, tuple[Tried, ...]]:
    """The attempt that speaks for the name, of at least one, and what each of several did.

    One that failed speaks before one that is well. Not counted are addresses that we may not or
    could not look at, and those of a whole family that leads nowhere from here while the other
    one answers: callers pass over them at once.
    """
    counted = {a: s for a, s in seen.items() if _counts(a, s, seen)} or seen
    failing = [s for s in counted.values() if failure_of(s)]
    telling = [s for s in failing if _failure(s) not in _SAYS_LITTLE]
    speaks = next(iter(telling or failing or counted.values()))
    if len(seen) == 1:
        return speaks, ()
    return speaks, tuple(_tried(address, attempt) for address, attempt in seen.items())


def _counts(address: str, seen: Seen, all_seen: Mapping[str, Seen]) -> bool:
    failure = _failure(seen)
    if failure in OURS:
        return False
    if failure is not Failure.CONNECT_UNREACHABLE:
        return True
    return all(
        failure_of(other) is not None or _is_v6(a) == _is_v6(address)
        for a, other in all_seen.items()
    )


def _failure(seen: Seen) -> Failure | None:
    failed = failure_of(seen)
    return failed.failure if failed else None


def _tried(address: str, seen: Seen) -> Tried:
    failed = failure_of(seen)
    http = next((step for step in seen.steps if step.stage is Stage.HTTP), None)
    return Tried(
        address=address,
        failure=failed.failure if failed else None,
        detail=failed.detail[:200] if failed else "",
        status=http.evidence.get("status") if http else None,
    )


def _is_v6(address: str) -> bool:
    return ":" in address
