"""Words of the command for what the hub told, and keeps: report, export, incidents, ack, silence.

Decided here: how they are called. What a word needs is imported when it is called.
"""

from pathlib import Path
from typing import Annotated

import typer

from gatewatch.options import Json, Profile, Region
from gatewatch.telling.options import Options

words = typer.Typer()

Hub = Annotated[str, typer.Option("--stack", help="The hub's stack.")]
Since = Annotated[str, typer.Option(help="A period (14d, 36h) or a moment (2026-11-21T10:00Z).")]
By = Annotated[str, typer.Option(help="Who says so; without, who the credentials say you are.")]
Incident = Annotated[str, typer.Argument(metavar="INCIDENT", help="Its id, or how it begins.")]


@words.command()
def report(
    since: Since = "14d",
    stack: Hub = "gatewatch",
    region: Region = None,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """What paged over a period, or would have in observe mode: explained or not, by owner."""
    from gatewatch.commands import report as command

    raise typer.Exit(command.run(since, _options(stack, region, profile, as_json)))


@words.command()
def export(
    what: Annotated[str, typer.Argument(metavar="changes|incidents")],
    since: Since = "14d",
    until: Annotated[str, typer.Option(help="The same; without, now.")] = "",
    actor: Annotated[str, typer.Option(help="What is told of actors: full, role, none.")] = "full",
    out: Annotated[Path | None, typer.Option(help="Write here; without, to stdout.")] = None,
    stack: Hub = "gatewatch",
    region: Region = None,
    profile: Profile = None,
) -> None:
    """Changes or incidents of the hub as JSON lines."""
    from gatewatch.commands import export as command
    from gatewatch.failure import USAGE, Failed
    from reasoning.actor_detail import ActorDetail

    try:
        wanted = command.Wanted(
            what=command.What(what),
            since=since,
            until=until,
            detail=ActorDetail(actor),
            out=out,
        )
    except ValueError as error:
        raise Failed(
            f"export: {error}: say changes or incidents, --actor full, role or none", code=USAGE
        ) from None
    raise typer.Exit(command.run(wanted, _options(stack, region, profile, True)))


@words.command()
def incidents(
    stack: Hub = "gatewatch",
    region: Region = None,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Incidents that are open."""
    from gatewatch.commands import incidents as command

    raise typer.Exit(command.show(_options(stack, region, profile, as_json)))


@words.command()
def ack(
    incident: Incident,
    period: Annotated[str, typer.Option("--for", help="4h; without, while it is open.")] = "",
    by: By = "",
    stack: Hub = "gatewatch",
    region: Region = None,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Say that somebody is at it: no more reminders."""
    from gatewatch.commands import incidents as command

    options = _options(stack, region, profile, as_json)
    raise typer.Exit(command.acknowledge(incident, period, by, options))


@words.command()
def silence(
    incident: Incident,
    period: Annotated[str, typer.Option("--for", help="How long: 12h, 3d.")],
    by: By = "",
    stack: Hub = "gatewatch",
    region: Region = None,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """No reminders of an incident for a while."""
    from gatewatch.commands import incidents as command

    options = _options(stack, region, profile, as_json)
    raise typer.Exit(command.silence(incident, period, by, options))


def _options(stack: str, region: str | None, profile: str | None, as_json: bool) -> Options:
    return Options(stack=stack, region=region, profile=profile, as_json=as_json)
