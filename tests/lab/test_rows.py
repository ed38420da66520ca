"""What a scenario's row says is read off the messages alone."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from lab import scenario
from lab.collector import Collector, Heard
from lab.scenario import Result
from lab.timing import measure
from lab.verdict import differences, first_incident, row_of, said_too_much
from lab.world.live import Credentials, LiveWorld, Typed
from lab.world.model import from_document
from probing.clock import Clock

CAPTURE = {
    "incident": "one",
    "cause": "private_dns_captured",
    "confidence": "proven",
    "change": {"event_name": "CreateVpcEndpoint"},
}
WANTED = Result(
    produced=("private_dns_captured",),
    change="CreateVpcEndpoint",
    confidence="proven",
    may_say={},
)


class LateBus:
    """A queue that holds one event of the bus, and gives it only once it is asked for it anew."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        event = {"detail": CAPTURE, "detail-type": "Gatewatch Incident Opened"}
        self._left = [{"Body": json.dumps(event), "ReceiptHandle": "one"}]

    def receive_message(self, **_: Any) -> dict[str, Any]:
        self.asked.wait(0.05)
        return {"Messages": [self._left.pop()] if self.asked.is_set() and self._left else []}

    def delete_message(self, **_: Any) -> None: ...


def heard(to: str, reason: str, at: float = 0.0, **detail: object) -> Heard:
    return Heard(at=at, to=to, reason=reason, text=f"{reason} text\nmore", detail=dict(detail))


def test_notices_beyond_the_allowed_count_are_listed_with_their_first_line() -> None:
    said = (heard("page", "opened"), heard("page", "opened"), heard("chat", "forecast"))
    assert said_too_much(said, {"page": {"opened": 1}}) == [
        "page opened: opened text",
        "chat forecast: forecast text",
    ]


def test_bus_events_are_no_notices() -> None:
    assert said_too_much((heard("bus", "opened"),), {}) == []


def test_the_first_incident_is_told_by_its_newest_event() -> None:
    events = (
        heard("bus", "opened", incident="one", confidence="likely"),
        heard("bus", "opened", incident="two", confidence="possible"),
        heard("bus", "amended", incident="one", confidence="proven"),
    )
    assert first_incident(events)["confidence"] == "proven"
    assert first_incident(()) == {}


@pytest.mark.parametrize(
    ("known", "says"),
    [
        (CAPTURE, []),
        (CAPTURE | {"confidence": "likely"}, ["confidence likely, not proven"]),
        (CAPTURE | {"change": None}, ["change none, not CreateVpcEndpoint"]),
        (
            {},
            [
                "cause none, not private_dns_captured",
                "change none, not CreateVpcEndpoint",
                "confidence none, not proven",
            ],
        ),
    ],
)
def test_a_row_that_fails_says_in_what_the_incident_differs(
    known: dict[str, Any], says: list[str]
) -> None:
    assert differences(known, WANTED) == says


def test_an_event_of_the_bus_that_comes_after_the_page_is_waited_for(tmp_path: Path) -> None:
    bus, clock = LateBus(), Clock()
    collector = Collector(bus, {"bus": "queue"}, clock)
    live = LiveWorld(
        world=from_document({}, "w"),
        clock=clock,
        directory=tmp_path,
        admin=Credentials(access_key="key", secret_key="secret"),
        collector=collector,
    )
    collector.start()
    late = threading.Timer(0.5, bus.asked.set)
    late.start()
    try:
        row = row_of(live, scenario.load(scenario.FOLDER / "organisation-file.yaml"), why="")
    finally:
        late.cancel()
        collector.stop()
    assert (row["ok"], row["why"], row["named"]) == (True, "", "private_dns_captured")


def test_spans_begin_at_what_was_typed_emitted_and_probed() -> None:
    typed = [
        Typed(
            at=100.0,
            actor="netadmin",
            command="aws ec2 create-vpc-endpoint --vpc-id x",
            code=0,
            output="",
            error="",
        )
    ]
    said = (
        heard("chat", "forecast", at=117.0),
        heard("bus", "opened", at=230.0, first_bad_at=200.0),
        heard("page", "opened", at=231.0),
    )
    records = [
        {"detail": {"eventName": "CreateTags"}, "delivered_at": 110.0},
        {"detail": {"eventName": "CreateVpcEndpoint"}, "delivered_at": 115.0},
    ]
    spans = {span.name: span.seconds for span in measure(typed, said, records)}
    assert spans == {
        "typed_to_forecast_s": 17.0,
        "event_to_forecast_s": 2.0,
        "typed_to_page_s": 131.0,
        "first_bad_to_page_s": 31.0,
    }
