"""`gatewatch report` and `export` on a hub's table."""

import json
from pathlib import Path

import pytest

from alerter import incidents
from alerter.table import Item, Put
from reasoning import wire
from tests.support.story import at, creation
from tests.unit.alerter.hub_stand import Stand
from tests.unit.cli.told_course import course


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
