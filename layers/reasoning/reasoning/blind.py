"""Whether Gatewatch itself still sees: members and vantages that fell silent.

Silence is judged by the hub's clock, from what digests last said. A vantage whose look answered
`unknown` looked; one that a digest does not name is paused or unplaced, not blind.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from reasoning.told import Mode, Where
from reasoning.transition import Digest

SILENT_SECONDS = 300.0
FEW_SECONDS = 900.0
SHARE = 0.1
MANY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Blind:
    """A member that is silent as a whole (`vpcs` empty), or some vantages of it. `key` is stable
    while the blindness lasts. `withheld`: it would page, goes to chat instead, and this is why."""

    key: str
    account: str
    region: str
    where: Where
    since_at: float
    vpcs: tuple[str, ...] = ()
    total: int = 0
    withheld: str = ""

    @property
    def whole(self) -> bool:
        return not self.vpcs


def blind(member: Digest, now_at: float) -> tuple[Blind, ...]:
    """What is to be told of one member's silence: at most one."""
    key = f"{member.account}/{member.region}"
    total = len(member.looked)
    if now_at - member.at >= SILENT_SECONDS:
        whole = _blind(member, f"{key}/member", Where.PAGE, member.at, ())
        return (whole,)
    silent = silent_vantages(member.looked, now_at, SILENT_SECONDS)
    if len(silent) >= MANY and len(silent) > SHARE * total:
        since_at = max(member.looked[vpc_id] for vpc_id in silent)
        return (_blind(member, f"{key}/vantages", Where.PAGE, since_at, silent),)
    long_silent = silent_vantages(member.looked, now_at, FEW_SECONDS)
    if not long_silent:
        return ()
    since_at = max(member.looked[vpc_id] for vpc_id in long_silent)
    return (_blind(member, f"{key}/few", Where.CHAT, since_at, long_silent),)


def heard_since(member: Digest, awake_at: float) -> Digest:
    """`member` as a hub that listens since `awake_at` may judge it: nothing before that was
    silence."""
    looked = {vpc_id: max(at, awake_at) for vpc_id, at in member.looked.items()}
    return replace(member, at=max(member.at, awake_at), looked=looked)


def let_out(found: Blind, mode: Mode) -> Blind:
    """`found` as the mode lets it out: in observe mode it goes to chat."""
    if mode is Mode.NOTIFY or not found.where.pages:
        return found
    return replace(found, where=Where.CHAT, withheld=mode.value)


def is_over(before: Blind, member: Digest, now_at: float) -> bool:
    """Whether what was told as `before` may be told as seen again: another number of silent
    vantages, a member that fell silent as a whole, or a pause is no end of it."""
    if member.paused or now_at - member.at >= SILENT_SECONDS:
        return False
    return before.whole or not silent_vantages(member.looked, now_at, SILENT_SECONDS)


def silent_vantages(looked: Mapping[str, float], now_at: float, seconds: float) -> tuple[str, ...]:
    """VPCs that were last looked at longer ago than `seconds`, in order of name."""
    return tuple(sorted(vpc_id for vpc_id, at in looked.items() if now_at - at >= seconds))


def silent_count(members: Iterable[Digest], now_at: float) -> int:
    """How many vantages are silent, those of silent members included."""
    return sum(
        len(member.looked)
        if now_at - member.at >= SILENT_SECONDS
        else len(silent_vantages(member.looked, now_at, SILENT_SECONDS))
        for member in members
    )


def _blind(member: Digest, key: str, where: Where, since_at: float, vpcs: tuple[str, ...]) -> Blind:
    return Blind(
        key=key,
        account=member.account,
        region=member.region,
        where=where,
        since_at=since_at,
        vpcs=vpcs,
        total=len(member.looked),
    )
