"""Rules of a security group were taken away: what they alone let out is dropped from then on.

Layout: flat, as recorded events of its siblings are; the answer is that of the API's model.
"""

from dataclasses import replace

from reasoning import group_events
from reasoning.change import Change
from reasoning.cloudtrail import Record

KIND = "revoke_security_group_egress"
EVENTS = frozenset({("ec2.amazonaws.com", "RevokeSecurityGroupEgress")})
EARLIEST_SECONDS = 0.0
LATEST_SECONDS = 60.0
CAUSES = frozenset({"endpoint_blocked"})
TYPED = True


def read(record: Record, base: Change) -> Change:
    """The group and the rules that are gone: the answer's, else those that the request names."""
    rules = group_events.rules_told(record) or group_events.rules_asked(record)
    named = list(group_events.rule_ids(record))
    change = replace(
        base,
        resource_ids=group_events.group_ids(record),
        scope={**base.scope, "side": "egress", **({"rule_ids": named} if named else {})},
        before={group_events.RULES: group_events.as_data(rules)} if rules else {},
        after={group_events.RULES: []},
    )
    return replace(change, summary=group_events.summary(change, "took away", rules))


def breaks(change: Change) -> str:
    """Only what no other rule of the same interface's groups lets pass."""
    return (
        "yes, where no other rule admits it: new connections of what stands in the group time out "
        "within a minute"
    )
