"""Options that several words of the command have, so that they read alike."""

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on stdout.")]
Stack = Annotated[str, typer.Option(help="The hub's stack, or the member's.")]
Region = Annotated[str | None, typer.Option(help="AWS Region.")]
Profile = Annotated[str | None, typer.Option(help="Profile of the AWS configuration.")]
Seed = Annotated[int, typer.Option(help="Fixes every random choice.")]
