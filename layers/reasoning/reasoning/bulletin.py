"""Messages that are about no incident: forecasts, problems, what never answered, our blindness."""

from collections.abc import Sequence

from reasoning.actor_detail import ActorDetail, told_change
from reasoning.alarm import shape, subject_of
from reasoning.blind import Blind
from reasoning.case import RouteClass
from reasoning.changeline import change_line
from reasoning.chat import chat_of
from reasoning.clocktext import hour_minute
from reasoning.escape import outside, plain
from reasoning.forecast import Expected, Forecast
from reasoning.layout import Section, first_line, page
from reasoning.message import OWNERS, Message
from reasoning.placements import Left
from reasoning.told import Reason, Where
from reasoning.transition import DigestPair, MemberProblem

_NAMED = 5


def forecast(
    found: Forecast, *, default_owner: str, detail: ActorDetail = ActorDetail.FULL
) -> Message:
    """What a change will do, before it shows: labelled forecast."""
    change, broken = told_change(found.change, detail), found.broken
    will = "may" if found.perhaps else "will"
    verb = f"{will} capture" if found.captured else f"{will} cut off"
    names = list(dict.fromkeys(one.pair.endpoint.id for one in broken))
    more = f"+{len(names) - 1} " if len(names) > 1 else ""
    tail = f"{more}from {plain(found.vpc_id, 24)} ({plain(change.region, 16)})"
    head = f"FORECAST {plain(found.endpoint_id, 24)} {verb}"
    assumed = "; private DNS is assumed, the event does not tell it" if found.assumed else ""
    sections = [
        Section(label="Why", text=f"{outside(broken[0].why, 200)}{assumed}"),
        Section(label="Change", text=change_line(change)),
        Section(label="Extent", text=_extent(found), lines=4),
        Section(label="Links", text=f"change {plain(change.id, 60)}; forecast, not observed"),
    ]
    owners = tuple(dict.fromkeys(one.pair.endpoint.owner or default_owner for one in broken))
    text = page(first_line(head, outside(names[0], 60), tail), sections)
    return _message(
        f"forecast/{change.id}",
        Reason.FORECAST,
        text,
        thread=f"forecast-{change.id}",
        owners=owners,
        place=(change.account, change.region),
    )


def _extent(found: Forecast) -> str:
    will = "may" if found.perhaps else "will"
    parts = (
        (f"{will} capture", found.captured),
        (f"{will} cut off", found.withdrawn),
        ("may make reachable", found.restored),
    )
    return "; ".join(f"{verb} {_listed(pairs)}" for verb, pairs in parts if pairs)


def _listed(pairs: Sequence[Expected]) -> str:
    names = list(dict.fromkeys(one.pair.endpoint.id for one in pairs))
    shown = ", ".join(outside(name, 40) for name in names[:_NAMED])
    vpcs = ", ".join(dict.fromkeys(plain(one.pair.vpc_id, 24) for one in pairs[:_NAMED]))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{shown}{more} from {vpcs}"


def captured(
    vpc_id: str, services: Sequence[str], *, account: str, region: str, at: float, owner: str
) -> Message:
    """A sentinel name is captured in a VPC where no registered endpoint uses the name."""
    first = first_line("FORECAST names of", outside(", ".join(services), 60), f"in {vpc_id}")
    what = "random names under it resolve to a private address here; no registered endpoint is"
    sections = [
        Section(label="Why", text=f"{what} touched, unregistered public APIs are"),
        Section(label="Do", text=f"look at the VPC endpoints of {plain(vpc_id, 24)}", lines=1),
    ]
    return _message(
        f"forecast/{account}/{region}/{vpc_id}/{','.join(services)}/{at:.0f}",
        Reason.FORECAST,
        page(first, sections),
        thread=f"captured-{vpc_id}",
        owners=(owner,),
        place=(account, region),
    )


def problem(found: MemberProblem, *, account: str, region: str, default_owner: str) -> Message:
    """Something for people to mend, when it appears and when it is gone."""
    reason = Reason.PROBLEM if found.open else Reason.PROBLEM_GONE
    word = "PROBLEM" if found.open else "PROBLEM GONE"
    first = first_line(word, outside(found.key, 70), f"(account {account}, {region})")
    sections = [Section(label="What", text=outside(found.what, 400), lines=4)]
    if found.open:
        sections.append(Section(label="Do", text=outside(found.mend, 400), lines=4))
    return _message(
        f"problem/{account}/{region}/{found.key}/{found.at:.0f}/{reason.value}",
        reason,
        page(first, sections),
        thread=f"problem-{account}-{region}-{found.key}",
        owners=(found.owner or default_owner,),
        place=(account, region),
    )


def never_good(found: DigestPair, *, pair: str, since_at: float, default_owner: str) -> Message:
    """An endpoint that never answered well from this VPC since it was registered."""
    account, region = pair.rpartition("@")[2].split("/")[:2]
    tail = f"from {plain(found.vpc_id, 24)} since registration ({hour_minute(since_at)})"
    leads = (
        "its name resolves to nothing here"
        if found.route_class is RouteClass.NONE
        else f"its name resolves to a {found.route_class.value} address"
    )
    text = f"no look met its expectation; {leads}"
    sections = [
        Section(label="Why", text=text),
        Section(
            label="Do",
            text="check URL and expectation, whether it is meant to be reached from here, and "
            "the path: routes, security groups, resolvers",
        ),
    ]
    return _message(
        f"never_reachable/{pair}/{since_at:.0f}",
        Reason.NEVER_REACHABLE,
        page(first_line("NOT REACHABLE", outside(found.endpoint.id, 60), tail), sections),
        thread=f"never-reachable-{pair}",
        owners=(found.endpoint.owner or default_owner,),
        place=(account, region),
        severity=found.endpoint.severity,
    )


def blind(found: Blind, *, owner: str, now_at: float) -> Message:
    """Gatewatch itself does not see: for its own owner."""
    since = f"since {hour_minute(found.since_at)}"
    if found.whole:
        name, why = "the whole member", "no digest came"
    else:
        name = f"{len(found.vpcs)} of {found.total} VPCs"
        why = "no look came from " + ", ".join(plain(one, 24) for one in found.vpcs[:_NAMED])
    place = f"account {found.account}, {found.region}"
    sections = [
        Section(label="Why", text=f"{why}; what breaks there now is not seen"),
        Section(
            label="Do",
            text=f"in {place}: look at the member stack's dead-letter queue, at the checker's "
            "errors and throttles, and whether the canary stacks stand",
        ),
    ]
    text = page(first_line("BLIND", name, f"({place}) {since}"), sections)
    return _blind_message(found, Reason.BLIND, text, owner, now_at)


def seeing_again(found: Blind, *, owner: str, now_at: float, left: bool = False) -> Message:
    """The end of a blindness, told where its begin was; `left`: the member was taken away."""
    place = f"(account {found.account}, {found.region})"
    name = "the member" if found.whole else "all VPCs"
    if left:
        text = first_line("NO LONGER A MEMBER", "nobody looks from here any more", place)
        return _blind_message(found, Reason.LEFT, text, owner, now_at)
    return _blind_message(
        found, Reason.SEEING_AGAIN, first_line("SEEING AGAIN", name, place), owner, now_at
    )


def left(found: Left, *, vpcs: int, owner: str) -> Message:
    """A member was taken away on purpose: said once, so that nobody does it unseen."""
    place = f"(account {found.account}, {found.region})"
    count = f"{vpcs} VPC" + ("" if vpcs == 1 else "s")
    text = f"its stack was deleted; {count} are no longer looked from"
    sections = [
        Section(label="Why", text=text if vpcs != 1 else text.replace(" are ", " is ")),
        Section(label="Do", text="nothing, if that was meant; else install the member again"),
    ]
    return _message(
        f"left/{found.account}/{found.region}/{found.at:.0f}",
        Reason.LEFT,
        page(first_line("LEFT", "a member of Gatewatch", place), sections),
        thread=f"left-{found.account}-{found.region}",
        owners=(owner,),
        place=(found.account, found.region),
    )


def _blind_message(found: Blind, reason: Reason, text: str, owner: str, now_at: float) -> Message:
    closes = reason is not Reason.BLIND
    first = text.partition("\n")[0]
    alarm = shape(
        name=f"gatewatch blind {found.key}",
        text=text,
        first=first,
        account=found.account,
        region=found.region,
        closes=closes,
        opened_before=closes,
        now_at=now_at,
    )
    message_id = f"blind/{found.key}/{found.since_at:.0f}/{reason.value}"
    thread, place = f"blind-{found.key}", (found.account, found.region)
    pages = found.where.pages
    return Message(
        id=message_id,
        reason=reason,
        where=found.where,
        subject=subject_of(first, closes=closes),
        text=text,
        alarm=alarm if pages else None,
        chat=None if pages else chat_of(text, notice_id=message_id, reason=reason, thread=thread),
        attributes=_attributes((owner,), place, reason, "error"),
    )


def _message(
    message_id: str,
    reason: Reason,
    text: str,
    *,
    thread: str,
    owners: tuple[str, ...],
    place: tuple[str, str],
    severity: str = "warning",
) -> Message:
    return Message(
        id=message_id,
        reason=reason,
        where=Where.CHAT,
        subject=text.partition("\n")[0],
        text=text,
        chat=chat_of(text, notice_id=message_id, reason=reason, thread=thread),
        attributes=_attributes(owners[:OWNERS], place, reason, severity),
    )


def _attributes(
    owners: tuple[str, ...], place: tuple[str, str], reason: Reason, severity: str
) -> dict[str, tuple[str, ...]]:
    return {
        "owner": owners,
        "severity": (severity,),
        "account": (place[0],),
        "region": (place[1],),
        "cause": ("",),
        "reason": (reason.value,),
    }
