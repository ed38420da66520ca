"""Words of the command for a whole organisation: render, publish, preflight.

Decided here: how they are called. What a word needs is imported when it is called.
"""

from typing import Annotated

import typer

from gatewatch.options import Json, Profile, Region
from gatewatch.words import publishing_options as options

words = typer.Typer()


@words.command()
def render(
    prefix: Annotated[
        str | None, typer.Option(help="Code is in the buckets <prefix>-<Region>.")
    ] = None,
) -> None:
    """Print the member's template as a StackSet carries it: plain CloudFormation, JSON."""
    from gatewatch.commands import render as command

    raise typer.Exit(command.run(prefix))


@words.command()
def publish(
    to: options.To = None,
    regions: options.Regions = None,
    yes: options.Yes = False,
    parameter: options.Parameters = None,
    except_: options.Except = None,
    remove: options.Remove = False,
    kind: options.Kind = "organisation",
    role: options.Role = None,
    auto: options.Auto = True,
    pace: options.Pace = None,
    name: options.Name = "gatewatch-member",
    hub_stack: options.HubStack = "gatewatch",
    hub_bus_arn: options.HubBusArn = "",
    organization: options.Organization = "",
    prefix: options.Prefix = "",
    artefact_owner: options.ArtefactOwner = "",
    region: Region = None,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Put the member into every account and Region, or bring it up to date there."""
    from gatewatch.commands import publish as command
    from gatewatch.publishing.request import HubAt, Kind, Request, Store

    request = Request(
        name=name,
        hub=HubAt(hub_stack, hub_bus_arn),
        store=Store(prefix, artefact_owner, organization),
        regions=options.parts(regions),
        waves=tuple(options.parts([given]) for given in to or ()),
        excluded=options.parts(except_),
        parameters=options.pairs("--parameter", parameter),
        kind=options.one_of("--kind", kind, Kind),
        auto_deployment=auto,
        remove=remove,
        roles=options.roles(role),
        preferences=options.pace(pace),
    )
    raise typer.Exit(command.run(request, yes, region, profile, as_json))


@words.command()
def preflight(
    regions: options.Regions = None,
    publishes: Annotated[
        bool, typer.Option("--publish", help="StackSets are to be made from here, too.")
    ] = False,
    region: Region = None,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Look at an account before the installation: what would refuse it, and what to do."""
    from gatewatch.commands import preflight as command

    raise typer.Exit(
        command.run(
            options.parts(regions),
            publishes=publishes,
            region=region,
            profile=profile,
            as_json=as_json,
        )
    )
