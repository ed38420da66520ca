"""A failing pair that moves to the incident of another cause brings not its own beginning along.

It failed before that cause was there: blamed from then on, nothing could have done it.
"""

from dataclasses import replace

from reasoning.incident import Incident
from reasoning.transition import Health, Transition


def anew(transition: Transition) -> Transition:
    """Its way changed while it failed: what it shows now began since. One that is diagnosed anew
    without that shows the same failure."""
    if transition.before is not Health.CHANGING:
        return transition
    return replace(transition, first_bad_at=transition.seen_at)


def since_anew(moved: Incident, transition: Transition) -> Incident:
    """The incident that its last pair takes along to its new cause."""
    if transition.before is not Health.CHANGING:
        return moved
    return replace(moved, first_bad_at=transition.seen_at)


def begun_with(transition: Transition, incident: Incident) -> Transition:
    """`transition` as one that began to fail with `incident`, or later."""
    first_bad_at = transition.first_bad_at or transition.seen_at
    return replace(transition, first_bad_at=max(first_bad_at, incident.first_bad_at))


def aligned(moved: Incident, into: Incident) -> Incident:
    """The incident of a pair that moved, as begun with the one that it shares its key with now."""
    if moved.first_bad_at >= into.first_bad_at:
        return moved
    return replace(moved, first_bad_at=into.first_bad_at, last_good_at=into.last_good_at)
