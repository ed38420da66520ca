"""The `gatewatch` command: its words, options and exit codes (docs/cli.md).

Decided here: how people and scripts call it. Not decided here: what a command does
(`gatewatch.commands`, `lab`). What a command needs is imported when it is called: `check` must
not wait for boto3.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from gatewatch.failure import ENVIRONMENT, USAGE, Failed
from gatewatch.options import Json, Profile, Region, Seed, Stack
from gatewatch.words import lab, operating, organisation, registering, telling

app = typer.Typer(
    name="gatewatch",
    help="Looks at every API from inside every VPC, and names the change that broke it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(registering.words)
app.add_typer(organisation.words)
app.add_typer(operating.words)
app.add_typer(telling.words)
app.add_typer(lab.words, name="lab")


def main() -> None:
    """The console script. Exit codes: see docs/cli.md."""
    try:
        app()
    except Failed as error:
        print(error, file=sys.stderr)
        sys.exit(error.code)
    except Exception as error:
        # Only what AWS, its client or the lab said is turned into a line; a defect keeps its
        # traceback.
        said_by = type(error).__module__.partition(".")[0]
        if said_by not in ("botocore", "lab"):
            raise
        print(f"{'AWS' if said_by == 'botocore' else 'lab'}: {error}", file=sys.stderr)
        sys.exit(USAGE if isinstance(error, ValueError) and said_by == "lab" else ENVIRONMENT)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"gatewatch {version('gatewatch')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Looks at every API from inside every VPC, and names the change that broke it."""


@app.command()
def look(
    url: Annotated[str, typer.Argument(metavar="URL")],
    pin: Annotated[str | None, typer.Option(help="Connect to this address instead.")] = None,
    status: Annotated[str, typer.Option(help="What a healthy answer has: 200-399,403.")] = "",
    contains: Annotated[str | None, typer.Option(help="Text that the body must hold.")] = None,
    server_name: Annotated[str | None, typer.Option(help="Name asked for by TLS.")] = None,
    host: Annotated[str | None, typer.Option(help="Host header.")] = None,
    ca_file: Annotated[Path | None, typer.Option(help="Trust these certificates alone.")] = None,
    timeout: Annotated[float, typer.Option(min=0.1, max=60, help="Seconds for all of it.")] = 5,
    as_json: Json = False,
) -> None:
    """Look at a URL once from this machine, stage by stage, as a canary would."""
    from gatewatch.commands import look as command

    raise typer.Exit(
        command.run(
            url,
            json=as_json,
            pin=pin,
            status=status,
            contains=contains,
            server_name=server_name,
            host=host,
            ca_file=ca_file,
            timeout_seconds=timeout,
        )
    )


@app.command()
def explain(
    events: Annotated[list[str], typer.Argument(metavar="EVENT...", help="`-`: standard input.")],
    as_json: Json = False,
) -> None:
    """Say what CloudTrail events changed, who did it, and whether it could break a path."""
    from gatewatch.commands import explain as command

    raise typer.Exit(command.run(events, json=as_json))


@app.command()
def place(
    vpcs: Annotated[list[str] | None, typer.Argument(metavar="[VPC...]")] = None,
    stack: Stack = "gatewatch",
    dry: Annotated[
        bool, typer.Option("--plan", help="Only tell what the placer would do, and why.")
    ] = False,
    subnet: Annotated[list[str] | None, typer.Option(help="Stand here; may be repeated.")] = None,
    group: Annotated[
        list[str] | None, typer.Option(help="Security group; without, one of its own.")
    ] = None,
    not_representative: Annotated[
        str, typer.Option(help="Why no canary here can stand where workloads do.")
    ] = "",
    region: Region = None,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Put a canary into VPCs, or bring it up to date."""
    from gatewatch.commands import place as command
    from gatewatch.commands import plan

    options = command.Options(
        stack=stack,
        subnets=tuple(subnet or ()),
        groups=tuple(group or ()),
        not_representative=not_representative,
        region=region,
        profile=profile,
        as_json=as_json,
    )
    raise typer.Exit((plan.tell if dry else command.place)(vpcs or [], options))


@app.command()
def unplace(
    vpcs: Annotated[list[str], typer.Argument(metavar="VPC...")],
    stack: Stack = "gatewatch",
    region: Region = None,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Take the canary out of VPCs, and wait until it is gone."""
    from gatewatch.commands import place as command

    options = command.Options(stack=stack, region=region, profile=profile, as_json=as_json)
    raise typer.Exit(command.unplace(vpcs, options))


@app.command()
def demo(as_json: Json = False, seed: Seed = 1) -> None:
    """Break an API from inside one VPC of a local AWS, and read the page that tells why."""
    from lab import main as command

    raise typer.Exit(command.demo(as_json=as_json, seed=seed))
