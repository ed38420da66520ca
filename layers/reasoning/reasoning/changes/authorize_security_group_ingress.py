"""Rules of a security group were added: they admit, so they can break nothing, only repair.

Layout: public recorded events (flat), with the rules in request and answer.
"""

from dataclasses import replace

from reasoning import group_events
from reasoning.change import Change
from reasoning.cloudtrail import Record

KIND = "authorize_security_group_ingress"
EVENTS = frozenset({("ec2.amazonaws.com", "AuthorizeSecurityGroupIngress")})
EARLIEST_SECONDS = 0.0
LATEST_SECONDS = 60.0
CAUSES: frozenset[str] = frozenset()
REPAIRS = frozenset({"endpoint_blocked"})
TYPED = True


def read(record: Record, base: Change) -> Change:
    """The group and the rules that stand since: the answer's, else those of the request."""
    rules = group_events.rules_told(record) or group_events.rules_asked(record)
    change = replace(
        base,
        resource_ids=group_events.group_ids(record),
        scope={**base.scope, "side": "ingress"},
        before={group_events.RULES: []},
        after={group_events.RULES: group_events.as_data(rules)} if rules else {},
    )
    return replace(change, summary=group_events.summary(change, "let pass", rules))


def breaks(change: Change) -> str:
    """Nothing: a group's rules only admit."""
    return ""
