"""`gatewatch report`, `export`, `incidents`, `ack` and `silence` on a hub's table."""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import boto3
import pytest

from alerter import incidents, run
from alerter.table import Item, Put
from gatewatch.main import main
from probing.clock import Clock
from reasoning import wire
from reasoning.told import Mode
from tests.support.story import ACCOUNT, REGION, at, creation, loss, recovery
from tests.unit.alerter.hub_stand import ENVIRONMENT, Stand, plain, seen_alive, stand

TEMPLATE = {
    "Parameters": {"DefaultOwner": {"Type": "String", "Default": "platform"}},
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
    "Outputs": {"TableName": {"Value": ENVIRONMENT["TABLE"]}, "HubBusName": {"Value": "hub"}},
}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    """A hub in observe mode, its stack, and the commands' clock at 10:30 of the story."""
    values = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "MOTO_ACCOUNT_ID": ACCOUNT,
        "POWERTOOLS_LOG_LEVEL": "WARNING",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    real = Clock().now_at()
    clock = Clock(real_start_at=real, lab_start_at=at("10:30:00"), scale=1.0)
    monkeypatch.setenv("GATEWATCH_CLOCK", str(clock))
    with stand() as made:
        settings = replace(made.hub.settings, mode=Mode.OBSERVE)
        made.hub = replace(made.hub, settings=settings)
        stacks = boto3.client("cloudformation")
        stacks.create_stack(StackName="gatewatch", TemplateBody=json.dumps(TEMPLATE))
        yield made


@pytest.fixture
def gatewatch(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """The exit code of `gatewatch ARGUMENTS`, its stdout and its stderr."""

    def called(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["gatewatch", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return called


def course(hub: Stand) -> tuple[str, str]:
    """One explained incident that is over, one unexplained that is open; their ids."""
    seen_alive(hub)
    hub.send(wire.CHANGE, creation())
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss())
    hub.to("10:06:00")
    hub.clock.at = at("10:22:06")
    hub.send(wire.TRANSITIONS, recovery())
    hub.to("10:24:00")
    hub.send(wire.TRANSITIONS, plain("ledger-api"))
    hub.to("10:30:00")
    over, still = incidents.recent(hub.hub)
    assert (over.stage, still.stage) == ("resolved", "open")
    return over.id, still.id


def reload(hub: Stand, name: str):
    found = incidents.load(hub.hub, name)
    assert found is not None
    return found


def test_the_report_says_what_would_have_paged_explained_or_not_by_owner(
    hub: Stand, gatewatch
) -> None:
    over, still = course(hub)
    code, out, _ = gatewatch("report", "--since", "2h")
    assert code == 0
    assert "2 pages: 0 rang, 2 would have (withheld: observe); 2 incidents began, 1 open" in out
    assert "1 of 2 pages (50 %) name a change that is proven or likely" in out
    (owner,) = [line.split() for line in out.splitlines() if line.startswith("payments")]
    assert owner == ["payments", "2", "1", "2", "18", "min"]
    lines = {line.split()[-3]: line for line in out.splitlines() if "withheld: observe" in line}
    assert "proven CreateVpcEndpoint" in lines[over]
    assert "none known" in lines[still] and "open" in lines[still]
    code, out, _ = gatewatch("report", "--since", "2h", "--json")
    data = json.loads(out)
    assert (data["schema"], data["pages_total"], data["pages_explained"]) == (
        "gatewatch.report/1",
        2,
        1,
    )


def test_a_report_of_a_time_without_incidents(hub: Stand, gatewatch) -> None:
    code, out, _ = gatewatch("report")
    assert code == 0
    assert "0 pages: 0 rang" in out


def test_incidents_are_exported_once_each_as_json_lines(hub: Stand, gatewatch) -> None:
    over, still = course(hub)
    code, out, _ = gatewatch("export", "incidents", "--since", "2h")
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [(row["id"], row["stage"]) for row in rows] == [(over, "resolved"), (still, "open")]
    assert "netadmin@example.com" in out
    _, out, _ = gatewatch("export", "incidents", "--since", "2h", "--actor", "none")
    assert "netadmin" not in out


def test_what_was_cleared_from_the_index_is_exported_still(hub: Stand, gatewatch) -> None:
    over, _ = course(hub)
    hub.to("10:45:00")
    assert over not in [one.id for one in incidents.recent(hub.hub)]
    _, out, _ = gatewatch("export", "incidents", "--since", "2h")
    assert over in out


def test_changes_are_exported_to_a_file_that_appears_whole(
    hub: Stand, gatewatch, tmp_path: Path
) -> None:
    hub.send(wire.CHANGE, creation(), creation(id="later", at=at("10:20:00")))
    out = tmp_path / "changes.jsonl"
    code, printed, told = gatewatch("export", "changes", "--since", "2h", "--out", str(out))
    assert (code, printed) == (0, "")
    assert "2 changes in" in told
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["id"] for row in rows] == [creation().id, "later"]
    assert list(tmp_path.iterdir()) == [out]


def test_a_period_has_two_ends(hub: Stand, gatewatch) -> None:
    hub.send(wire.CHANGE, creation(), creation(id="later", at=at("10:20:00")))
    asked = ("--since", "2026-11-21T10:00Z", "--until", "2026-11-21T10:10Z")
    _, out, _ = gatewatch("export", "changes", *asked)
    assert [json.loads(line)["id"] for line in out.splitlines()] == [creation().id]


def test_a_record_that_cannot_be_read_is_left_out_and_told(hub: Stand, gatewatch) -> None:
    hub.send(wire.CHANGE, creation())
    item = hub.hub.table.query(f"ledger#{int(at('10:02:51') // 3600)}")[0]
    broken = Item(pk=item.pk, sk=f"{item.sk}x", body={"id": "broken"})
    hub.hub.table.put(Put(item=broken))
    code, out, told = gatewatch("export", "changes", "--since", "2h")
    assert code == 4
    assert len(out.splitlines()) == 1
    assert "left out, cannot be read" in told


def test_open_incidents_are_listed(hub: Stand, gatewatch) -> None:
    over, still = course(hub)
    code, out, _ = gatewatch("incidents")
    assert code == 0
    assert still in out and over not in out
    _, out, _ = gatewatch("incidents", "--json")
    assert [row["id"] for row in json.loads(out)] == [still]


def test_none_open_is_said(hub: Stand, gatewatch) -> None:
    assert gatewatch("incidents")[1] == "no incident is open\n"


def test_an_acknowledged_incident_is_called_to_mind_no_more(hub: Stand, gatewatch) -> None:
    _, still = course(hub)
    code, out, _ = gatewatch("ack", still[:4].lower(), "--by", "alice")
    assert (code, out) == (0, f"{still}: acknowledged by alice\n")
    found = reload(hub, still)
    assert (found.acknowledged, found.acknowledged_by) == (True, "alice")
    hub.clock.at = at("14:30:00")
    hub.to("14:40:00")
    assert ("chat", "reminder") not in hub.said
    assert "alice" in gatewatch("incidents")[1]


@pytest.mark.parametrize("word", ["ack", "silence"])
def test_for_a_while_puts_the_next_reminder_off_to_its_end(
    hub: Stand, gatewatch, word: str
) -> None:
    _, still = course(hub)
    assert gatewatch(word, still, "--for", "6h")[0] == 0
    hub.to("10:32:00")
    hub.clock.at = at("16:28:00")
    hub.to("16:29:30")
    assert ("chat", "reminder") not in hub.said
    hub.to("16:32:00")
    assert hub.said.count(("chat", "reminder")) == 1


def test_who_says_so_is_who_the_credentials_say(hub: Stand, gatewatch) -> None:
    _, still = course(hub)
    gatewatch("silence", still, "--for", "1h")
    assert reload(hub, still).silenced_by == "moto"


def test_an_acknowledged_incident_does_not_page_when_the_hub_begins_to_notify(
    hub: Stand, gatewatch
) -> None:
    _, still = course(hub)
    gatewatch("ack", still)
    hub.hub = replace(hub.hub, settings=replace(hub.hub.settings, mode=Mode.NOTIFY))
    hub.to("10:50:00")
    assert [said for said in hub.said if said[0] == "page"] == []


def test_a_word_said_keeps_what_a_newer_release_wrote(hub: Stand, gatewatch) -> None:
    _, still = course(hub)
    header = hub.hub.table.get(f"incident#{still}", "header")
    later = replace(header, body={**header.body, "of_a_later_release": 7})
    hub.hub.table.put(Put(item=later))
    gatewatch("ack", still)
    body = hub.hub.table.get(f"incident#{still}", "header").body
    assert (body["of_a_later_release"], body["version"]) == (7, int(header.number) + 1)
    run.take(hub.hub, {"kind": "tick"})
    assert reload(hub, still).acknowledged


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["ack", "NOSUCH"], 2, "is not known: `gatewatch incidents` lists open ones"),
        (["silence", "NOSUCH", "--for", "soon"], 2, "--for soon: want a period such as 14d"),
        (["report", "--since", "yesterday"], 2, "--since yesterday: want a period such as 14d"),
        (["export", "people"], 2, "say changes or incidents"),
        (["export", "changes", "--actor", "all"], 2, "--actor full, role or none"),
        (["export", "changes", "--since", "1h", "--until", "2h"], 2, "lies before --since"),
        (["report", "--stack", "other"], 3, "no hub: "),
        (["export", "changes", "--out", "/nowhere/at/all"], 3, "cannot be written"),
    ],
)
def test_what_is_asked_wrongly_is_told(
    hub: Stand, gatewatch, arguments: list[str], code: int, told: str
) -> None:
    ended, out, error = gatewatch(*arguments)
    assert (ended, out) == (code, "")
    assert told in error


def test_one_that_is_over_cannot_be_acknowledged(hub: Stand, gatewatch) -> None:
    over, _ = course(hub)
    code, _, told = gatewatch("ack", over)
    assert code == 2
    assert "is over" in told
