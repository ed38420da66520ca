"""Rules of a security group were taken away: what they alone let in is dropped from then on.

Layout: public recorded events (flat), and the answer's `revokedSecurityGroupRuleSet` as the API's
model has it.
"""

from reasoning import group_events
from reasoning.change import Change
from reasoning.cloudtrail import Record

KIND = "revoke_security_group_ingress"
EVENTS = frozenset({("ec2.amazonaws.com", "RevokeSecurityGroupIngress")})
EARLIEST_SECONDS = 0.0
LATEST_SECONDS = 60.0
CAUSES = frozenset({"endpoint_blocked"})
TYPED = True


def read(record: Record, base: Change) -> Change:
    return group_events.taken_away(record, base, "ingress")


def breaks(change: Change) -> str:
    """Only what no other rule of the same interface's groups lets pass."""
    return (
        "yes, where no other rule admits it: new connections to what stands in the group time out "
        "within a minute"
    )
