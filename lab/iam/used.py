"""Which actions a world's roles used, by the emulator's own record of what IAM was asked."""

from dataclasses import dataclass

from lab.iam import grants
from lab.world import deploy, processes
from lab.world.live import LiveWorld

Used = dict[str, dict[str, int]]
"""`template.yaml AlerterRole` -> action -> how often it was allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One role's permissions. `unused`: neither used, nor AWS's own, nor used elsewhere."""

    role: str
    allowed: tuple[str, ...]
    used: tuple[str, ...]
    by_aws: tuple[str, ...]
    elsewhere: tuple[str, ...]
    unused: tuple[str, ...]
    refused: tuple[str, ...]


def names(live: LiveWorld) -> dict[str, str]:
    """Names of the roles that the stacks made -> `template.yaml AlerterRole`."""
    cloudformation = live.client("cloudformation")
    found = {}
    for stack in cloudformation.describe_stacks()["Stacks"]:
        if not stack["StackName"].startswith(deploy.STACK):
            continue
        template = "template.yaml" if stack["StackName"] == deploy.STACK else "member.yaml"
        made = cloudformation.describe_stack_resources(StackName=stack["StackName"])
        for resource in made["StackResources"]:
            if resource["ResourceType"] == "AWS::IAM::Role":
                name = resource["PhysicalResourceId"]
                found[name] = f"{template} {resource['LogicalResourceId']}"
    return found


def used(live: LiveWorld, *, allowed: bool = True) -> Used:
    """What the roles were allowed (or refused) so far."""
    known, found = names(live), Used()
    for one in processes.emulator("/_lab/permissions"):
        role = known.get(one["role"])
        if role is not None and one["allowed"] is allowed:
            actions = found.setdefault(role, {})
            actions[one["action"]] = actions.get(one["action"], 0) + int(one["times"])
    return found


def counts(seen: Used, refused: Used) -> list[Count]:
    """Every role of the templates, what it may do held against what it did."""
    return [
        _count(template, role, seen, refused)
        for template in grants.TEMPLATES
        for role in grants.roles(template)
    ]


def _count(template: str, role: str, seen: Used, refused: Used) -> Count:
    name = f"{template} {role}"
    mine = [s for s in grants.statements() if (s.template, s.role) == (template, role)]
    allowed = {a for s in mine if s.effect == "Allow" for a in s.actions}
    by_aws = {a for s in mine for a in grants.reasons()[s.name].by_aws}
    elsewhere = {a for s in mine for a in grants.reasons()[s.name].elsewhere}
    did = set(seen.get(name, {}))
    return Count(
        role=name,
        allowed=tuple(sorted(allowed)),
        used=tuple(sorted(allowed & did)),
        by_aws=tuple(sorted((allowed & by_aws) - did)),
        elsewhere=tuple(sorted((allowed & elsewhere) - did)),
        unused=tuple(sorted(allowed - did - by_aws - elsewhere)),
        refused=tuple(sorted(refused.get(name, {}))),
    )
