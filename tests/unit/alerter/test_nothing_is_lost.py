"""Refusing ways out, crashes between steps, repeated and poisoned messages."""

import importlib
import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from alerter import incidents, run, sweep
from alerter.hub import Hub
from alerter.table import Stale
from reasoning import wire
from tests.support.story import REGION, at, loss, recovery
from tests.unit.alerter.hub_stand import Stand

EXPECTED = [("page", "opened")]


class Crash(BaseException):
    """The function's end in mid-step: nothing may catch it."""


class Breaking:
    """A client whose call number `at` of `method` does not come back."""

    def __init__(self, client, method: str, number: int, after: bool) -> None:
        self._client, self._method, self._left, self._after = client, method, number, after

    def __getattr__(self, name):
        call = getattr(self._client, name)
        if name != self._method:
            return call

        def breaking(**arguments):
            self._left -= 1
            if self._left == 0 and not self._after:
                raise Crash
            answer = call(**arguments)
            if self._left == 0:
                raise Crash
            return answer

        return breaking


def crashing(hub: Hub, service: str, method: str, number: int, after: bool) -> Hub:
    broken = Breaking(getattr(hub.clients, service), method, number, after)
    changed = replace(hub, clients=replace(hub.clients, **{service: broken}))
    if service != "dynamodb":
        return changed
    return replace(changed, table=type(hub.table)(broken, hub.settings.table))


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("number", range(1, 6))
@pytest.mark.parametrize(
    ("service", "method"),
    [("dynamodb", "transact_write_items"), ("dynamodb", "put_item"), ("sqs", "send_message")],
)
def test_a_crash_at_any_write_loses_nothing_and_repeats_nothing(
    hub: Stand, service: str, method: str, number: int, after: bool
) -> None:
    whole = hub.hub
    hub.hub = crashing(whole, service, method, number, after)
    hub.clock.at = at("10:04:40")
    _through_crashes(hub, whole, loss())
    _go_on(hub, whole, "10:07:00")
    hub.clock.at = at("10:22:06")
    _through_crashes(hub, whole, recovery())
    _go_on(hub, whole, "10:26:00")
    pages = [said for said in hub.said if said[0] == "page"]
    assert pages[0] == ("page", "opened")
    assert set(pages) == {("page", "opened"), ("page", "resolved")}
    assert len(pages) - 2 <= (1 if method == "transact_write_items" else 0)
    assert incidents.recent(whole)[0].stage == "resolved"


def _through_crashes(hub: Stand, whole: Hub, *transitions) -> None:
    """Deliver until it is taken, as the queue does; after a crash the function is a new one."""
    for _ in range(3):
        try:
            hub.send(wire.TRANSITIONS, *transitions)
            hub.to(_clock(hub.clock.at + 61))
            return
        except Crash:
            hub.hub = whole
            hub.clock.at += 60
    raise AssertionError("never taken")


def _go_on(hub: Stand, whole: Hub, clock: str) -> None:
    """Let time pass; a tick that crashes makes way for the next."""
    try:
        hub.to(clock)
    except Crash:
        hub.hub = whole
        hub.to(clock)


def _clock(moment: float) -> str:
    seconds = int(moment - at("00:00:00"))
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def test_a_duplicate_after_a_crash_has_the_same_notice_id(hub: Stand) -> None:
    whole = hub.hub
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss())
    hub.clock.at = at("10:05:01")
    hub.hub = crashing(whole, "sns", "publish", 1, after=True)
    with pytest.raises(Crash):
        run.take(hub.hub, {"kind": "tick"})
    hub.hub = whole
    hub.clock.at += 60
    hub.to("10:07:30")
    first, second = hub.pages
    ids = {page["MessageAttributes"]["notice"]["Value"] for page in (first, second)}
    assert len(ids) == 1


def test_a_refusing_bus_repeats_neither_page_nor_chat(hub: Stand) -> None:
    hub.hub.clients.events.refuses = 3
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss())
    with pytest.raises(sweep.SendFailed):
        hub.to("10:05:30")
    for _ in range(4):
        hub.clock.at += 60
        try:
            run.take(hub.hub, {"kind": "tick"})
        except sweep.SendFailed:
            continue
    assert hub.said == EXPECTED
    assert [entry["DetailType"] for entry in hub.events] == ["Incident Opened"]


def test_a_notice_that_cannot_be_sent_holds_back_no_other(hub: Stand) -> None:
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss("first-api"))
    found = incidents.recent(hub.hub)[0]
    hub.send(wire.TRANSITIONS, loss("other-api", diagnosis=None))
    hub.hub.table.delete(f"incident#{found.id}", "header")
    hub.clock.at = at("10:05:10")
    with pytest.raises(sweep.SendFailed, match=found.id):
        run.take(hub.hub, {"kind": "tick"})
    assert "other-api" in hub.page_text()


def test_another_writer_in_between_is_seen_and_its_work_kept(hub: Stand) -> None:
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss("orders-api"))
    found = incidents.recent(hub.hub)[0]
    work = incidents.Work(hub=hub.hub)
    assert work.header(found.id) == found
    hub.send(wire.TRANSITIONS, loss("search-api"))
    work.set(replace(found, changed_at=at("10:04:41")))
    with pytest.raises(Stale):
        incidents.commit(work, lambda incident: incident)
    assert incidents.recent(hub.hub)[0].failing == 2


@pytest.fixture
def app(hub: Stand, monkeypatch: pytest.MonkeyPatch):
    settings = hub.hub.settings
    for name in settings.__dataclass_fields__:
        monkeypatch.setenv(name.upper(), str(getattr(settings, name)))
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "alerter")
    module = importlib.reload(importlib.import_module("alerter.app"))
    monkeypatch.setattr(module, "hub", hub.hub)
    return module


def test_one_poisoned_message_never_stops_the_others_of_its_batch(app, hub: Stand) -> None:
    hub.clock.at = at("10:04:40")
    bodies = [
        "{not json",
        json.dumps({"detail-type": "Something Else", "detail": {}}),
        json.dumps(hub.member(wire.TRANSITIONS, loss())),
        json.dumps({"kind": "tick"}),
    ]
    records = [
        {"messageId": str(n), "body": body, "eventSource": "aws:sqs", "attributes": {}}
        for n, body in enumerate(bodies)
    ]
    context = SimpleNamespace(
        function_name="alerter",
        memory_limit_in_mb=512,
        invoked_function_arn="arn",
        aws_request_id="1",
        get_remaining_time_in_millis=lambda: 60_000,
    )
    answer = app.handler({"Records": records}, context)
    failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
    assert failed == {"0", "1"}
    assert len(incidents.recent(hub.hub)) == 1
