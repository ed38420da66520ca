"""Rules of a security group were added: they admit, so they can break nothing, only repair.

Layout: flat, as recorded events of its siblings are, with the rules in request and answer.
"""

from reasoning import group_events
from reasoning.change import Change
from reasoning.cloudtrail import Record

KIND = "authorize_security_group_egress"
EVENTS = frozenset({("ec2.amazonaws.com", "AuthorizeSecurityGroupEgress")})
EARLIEST_SECONDS = 0.0
LATEST_SECONDS = 60.0
CAUSES: frozenset[str] = frozenset()
REPAIRS = frozenset({"endpoint_blocked"})
TYPED = True


def read(record: Record, base: Change) -> Change:
    return group_events.added(record, base, "egress")


def breaks(change: Change) -> str:
    """Nothing: a group's rules only admit."""
    return ""
