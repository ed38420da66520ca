"""What a publication changes, as lines for people and as data for scripts. Pure."""

from collections.abc import Iterator
from shlex import quote
from typing import Any

from gatewatch.publishing.differences import of_templates, of_values
from gatewatch.publishing.plain import Stack
from gatewatch.publishing.plan import Model, effective
from gatewatch.publishing.publication import Outlook
from gatewatch.publishing.request import Request, chosen
from gatewatch.publishing.surroundings import Surroundings
from gatewatch.publishing.terms import Preferences


def lines(outlook: Outlook, request: Request, around: Surroundings) -> Iterator[str]:
    """What changes, most outward first; nothing about what stays as it is."""
    for bucket in outlook.buckets:
        if not bucket.exists:
            yield f"+ bucket {bucket.name}"
        elif bucket.amiss:
            yield f"~ bucket {bucket.name}: {', '.join(bucket.amiss)}"
        if bucket.missing:
            size = sum(len(outlook.objects[key]) for key in bucket.missing)
            yield f"+ {len(bucket.missing)} objects in {bucket.name} ({size / 1e6:.1f} MB)"
    for stack in outlook.stacks:
        yield from _of_stack(stack, outlook, request)
    if outlook.plan.steps:
        yield from _of_stackset(outlook, request)
        yield from _pace(request.preferences)
    for instance in outlook.plan.left:
        yield (
            f"  stays in {instance.place}, {instance.region}: nothing asks for it any more; "
            "--remove takes it away"
        )
    for operation in outlook.under_way:
        yield f"  operation {operation} is under way; it is waited for first"
    yield from notes(outlook, request, around)


def _of_stackset(outlook: Outlook, request: Request) -> Iterator[str]:
    name, asked, present = request.name, outlook.wanted, outlook.present
    if present is None:
        kind = "service-managed" if asked.model is Model.SERVICE else "self-managed"
        auto = ", new accounts by themselves" if asked.auto_deployment else ""
        count = len(outlook.rendered.document["Resources"])
        yield f"+ StackSet {name} ({kind}{auto}), release {outlook.rendered.release}"
        yield f"    {count} resources in each account and Region"
        for line in of_values({}, asked.parameters):
            yield f"    {line}"
    else:
        yield f"~ StackSet {name}, release {outlook.rendered.release}"
        for line in of_templates(present.template, asked.template):
            yield f"    {line}"
        for line in parameter_lines(outlook):
            yield f"    {line}"
        if present.excluded != asked.excluded:
            yield f"    ~ left out: {', '.join(asked.excluded) or 'no account'}"
        if present.auto_deployment != asked.auto_deployment:
            yield f"    ~ new accounts by themselves: {asked.auto_deployment}"
        if not present.managed_execution:
            yield "    ~ operations queue instead of refusing each other"
        if present.behind:
            yield f"    {len(present.behind)} instances are behind and follow"
    for step in outlook.plan.steps:
        where = " x ".join(", ".join(part) for part in (step.places, step.regions) if part)
        yield f"  {step.act}: {where or ('all its instances' if present else name)}"


def _pace(pace: Preferences) -> Iterator[str]:
    if not pace.soft and not pace.tolerance_percent:
        yield (
            "  pace: one account after the other in each Region, because none may fail; "
            f"--pace mode=soft comes to {pace.concurrency_percent} % of them at once"
        )


def parameter_lines(outlook: Outlook) -> tuple[str, ...]:
    """Changed values; those that differ only because the template's own did are its lines."""
    if outlook.present is None:
        return of_values({}, outlook.wanted.parameters)
    before, after = outlook.present, outlook.wanted
    old = effective(before.template, before.parameters)
    new = effective(after.template, after.parameters)
    told = set(after.parameters) | {
        name
        for name, value in before.parameters.items()
        if effective(before.template, {}).get(name) != value
    }
    return of_values(
        {n: v for n, v in old.items() if n in told}, {n: v for n, v in new.items() if n in told}
    )


def _of_stack(stack: Stack, outlook: Outlook, request: Request) -> Iterator[str]:
    release = outlook.rendered.release
    if stack.template is None:
        yield f"+ stack {request.name} in {stack.region}, release {release}"
    else:
        yield f"~ stack {request.name} in {stack.region} ({stack.status}), release {release}"
        for line in of_templates(stack.template, outlook.wanted.template):
            yield f"    {line}"
    before = chosen(stack.template or {}, stack.parameters or {}, outlook.rendered.parameters)
    for line in of_values(before, outlook.parameters_of(stack)):
        yield f"    {line}"


def notes(outlook: Outlook, request: Request, around: Surroundings) -> Iterator[str]:
    """What publishing does not do, with what to do about it."""
    organization = request.store.organization or around.organization
    if around.hub and around.hub_admits != organization and request.model is Model.SERVICE:
        yield (
            f"! the hub's stack {request.hub.stack} admits "
            f"{around.hub_admits or 'no organisation'}: its bus refuses members of {organization}; "
            f"deploy it with OrganizationId={organization}"
        )
    if request.plain or request.model is Model.SELF:
        return
    if around.hub_has_member and around.account not in outlook.wanted.excluded:
        yield (
            f"! the hub's stack {request.hub.stack} has a member of its own: where the StackSet "
            f"reaches account {around.account} too, deploy the hub with DeployMember=false, or say "
            f"--except {around.account}"
        )
    who = f"account {around.management}" if around.management else "the management account"
    owner = "" if around.is_management else f" --artefact-owner {around.account}"
    yield (
        f"! {who} is the organisation's management account, which such a StackSet never reaches; "
        f"there run: gatewatch publish --kind plain --yes --hub-bus-arn "
        f"{outlook.wanted.parameters['HubBusArn']}{owner} "
        f"--regions {','.join(outlook.wanted.regions)}{_given(outlook)}"
    )


def _given(outlook: Outlook) -> str:
    """The parameters as options, so that the one member that is made apart gets them too."""
    pairs = sorted(outlook.wanted.parameters.items())
    return "".join(f" --parameter {quote(f'{k}={v}')}" for k, v in pairs if k != "HubBusArn")


def as_data(outlook: Outlook, request: Request) -> dict[str, Any]:
    """The same for scripts: form as docs/cli.md says."""
    return {
        "release": outlook.rendered.release,
        "changes": outlook.changes,
        "buckets": [
            {"name": b.name, "exists": b.exists, "set": list(b.amiss), "upload": list(b.missing)}
            for b in outlook.buckets
        ],
        "stackset": None if request.plain else request.name,
        "stacks": [{"name": request.name, "region": s.region} for s in outlook.stacks],
        "steps": [
            {"act": s.act.value, "places": list(s.places), "regions": list(s.regions)}
            for s in outlook.plan.steps
        ],
        "parameters": list(parameter_lines(outlook)),
        "template": list(
            of_templates(outlook.present.template, outlook.wanted.template)
            if outlook.present
            else ()
        ),
        "left": [{"place": i.place, "region": i.region} for i in outlook.plan.left],
        "under_way": list(outlook.under_way),
    }
