"""Words about what is registered: check, endpoints, import."""

from pathlib import Path
from typing import Annotated

import typer

from gatewatch.options import Json, Profile, Region, Stack

words = typer.Typer()


@words.command()
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="`-` is standard input.")],
    as_json: Json = False,
) -> None:
    """Check registry entries: every mistake, its line, and how to mend it."""
    from gatewatch.commands import check as command

    raise typer.Exit(command.run(files, as_json=as_json))


@words.command()
def endpoints(
    stack: Stack = "gatewatch",
    region: Region = None,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Say who looks at what from where, and why an entry is not looked at."""
    from gatewatch.commands import endpoints as command

    options = command.Options(stack=stack, region=region, profile=profile, as_json=as_json)
    raise typer.Exit(command.run(options))


@words.command("import")
def import_(
    kind: Annotated[str, typer.Argument(metavar="openapi|blackbox|gatus")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="`-` is standard input.")],
    modules: Annotated[
        Path | None, typer.Option(help="blackbox: the file with the modules, blackbox.yml.")
    ] = None,
) -> None:
    """Print registry entries made of another tool's file; tell what could not be carried over."""
    from gatewatch.commands import importing as command

    raise typer.Exit(command.run(kind, file, modules))
