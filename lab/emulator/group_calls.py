"""Rules of a security group: prefix lists in them, what revoking answers, and what EC2 refuses.

MiniStack's RevokeSecurityGroupIngress answers success also where no rule fits, and names none that
went. EC2 refuses the first (InvalidPermission.NotFound, "Error codes" of the EC2 API) and answers
`revokedSecurityGroupRuleSet` (EC2 API, "RevokeSecurityGroupIngress"). And it loses the prefix lists
of a rule (EC2 API, "IpPermission").
"""

from functools import partial
from typing import Any

from lab.emulator.interfaces import ERROR, GROUPS, PARAMETER, XML
from lab.emulator.touched import Touch, replace, replace_key

_EC2 = "ministack.services.ec2"
REVOKED = Touch(module=_EC2, name="_revoked_sg_rule_xml", parameters=("sg_id", "rule", "is_egress"))
ACTIONS = Touch(
    module=_EC2,
    name="_ACTION_MAP",
    keys=("RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress"),
)
PARSE = Touch(module=_EC2, name="_parse_ip_permissions", parameters=("params", "prefix"))
TOUCHED = (REVOKED, ACTIONS, PARSE)
_LISTS = {
    "RevokeSecurityGroupIngress": "IpPermissions",
    "RevokeSecurityGroupEgress": "IpPermissionsEgress",
}


def _revoke(action: str, original: Any) -> Any:
    def revoke(params: Any) -> Any:
        group_id, held = PARAMETER.current()(params, "GroupId"), _LISTS[action]
        before = list(GROUPS.current().get(group_id, {}).get(held, []))
        answer = original(params)
        if answer[0] >= 300:
            return answer
        after = GROUPS.current()[group_id][held]
        gone = [rule for rule in before if rule not in after]
        if not gone:
            text = "The specified rule does not exist in this security group."
            return ERROR.current()("InvalidPermission.NotFound", text, 400)
        egress = held.endswith("Egress")
        told = "".join(REVOKED.current()(group_id, rule, egress) for rule in gone)
        inner = f"<return>true</return><revokedSecurityGroupRuleSet>{told}"
        return XML.current()(200, f"{action}Response", f"{inner}</revokedSecurityGroupRuleSet>")

    return revoke


def _with_prefix_lists(original: Any) -> Any:
    def parse(params: Any, prefix: str) -> Any:
        rules = original(params, prefix)
        for number, rule in enumerate(rules, 1):
            name = f"{prefix}.{number}.PrefixListIds"
            while one := PARAMETER.current()(
                params, f"{name}.{len(rule['PrefixListIds']) + 1}.PrefixListId"
            ):
                rule["PrefixListIds"].append({"PrefixListId": one})
        return rules

    return parse


def install() -> None:
    """Put them on MiniStack's."""
    replace(PARSE, _with_prefix_lists)
    table = ACTIONS.current()
    for action in _LISTS:
        replace_key(table, action, partial(_revoke, action))
