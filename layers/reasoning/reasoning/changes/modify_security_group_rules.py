"""Rules of a security group were exchanged for others, as the console does when one is edited.

No recorded event of ModifySecurityGroupRules is public: the layout is predicted from the API's
model (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html), so TYPED
is False. It names the new rules, and of the old ones no more than their ids.
"""

from dataclasses import replace

from reasoning import group_events
from reasoning.change import Change
from reasoning.cloudtrail import Record
from reasoning.values import items, member, text

KIND = "modify_security_group_rules"
EVENTS = frozenset({("ec2.amazonaws.com", "ModifySecurityGroupRules")})
EARLIEST_SECONDS = 0.0
LATEST_SECONDS = 60.0
CAUSES = frozenset({"endpoint_blocked"})
TYPED = False


def read(record: Record, base: Change) -> Change:
    """The group, the ids of the rules, and what they admit since."""
    listed = items(member(record.request, "SecurityGroupRule", "SecurityGroupRules"))
    named = [text(member(one, "SecurityGroupRuleId")) for one in listed]
    bodies = [member(one, "SecurityGroupRule") for one in listed]
    rules = tuple(group_events.rule_of(one) for one in bodies if isinstance(one, dict))
    change = replace(
        base,
        resource_ids=group_events.group_ids(record),
        scope={**base.scope, "rule_ids": [one for one in named if one]},
        after={group_events.RULES: group_events.as_data(rules)} if rules else {},
        typed=TYPED,
    )
    return replace(change, summary=group_events.summary(change, "exchanged rules, now", rules))


def breaks(change: Change) -> str:
    """What the rules admitted before is not told."""
    return "perhaps: what its rules admitted before the event does not tell"
