"""The words of `gatewatch lab`: a small AWS on this machine."""

from pathlib import Path
from typing import Annotated

import typer

from gatewatch.failure import USAGE, Failed
from gatewatch.options import Json, Seed

words = typer.Typer(
    help="A small AWS on this machine, sealed from every network.", no_args_is_help=True
)


@words.command()
def run(
    scenarios: Annotated[list[str] | None, typer.Argument(metavar="[SCENARIO...]")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every scenario.")] = False,
    scale: Annotated[float, typer.Option(min=1, max=20, help="Lab seconds a second.")] = 10,
    seed: Seed = 1,
    jobs: Annotated[int, typer.Option(min=1, help="Worlds at a time.")] = 2,
    json_out: Annotated[Path | None, typer.Option(help="Write the rows to this file.")] = None,
    as_json: Json = False,
    keep: Annotated[Path | None, typer.Option(help="Keep the worlds' logs in this folder.")] = None,
) -> None:
    """Run scenarios, each in a world of its own: what was said, against what had to be."""
    from lab import main as command

    if bool(scenarios) == every:
        raise Failed("name scenarios, or give --all", code=USAGE)
    raise typer.Exit(
        command.run(
            tuple(scenarios or ()),
            seed=seed,
            scale=scale,
            jobs=jobs,
            json_out=json_out,
            as_json=as_json,
            keep=keep,
        )
    )


@words.command()
def up(
    scenario: Annotated[str, typer.Argument(help="Whose world to build.")] = "public-api-captured",
    scale: Annotated[float, typer.Option(min=1, max=20, help="Lab seconds a second.")] = 5,
    delay: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=SECONDS", help="How long AWS takes, such as dns_after_create."),
    ] = None,
) -> None:
    """Keep a world up in this window and show its messages, until ^C or `gatewatch lab down`."""
    from lab import by_hand

    delays = {}
    for given in delay or ():
        name, _, seconds = given.partition("=")
        try:
            delays[name] = float(seconds)
        except ValueError:
            raise Failed(f"--delay {given}: want NAME=SECONDS", code=USAGE) from None
    raise typer.Exit(by_hand.up(scenario, scale=scale, delays=delays))


@words.command()
def shell(
    command: Annotated[list[str] | None, typer.Argument(metavar="[-- COMMAND...]")] = None,
    script: Annotated[str, typer.Option("-c", help="Run this bash command alone.")] = "",
) -> None:
    """A shell inside the world that is up, with the AWS CLI ready; or one command in it."""
    from lab import by_hand

    if command and script:
        raise Failed("give -c or a COMMAND, not both", code=USAGE)
    raise typer.Exit(by_hand.shell(command or (), script))


@words.command()
def down() -> None:
    """End the world that `gatewatch lab up` started."""
    from lab import by_hand

    raise typer.Exit(by_hand.down())
