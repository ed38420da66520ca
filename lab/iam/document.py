"""docs/permissions.md, made from the templates and `reasons.yaml`.

python -m lab.iam.document            write it
python -m lab.iam.document --check    1 when it is not what the templates say
"""

import sys
from collections.abc import Iterator

import yaml

from lab.iam import grants
from lab.iam.grants import Statement

PATH = grants.ROOT / "docs" / "permissions.md"
PREAMBLE = """\
# Permissions

Made by `make permissions` from the templates and `lab/iam/reasons.yaml`; `make check` fails when it
is not what they say. `make iam` holds the same statements against the calls that the lab sees.

A resource in `${...}` is made by the template, or is a parameter of it. An action marked † is taken
by AWS itself with the role, never by our code; the number leads to the source that says so.
Every role is made with the path `RolePath`, and with the boundary `PermissionsBoundaryArn` where
that is given; a boundary must allow what stands here, or it takes it away.
"""
PLACING = """\
## What who installs needs

Who runs `sam deploy`, or the role that CloudFormation is given for it, makes what the templates
hold; the calls are those of each resource's handlers. None of this was tried on AWS: **guess**,
after the actions that the services' pages of the Service Authorization Reference name.

| kind of resource | in | calls |
| --- | --- | --- |
"""
COMMAND = """
Beside them `sam deploy` itself: `cloudformation:CreateChangeSet`, `DescribeChangeSet`,
`ExecuteChangeSet`, `DescribeStackEvents`, `GetTemplateSummary` on the stack, and `s3:PutObject` on
the bucket of the packages. `iam:PassRole` is for the roles made here alone: by the path `RolePath`,
and by `iam:PassedToService` `lambda.amazonaws.com`, `scheduler.amazonaws.com` and
`cloudformation.amazonaws.com`.

Who runs `gatewatch place <vpc>` needs `cloudformation:CreateStack`, `UpdateStack`, `DeleteStack`,
`DescribeStacks`, `DescribeStackEvents` and `DescribeStackResource` on `stack/gatewatch-canary-*`,
`cloudformation:DescribeStacks` and `DescribeStackResource` on the member's stack,
`ec2:DescribeSubnets` and `DescribeRouteTables`, and `iam:PassRole` on `CanaryServiceRole` alone.
"""


def text() -> str:
    """The whole document."""
    numbers = {name: number for number, name in enumerate(grants.sources(), 1)}
    parts = [PREAMBLE, *_all_roles(numbers), "\n## Sources\n\n"]
    parts += [f"{number}. {grants.sources()[name]}\n" for name, number in numbers.items()]
    parts += ["\n", PLACING, *_installer(), COMMAND]
    return "".join(parts)


def _all_roles(numbers: dict[str, int]) -> Iterator[str]:
    for template in grants.TEMPLATES:
        for role, properties in grants.roles(template).items():
            yield f"\n## {role} ({template})\n\n{properties['Description']}\n\n"
            yield "| statement | actions | resources | why |\n| --- | --- | --- | --- |\n"
            for found in grants.statements():
                if (found.template, found.role) == (template, role):
                    yield _row(found, numbers)


def _row(statement: Statement, numbers: dict[str, int]) -> str:
    reason = grants.reasons()[statement.name]
    actions = []
    for action in statement.actions:
        source = reason.by_aws.get(action)
        actions.append(f"`{action}`" + (f" †{numbers[source]}" if source else ""))
    why = [reason.why]
    if reason.wildcard:
        why.append(f"**wildcard**: {reason.wildcard}")
    why += [f"`{action}`: {where}" for action, where in reason.elsewhere.items()]
    if statement.when:
        why.append(f"only with {statement.when}")
    if statement.condition:
        why.append(f"condition {_condition(statement)}")
    effect = "**denied** " if statement.effect == "Deny" else ""
    cells = [
        statement.sid,
        effect + ", ".join(actions),
        "<br>".join(f"`{r}`" for r in statement.resources),
        "; ".join(why),
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _condition(statement: Statement) -> str:
    """`StringEquals kms:ViaService = a, b`, one for each key."""
    told = [
        f"`{operator}` `{key}` = "
        + ", ".join(f"`{grants.text_of(v)}`" for v in grants.as_list(held))
        for operator, keys in (statement.condition or {}).items()
        for key, held in keys.items()
    ]
    return " and ".join(told)


def installer() -> dict[str, list[str]]:
    """Kind of resource to the calls that making and removing it takes."""
    read = yaml.safe_load(grants.REASONS.read_text(encoding="utf-8"))
    found: dict[str, list[str]] = read["installer"]
    return found


def kinds() -> dict[str, list[str]]:
    """Kinds of resource that the templates hold, to the templates that hold them."""
    found: dict[str, list[str]] = {}
    for template in grants.TEMPLATES:
        for kind in sorted({r["Type"] for r in grants.load(template)["Resources"].values()}):
            found.setdefault(kind, []).append(template)
    return dict(sorted(found.items()))


def _installer() -> Iterator[str]:
    needed = installer()
    for kind, templates in kinds().items():
        calls = ", ".join(f"`{c}`" if ":" in c else c for c in needed[kind])
        yield f"| {kind} | {', '.join(templates)} | {calls} |\n"


def main(argv: list[str]) -> int:
    wrong = grants.missing()
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        return 1
    made = text()
    if "--check" not in argv:
        PATH.write_text(made, encoding="utf-8")
        return 0
    if PATH.is_file() and PATH.read_text(encoding="utf-8") == made:
        return 0
    print("docs/permissions.md is not what the templates say: make permissions", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
