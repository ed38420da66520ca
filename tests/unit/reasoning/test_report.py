"""What a period's report counts, and what it suggests."""

from dataclasses import replace

import pytest

from reasoning.blame import Blame, Confidence
from reasoning.incident import Incident, Stage
from reasoning.joining import blamed
from reasoning.report import Report, lasted_seconds, report, rings_of
from reasoning.told import Reason, Ring, Told, Where
from tests.support.story import at, endpoint, loss
from tests.support.telling import accused, storm

SINCE, UNTIL = at("00:00:00"), at("23:59:59")


def incident(
    name: str = "orders-api",
    *,
    number: int = 1,
    owner: str = "payments",
    minutes: float | None = 5,
    rings: tuple[Ring, ...] | None = None,
    **fields,
) -> Incident:
    """One that rang in observe mode and lasted so many minutes (None: open), unexplained."""
    made = storm(1, diagnosis=None, structural=False)
    first_bad_at = at("10:04:20") + 600 * number
    ring = Ring(at=first_bad_at + 120, reason=Reason.OPENED, withheld="observe")
    ended_at = None if minutes is None else first_bad_at + 60 * minutes
    told = Told(opened=Where.PAGE, opened_at=ring.at, rings=(ring,) if rings is None else rings)
    lead = loss(name, endpoint=endpoint(name, owner=owner), diagnosis=None, structural=False)
    values = {
        "id": f"ID{number:06}",
        "lead": lead,
        "owners": (owner,) if owner else (),
        "endpoints": (name,),
        "first_bad_at": first_bad_at,
        "opened_at": first_bad_at + 20,
        "recovered_at": ended_at,
        "resolved_at": ended_at,
        "stage": Stage.OPEN if minutes is None else Stage.RESOLVED,
        "suspects": (),
        "told": told,
        **fields,
    }
    return replace(made, **values)


def of(*incidents: Incident, since_at: float = SINCE, until_at: float = UNTIL) -> Report:
    return report(incidents, since_at=since_at, until_at=until_at, default_owner="platform")


def explained(number: int, confidence: Confidence = Confidence.LIKELY, **fields) -> Incident:
    made = incident(number=number, **fields)
    suspects = accused(storm(1), confidence).suspects
    named = blamed(made, Blame(suspects=suspects, searched=""), now_at=UNTIL)
    told = replace(made.told, named_at=made.first_bad_at + 40 * number)
    return replace(named, told=told)


def test_pages_are_counted_whether_they_rang_or_were_withheld() -> None:
    rang = Ring(at=at("11:00:00"), reason=Reason.OPENED)
    grew = Ring(at=at("11:05:00"), reason=Reason.GREW, withheld="observe")
    found = of(incident(number=1), incident(number=2, rings=(rang, grew)))
    assert (len(found.pages), found.withheld) == (3, 2)
    assert [page.reason for page in found.pages] == ["opened", "opened", "grew"]


def test_what_was_told_in_chat_alone_or_not_at_all_is_no_page() -> None:
    chat = incident(number=1, told=Told(opened=Where.CHAT, opened_at=at("10:15:00")))
    untold = incident(number=2, told=Told())
    found = of(chat, untold)
    assert found.pages == ()
    assert (found.incidents, found.in_chat, found.untold) == (2, 1, 1)


def test_explained_is_what_names_a_proven_or_likely_change() -> None:
    found = of(
        explained(1, Confidence.PROVEN),
        explained(2, Confidence.LIKELY),
        explained(3, Confidence.POSSIBLE),
        incident(number=4),
    )
    assert found.explained == 2
    assert [page.change for page in found.pages][-1] == ""
    assert (found.blame_median_seconds, found.blame_most_seconds) == (80, 120)


def test_owners_are_in_the_order_of_their_pages_and_nobody_is_the_default_owner() -> None:
    found = of(
        incident("a", number=1, owner="ledger"),
        explained(2),
        incident("b", number=3, minutes=30),
        incident("c", number=4, owner=""),
    )
    rows = [(one.owner, one.pages, one.explained, one.incidents) for one in found.owners]
    assert rows == [("payments", 2, 1, 2), ("ledger", 1, 0, 1), ("platform", 1, 0, 1)]
    assert found.owners[0].longest_seconds == 1800


@pytest.mark.parametrize(
    ("since", "until", "pages"),
    [
        pytest.param("10:00:00", "10:30:00", 1, id="it rang within"),
        pytest.param("10:00:00", "10:15:30", 0, id="it began within, and rang after"),
        pytest.param("10:15:00", "10:30:00", 1, id="it began before, and rang within"),
        pytest.param("10:20:00", "10:30:00", 0, id="it was over before"),
    ],
)
def test_the_period_is_that_of_the_ring(since: str, until: str, pages: int) -> None:
    found = of(incident(number=1), since_at=at(since), until_at=at(until))
    assert len(found.pages) == pages


def test_the_noisiest_endpoints_come_first() -> None:
    found = of(*(incident("noisy", number=number) for number in (1, 2)), incident("a", number=3))
    assert found.endpoints == (("noisy", 2), ("a", 1))


def test_an_open_one_has_lasted_no_time_yet() -> None:
    assert lasted_seconds(incident(minutes=None)) is None
    assert of(incident(minutes=None)).open == 1


def test_what_an_older_release_opened_by_a_page_rang_once() -> None:
    old = incident(rings=())
    assert rings_of(old) == (Ring(at=old.told.opened_at, reason=Reason.FLAPPING),)
    counted = replace(old, told=replace(old.told, counts={"opened": 1}))
    assert [ring.reason for ring in rings_of(counted)] == ["opened"]


@pytest.mark.parametrize(
    ("minutes", "step"),
    [
        pytest.param((2.5, 2.6), "3 min", id="just above two minutes"),
        pytest.param((3, 4, 4), "5 min", id="under five"),
        pytest.param((3, 3, 3, 3, 50), "5 min", id="the longest of five is not waited for"),
        pytest.param((12, 14), "15 min", id="a quarter of an hour"),
    ],
)
def test_short_failures_without_a_cause_suggest_a_longer_page_after(minutes, step: str) -> None:
    found = of(*(incident(number=n, minutes=one) for n, one in enumerate(minutes, 1)))
    (suggested,) = [one for one in found.suggestions if "page_after" in one.do]
    assert suggested.do == f"raise page_after of orders-api from 2 min to {step}"


@pytest.mark.parametrize(
    "incidents",
    [
        pytest.param([incident(number=1)], id="once is no pattern"),
        pytest.param([incident(number=n, minutes=90) for n in (1, 2)], id="beyond an hour"),
        pytest.param([incident(number=n, structural=True) for n in (1, 2)], id="structural"),
        pytest.param([explained(n) for n in (1, 2)], id="explained"),
        pytest.param([incident(number=n, minutes=None) for n in (1, 2)], id="open still"),
    ],
)
def test_nothing_else_suggests_it(incidents: list[Incident]) -> None:
    assert [one for one in of(*incidents).suggestions if "page_after" in one.do] == []


def test_flapping_missing_owners_and_many_without_a_cause_are_spoken_of() -> None:
    found = of(
        *(incident("flaps", number=n, flapping=True) for n in (1, 2)),
        *(incident("orphan", number=n, owner="", minutes=70) for n in (3, 4, 5)),
    )
    said = [one.do for one in found.suggestions]
    assert any("what flaps expects" in one for one in said)
    assert "give orphan an owner" in said
    assert any("trail" in one for one in said)


def test_nothing_happened_is_a_report_too() -> None:
    found = of()
    assert (found.pages, found.owners, found.suggestions) == ((), (), ())
    assert found.blame_median_seconds is None


def test_what_was_merged_into_another_is_no_incident_of_its_own_and_explained_as_that_one() -> None:
    whole = explained(1, Confidence.PROVEN)
    gone = {"stage": Stage.MERGED, "merged_into": whole.id, "minutes": 1}
    untold = incident("b", number=2, told=Told(), **gone)
    rang = incident("c", number=3, owner="ledger", **gone)
    found = of(whole, untold, rang)
    assert (found.incidents, found.untold) == (1, 0)
    assert [(page.incident, page.explained) for page in found.pages] == [
        (whole.id, True),
        (rang.id, True),
    ]
    assert found.pages[1].lasted_seconds == found.pages[0].lasted_seconds
    rows = [(one.owner, one.pages, one.incidents) for one in found.owners]
    assert rows == [("payments", 1, 1), ("ledger", 1, 0)]
