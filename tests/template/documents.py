"""The templates as data, intrinsic functions as {"Ref": ...} and {"Fn::...": ...}."""

from lab.iam.grants import ROOT, as_list, load

__all__ = ["ROOT", "arn_of", "as_list", "load", "of_type", "statements"]


def of_type(template, kind):
    """Resources of one type: properties by logical id."""
    found = template["Resources"].items()
    return {name: r.get("Properties", {}) for name, r in found if r["Type"] == kind}


def arn_of(name):
    return {"Fn::GetAtt": [name, "Arn"]}


def statements(role):
    """All statements of a role's inline policies; an optional one as if its condition held."""
    for policy in role.get("Policies", []):
        for statement in policy["PolicyDocument"]["Statement"]:
            yield statement["Fn::If"][1] if "Fn::If" in statement else statement
