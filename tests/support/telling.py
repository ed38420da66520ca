"""Incidents in every state that is told, and golden texts.

GATEWATCH_GOLDEN=write writes the golden files anew.
"""

import os
from dataclasses import replace
from pathlib import Path

from reasoning.assemble import looks_of
from reasoning.blame import Blame, Confidence, Suspect
from reasoning.change import Tool
from reasoning.incident import Foretold, Incident
from reasoning.joining import absorb, begin, blamed, join, lose, recover
from reasoning.message import Message, of_incident
from reasoning.told import Notice, Reason, Where
from reasoning.unwatched import GONE, unwatched
from tests.support.blocked import BLOCKED, FROM_VPC, blocked_case, rules_changed
from tests.support.story import (
    VPC,
    at,
    captured,
    creation,
    loss,
    recovery,
    switch_off,
    vantage,
)

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "messages"
NOW = at("10:05:12")


def storm(count: int = 18, **fields) -> Incident:
    names = ["orders-api", *(f"api-{number}" for number in range(2, count + 1))]
    first, *rest = (loss(name, **fields) for name in names)
    made = begin(first, now_at=at("10:04:40"), min_good_seconds=900)
    for one in rest:
        made = join(made, one, now_at=at("10:04:40"), min_good_seconds=900)
    return replace(made, id="7F3K2M9Q")


def accused(incident: Incident, confidence: Confidence = Confidence.PROVEN, **change) -> Incident:
    suspect = Suspect(
        change=creation(**change),
        confidence=confidence,
        because=("seen in the inventory, without an event",) if change else (),
    )
    found = Blame(suspects=(suspect,), searched="41 changes of 3 accounts")
    return blamed(incident, found, now_at=at("10:05:00"))


def proven(count: int = 18) -> Incident:
    why = "private, good only since 10:05Z through this endpoint"
    foretold = (Foretold(pair="ledger-api@x", endpoint="ledger-api", vpc_id=VPC, why=why),)
    names = ("orders-api", *(f"api-{number}" for number in range(2, count + 1)))
    return replace(
        accused(storm(count)), foretold=foretold, costs_at=at("10:05:10"), forecast=names
    )


def resolved() -> Incident:
    incident = proven(1)
    good = recover(incident, recovery(), now_at=at("10:22:06"))
    return replace(good, repair=switch_off())


def lost() -> Incident:
    incident = proven(1)
    (foretold,) = incident.foretold
    gone = loss("ledger-api")
    return lose(replace(incident, foretold=(replace(foretold, pair=gone.pair),)), gone, now_at=NOW)


def unexplained() -> Incident:
    made = storm(1, diagnosis=None, structural=False)
    return blamed(made, Blame(suspects=(), searched="41 changes of 3 accounts"), now_at=NOW)


def merged() -> Incident:
    older = replace(storm(2), id="OLDER234")
    return absorb(older, storm(1), now_at=NOW)[1]


def cross_account() -> Incident:
    far = vantage(account="444455556666", vpc_id="vpc-0b2", label="search-prod")
    made = storm(1, vantage=far, diagnosis=captured(proof=False))
    return accused(made, Confidence.LIKELY, id="5f0c1b2a-0000-4000-8000-00000000000a")


def two_accounts() -> Incident:
    """One endpoint fails from VPCs of two accounts."""
    far = vantage(account="444455556666", vpc_id="vpc-0b2", label="search-prod")
    more = loss(vantage=far, diagnosis=None, structural=False)
    made = join(unexplained(), more, now_at=NOW, min_good_seconds=900)
    return blamed(made, Blame(suspects=(), searched="41 changes of 3 accounts"), now_at=NOW)


def blocked() -> Incident:
    """A private API whose endpoint's group lost the rule for 443."""
    looks = looks_of(blocked_case())
    gone = rules_changed("Revoke", FROM_VPC, at=at("10:03:51"), tool=Tool(name="Terraform"))
    said = replace(BLOCKED, facts={**BLOCKED.facts, "described_at": at("10:04:38")})
    made = storm(1, diagnosis=said, looks=looks, structural=False)
    suspect = Suspect(change=gone, confidence=Confidence.PROVEN, because=())
    told = blamed(made, Blame(suspects=(suspect,), searched=""), now_at=NOW)
    return replace(told, costs_at=at("10:05:10"))


def left_alone() -> Incident:
    """Two of eighteen still failed when their endpoints were deregistered."""
    return unwatched(replace(proven(), failing=2), 2, GONE, now_at=at("10:30:00"))


INCIDENTS = {
    "opened-proven": (proven(), Reason.OPENED, Where.PAGE),
    "opened-blocked": (blocked(), Reason.OPENED, Where.PAGE),
    "opened-inferred": (
        accused(storm(1), Confidence.LIKELY, inferred=True, actor=None, tool=Tool()),
        Reason.OPENED,
        Where.PAGE,
    ),
    "opened-unexplained": (unexplained(), Reason.OPENED, Where.PAGE),
    "opened-two-accounts": (two_accounts(), Reason.OPENED, Where.PAGE),
    "opened-cross-account": (cross_account(), Reason.OPENED, Where.PAGE),
    "opened-without-costs": (accused(storm(1)), Reason.OPENED, Where.PAGE),
    "cause-found": (proven(1), Reason.CAUSE_FOUND, Where.PAGE_AND_CHAT),
    "cause-downgraded": (unexplained(), Reason.CAUSE_DOWNGRADED, Where.PAGE_AND_CHAT),
    "grew": (proven(), Reason.GREW, Where.PAGE),
    "flapping": (unexplained(), Reason.FLAPPING, Where.PAGE),
    "amended-foretold-loss": (lost(), Reason.AMENDED, Where.CHAT),
    "merged": (merged(), Reason.MERGED, Where.PAGE_AND_CHAT),
    "reminder": (proven(1), Reason.REMINDER, Where.CHAT),
    "resolved": (resolved(), Reason.RESOLVED, Where.PAGE_AND_CHAT),
    "resolved-by-nobody-known": (
        replace(resolved(), repair=None),
        Reason.RESOLVED,
        Where.PAGE_AND_CHAT,
    ),
    "unwatched": (left_alone(), Reason.UNWATCHED, Where.PAGE_AND_CHAT),
    "resolved-but-for-one": (
        replace(resolved(), seen=18, unwatched=1, unwatched_why=GONE),
        Reason.RESOLVED,
        Where.PAGE_AND_CHAT,
    ),
    "repair-learned": (resolved(), Reason.REPAIR_LEARNED, Where.CHAT),
}


def said(name: str) -> Message:
    incident, reason, where = INCIDENTS[name]
    told = Notice(id=f"{incident.id}/{reason}/1", reason=reason, where=where, due_at=NOW, why="")
    return of_incident(incident, told, default_owner="platform", now_at=NOW)


def expected(name: str, text: str) -> str:
    """The golden text; written first when asked for."""
    path = GOLDEN / name
    if os.environ.get("GATEWATCH_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8")
