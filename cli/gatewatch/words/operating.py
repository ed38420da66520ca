"""Words of the command for who operates what was installed: status, doctor, uninstall.

Decided here: how they are called. What a word needs is imported when it is called.
"""

from typing import Annotated

import typer

from gatewatch.options import Json, Profile, Region

words = typer.Typer()

Hub = Annotated[str, typer.Option("--stack", help="The hub's stack.")]
StackSet = Annotated[str, typer.Option("--stack-set", help="The StackSet of the members.")]


@words.command()
def status(
    stack: Hub = "gatewatch",
    stack_set: StackSet = "gatewatch-member",
    account: Annotated[str, typer.Option(help="Only this account.")] = "",
    region: Annotated[str, typer.Option(help="Only members of this Region.")] = "",
    wrong: Annotated[bool, typer.Option("--wrong", help="Only what is wrong.")] = False,
    hub_region: Annotated[str | None, typer.Option(help="Region of the hub.")] = None,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Every account and Region: release, last digest, coverage, what is wrong."""
    from gatewatch.commands import status as command

    options = command.Options(
        stack=stack,
        stack_set=stack_set,
        account=account,
        region=region,
        wrong_only=wrong,
        hub_region=hub_region,
        profile=profile,
        as_json=as_json,
    )
    raise typer.Exit(command.run(options))


@words.command()
def doctor(
    stack: Annotated[
        str, typer.Option(help="The member's stack, or the hub's; found when there is one.")
    ] = "",
    send: Annotated[
        bool, typer.Option(help="Put an event on the hub's bus that the hub ignores.")
    ] = True,
    region: Region = None,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Is the member of this account and Region well; what to do where it is not."""
    from gatewatch.commands import doctor as command

    options = command.Options(
        stack=stack, send=send, region=region, profile=profile, as_json=as_json
    )
    raise typer.Exit(command.run(options))


@words.command()
def uninstall(
    stack: Hub = "gatewatch",
    stack_set: StackSet = "gatewatch-member",
    further: Annotated[
        list[str] | None, typer.Option("--also", metavar="REGION", help="Look there too.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, it is only shown.")] = False,
    keep_data: Annotated[
        bool, typer.Option("--keep-data", help="Back up the hub's table before it goes.")
    ] = False,
    region: Region = None,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Take Gatewatch away: canaries, members, StackSet, hub; say what remains."""
    from gatewatch.commands import uninstall as command

    options = command.Options(
        stack=stack,
        stack_set=stack_set,
        further=tuple(further or ()),
        yes=yes,
        keep_data=keep_data,
        region=region,
        profile=profile,
        as_json=as_json,
    )
    raise typer.Exit(command.run(options))
