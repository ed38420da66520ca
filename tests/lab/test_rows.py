"""What a scenario's row says is read off the messages alone."""

from lab.collector import Heard
from lab.timing import measure
from lab.verdict import first_incident, said_too_much
from lab.world.live import Typed


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
