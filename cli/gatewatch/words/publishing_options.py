"""Options of `gatewatch publish`: what they are called, and how what was typed is read."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from gatewatch.failure import USAGE, Failed

if TYPE_CHECKING:
    from gatewatch.publishing.terms import Preferences, Roles

Word = TypeVar("Word", bound=StrEnum)

To = Annotated[
    list[str] | None,
    typer.Option(metavar="PLACE,...", help="Units, the root, or accounts; each --to is a wave."),
]
Regions = Annotated[
    list[str] | None,
    typer.Option(metavar="REGION,...", help="In this order; us-east-1 is always among them."),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without, what it would do is shown.")]
Parameters = Annotated[
    list[str] | None,
    typer.Option("--parameter", metavar="NAME=VALUE", help="A parameter of the member."),
]
Except = Annotated[
    list[str] | None,
    typer.Option("--except", metavar="ACCOUNT,...", help="Leave these out; `none` ends it."),
]
Remove = Annotated[
    bool, typer.Option("--remove", help="Take away members that nothing asks for any more.")
]
Kind = Annotated[
    str,
    typer.Option(help="organisation, management, delegated, self-managed or plain (a stack here)."),
]
Role = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=VALUE", help="self-managed: administration=ARN, execution=NAME."),
]
Auto = Annotated[bool, typer.Option(help="New accounts get a member by themselves.")]
Pace = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE",
        help="concurrency=10 (%), tolerance=0 (%), mode=strict or soft, regions=sequential or "
        "parallel.",
    ),
]
Name = Annotated[str, typer.Option(help="Of the StackSet, or of the plain stack.")]
HubStack = Annotated[str, typer.Option(help="The hub's stack in this account and Region.")]
HubBusArn = Annotated[str, typer.Option(help="The hub's bus, where the hub is elsewhere.")]
Organization = Annotated[str, typer.Option(help="Who may read the code; found out.")]
Prefix = Annotated[str, typer.Option(help="Buckets are <prefix>-<Region>; gatewatch-<account>.")]
ArtefactOwner = Annotated[
    str, typer.Option(help="Account that has published already, whose buckets are used.")
]


def parts(given: Iterable[str] | None) -> tuple[str, ...]:
    """What was typed apart or with commas."""
    found = (part.strip() for text in given or () for part in text.split(","))
    return tuple(part for part in found if part)


def pairs(option: str, given: Iterable[str] | None) -> dict[str, str]:
    """NAME=VALUE by name; a value may hold what it likes."""
    found = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise Failed(f"{option} {text}: want NAME=VALUE", code=USAGE)
        found[name] = value
    return found


def one_of(option: str, given: str, words: type[Word]) -> Word:
    try:
        return words(given)
    except ValueError:
        known = ", ".join(words)
        raise Failed(f"{option} {given}: want one of {known}", code=USAGE) from None


def roles(given: Iterable[str] | None) -> "Roles":
    from gatewatch.publishing.terms import Roles

    found = pairs("--role", given)
    _known("--role", found, ("administration", "execution"))
    return Roles(**found)


def pace(given: Iterable[str] | None) -> "Preferences":
    from gatewatch.publishing.terms import Preferences

    found = pairs("--pace", given)
    _known("--pace", found, ("concurrency", "tolerance", "mode", "regions"))
    return Preferences(
        concurrency_percent=_percent("concurrency", found.get("concurrency", "10"), least=1),
        tolerance_percent=_percent("tolerance", found.get("tolerance", "0"), least=0),
        soft=_chosen("mode", found.get("mode", "strict"), ("strict", "soft")),
        parallel_regions=_chosen(
            "regions", found.get("regions", "sequential"), ("sequential", "parallel")
        ),
    )


def _known(option: str, found: Iterable[str], names: tuple[str, ...]) -> None:
    for name in found:
        if name not in names:
            raise Failed(f"{option} {name}: want one of {', '.join(names)}", code=USAGE)


def _percent(name: str, text: str, *, least: int) -> int:
    if not text.isdecimal() or not least <= int(text) <= 100:
        raise Failed(f"--pace {name}={text}: want a number from {least} to 100", code=USAGE)
    return int(text)


def _chosen(name: str, text: str, words: tuple[str, str]) -> bool:
    """Whether it is the second of two words."""
    if text not in words:
        raise Failed(f"--pace {name}={text}: want {words[0]} or {words[1]}", code=USAGE)
    return text == words[1]
