"""The text of a page about an incident: what broke, why, who did it, proof, what to do.

At most 15 lines, the first at most 110 characters. A command stands here only for a proven change
whose undo is known and whose costs could be looked up; else the page says where to look.
"""

import re

from reasoning.blame import Confidence, Suspect
from reasoning.changeline import change_line
from reasoning.clocktext import hour_minute, lasting, to_second
from reasoning.diagnose import Diagnosis
from reasoning.escape import outside, plain
from reasoning.incident import Incident
from reasoning.layout import FIRST, Section, first_line, page
from reasoning.transition import Transition
from reasoning.undo import Undo, undo_of

_NAME = 32
_ACCOUNT = 12
_MOST_ACCOUNTS = 3
_ADDRESS = re.compile(r"^[0-9a-fA-F.:]+ ")
_WRITTEN_AS = {
    "OpenTofu": "Terraform",
    "AWS CDK": "CloudFormation",
    "AWS SAM CLI": "CloudFormation",
    "CloudFormation StackSets": "CloudFormation",
}
_DECLARING = frozenset({"Pulumi", "Crossplane", "AWS Controllers for Kubernetes"})
"""Tools that put back what they declare, in a form of their own."""
NO_CHANGE = "no known change explains this"


def opened(incident: Incident, word: str = "DOWN") -> str:
    """The page of an incident that is open."""
    return page(headline(incident, word), open_sections(incident))


def headline(incident: Incident, word: str) -> str:
    """`DOWN orders-api +17 from vpc-0a1 (payments-prod, us-east-1) since 10:04Z`"""
    vantage = incident.lead.vantage
    more = incident.endpoint_count - 1
    others = len(incident.vpcs) - 1
    name = outside(incident.lead.endpoint.id)
    where = (f"+{more} " if more > 0 else "") + f"from {plain(vantage.vpc_id, 24)}"
    where += f" +{others} VPCs" if others > 0 else ""
    when = f", {plain(vantage.region, 16)}) since {hour_minute(incident.first_bad_at)}"
    # What broke is worth more room than the VPC's name for people: its id stands beside it.
    room = FIRST - len(f"{word}  {where} ({when}") - min(len(name), _NAME)
    place = outside(vantage.label, min(40, max(room, _ACCOUNT))) or vantage.account
    return first_line(word, name, f"{where} ({place}{when}")


def open_sections(incident: Incident) -> list[Section]:
    """Why, Change, Proof, Extent, Do, Costs, After, Links: what is known of each."""
    undo = _undo(incident)
    return [
        why(incident),
        *changes(incident),
        Section(label="Proof", text=proof(incident.lead)),
        Section(label="Extent", text=extent(incident), lines=1),
        *remedy(incident, undo),
        links(incident),
    ]


def _undo(incident: Incident) -> Undo | None:
    suspect = incident.suspect
    if suspect is None or not incident.proven or incident.costs_at is None:
        return None
    return undo_of(incident.diagnosis, suspect.change)


def why(incident: Incident) -> Section:
    """`PROVEN: what broke`, or what broke and that no known change explains it."""
    told = summary(incident)
    suspect = incident.suspect
    if suspect is None:
        return Section(label="Why", text="; ".join(part for part in (told, NO_CHANGE) if part))
    return Section(label="Why", text=f"{suspect.confidence.upper()}: {told or 'see below'}")


def summary(incident: Incident) -> str:
    """One line of what broke, from the diagnosis."""
    found = incident.diagnosis
    if found is None:
        return ""
    return outside(found.facts.get("summary") or (found.evidence or ("",))[0], 200)


def changes(incident: Incident) -> list[Section]:
    """The suspects, best first, at most two; or what was searched."""
    if not incident.suspects:
        searched = outside(incident.searched, 200) or "the changes of all members"
        return [Section(label="Change", text=f"none known; searched {searched}")]
    first, rest = incident.suspects[0], incident.suspects[1:]
    found = [Section(label="Change", text=_suspect_line(first, incident))]
    if rest and not incident.proven:
        text = f"or {_suspect_line(rest[0], incident)} ({rest[0].confidence})"
        found.append(Section(label="", text=text, lines=1))
    return found


def _suspect_line(suspect: Suspect, incident: Incident) -> str:
    """The change, and what holds the confidence down."""
    text = change_line(suspect.change, incident.accounts)
    weak = suspect.confidence is not Confidence.PROVEN and suspect.because
    return f"{text} ({outside('; '.join(suspect.because), 140)})" if weak else text


def proof(transition: Transition) -> str:
    """`inside ... 403 | same VPC pinned to public address 200 | outside 200`; behind a time-out
    at an endpoint what its groups say."""
    looks = transition.looks
    parts = []
    if looks.get("inside"):
        parts.append(f"inside {outside(looks['inside'], 120)}")
    if looks.get("pinned"):
        pinned = _ADDRESS.sub("", outside(looks["pinned"], 60))
        parts.append(f"same VPC pinned to public address {pinned}")
    if looks.get("outside"):
        parts.append(f"outside {_ADDRESS.sub('', outside(looks['outside'], 60))}")
    if looks.get("groups"):
        parts.append(outside(looks["groups"], 140))
    if transition.vantage.not_representative:
        reason = outside(transition.vantage.not_representative, 60)
        parts.append(f"same VPC judged by route alone, not pinned: {reason}")
    return " | ".join(parts)


def extent(incident: Incident) -> str:
    """`18 of 18 forecast endpoints seen failing; last good 10:03:58Z`"""
    seen, forecast = incident.endpoint_count, incident.forecast_count
    if incident.more_forecast or (forecast and incident.more_endpoints):
        # Not all of them are kept by name: which of them were seen is not known.
        text = f"{_count(seen, 'endpoint')} seen failing, {forecast} forecast"
    elif forecast:
        hit = len(set(incident.forecast) & set(incident.endpoints)) or seen
        text = f"{hit} of {forecast} forecast endpoints seen failing"
        text += f", {seen - hit} more" if seen > hit else ""
    else:
        text = f"{_count(seen, 'endpoint')} seen failing"
    if len(incident.vpcs) > 1:
        text += f" in {_count(len(incident.vpcs), 'VPC')}"
    if len(incident.accounts) > 1:
        text += f" of {_count(len(incident.accounts), 'account')} ({_accounts(incident)})"
    if incident.last_good_at is None:
        return text
    return f"{text}; last good {to_second(incident.last_good_at)}"


def _accounts(incident: Incident) -> str:
    """The first accounts by number, the others as a count."""
    shown = [plain(account, _ACCOUNT) for account in sorted(incident.accounts)[:_MOST_ACCOUNTS]]
    more = len(incident.accounts) - len(shown)
    return ", ".join(shown) + (f" +{more}" if more else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def remedy(incident: Incident, undo: Undo | None) -> list[Section]:
    """Do, Costs and After for a known undo; else where to look."""
    if undo is None:
        return [Section(label="Do", text=where_to_look(incident))]
    checked = incident.diagnosis.facts.get("described_at") if incident.diagnosis else None
    state = f" (state checked {to_second(float(checked))})" if checked else ""
    return [
        Section(label="Do", text=f"in account {undo.account}{state}:", verbatim=(undo.command,)),
        Section(label="Costs", text=costs(incident, undo)),
        Section(label="After", text=after(incident, undo)),
    ]


def costs(incident: Incident, undo: Undo) -> str:
    """Whom else the undo breaks, as far as one can know."""
    shown = incident.foretold[:3]
    named = [
        f"{outside(loss.endpoint, 40)} from {plain(loss.vpc_id, 24)} ({outside(loss.why, 80)})"
        for loss in shown
    ]
    more = len(incident.foretold) - len(shown)
    if more:
        named.append(f"{more} more endpoints")
    return "; ".join((*(named or ["no registered endpoint"]), undo.unseen))


def after(incident: Incident, undo: Undo) -> str:
    """How soon it recovers, and what the tool that made the change will do."""
    suspect = incident.suspect
    tool = suspect.change.tool.name if suspect else ""
    fix = undo.in_tool.get(_WRITTEN_AS.get(tool, tool))
    if tool in _DECLARING:
        fix = "change it there too"
    return f"{undo.after}. {tool} will put it back: {fix}" if fix else undo.after


def where_to_look(incident: Incident) -> str:
    """For a change that is not proven: which resource, in which account and Region."""
    suspect, found, vantage = incident.suspect, incident.diagnosis, incident.lead.vantage
    change = suspect.change if suspect else None
    account = change.account if change else vantage.account
    region = change.region if change else vantage.region
    place = f"in account {plain(account, 12)}, {plain(region, 16)}"
    gone = _made_anew(found)
    if gone:
        return f"{gone} {place}"
    ids = change.resource_ids[:2] if change else ((found.subject,) if found else ())
    names = ", ".join(plain(name, 60) for name in ids if name)
    if names:
        return f"look at {names} {place}"
    since = hour_minute(incident.first_bad_at)
    host = outside(incident.lead.endpoint.host, 80)
    if len(incident.accounts) > 1:
        place = f"in accounts {_accounts(incident)}"
    return f"look at what serves {host}, and at changes {place} shortly before {since}"


def _made_anew(found: Diagnosis | None) -> str:
    """For an endpoint that is gone: there is nothing to look at."""
    facts = found.facts if found else {}
    if found is None or not str(facts.get("fate", "")).startswith("gone"):
        return ""
    service = outside(facts.get("service") or "the same service", 80)
    return (
        f"{plain(found.subject, 30)} is gone: an endpoint for {service} in "
        f"{plain(facts.get('vpc_id', ''), 24)} with private DNS brings the name back; see the "
        "runbook for what else it takes over;"
    )


def links(incident: Incident) -> Section:
    """Incident id, the endpoint's runbook, the CloudTrail event."""
    parts = [f"incident {incident.id}"]
    runbook = incident.lead.endpoint.runbook
    parts.append(f"runbook {plain(runbook, 60)}" if runbook else f"runbook {incident.cause}")
    suspect = incident.suspect
    if suspect and not suspect.change.inferred:
        parts.append(f"CloudTrail event {plain(suspect.change.id, 40)}")
    return Section(label="Links", text=" · ".join(parts), lines=2)


def lasted(incident: Incident) -> str:
    """How long it was bad, as far as probes tell."""
    end_at = incident.recovered_at or incident.changed_at
    return lasting(max(0.0, end_at - incident.first_bad_at))
