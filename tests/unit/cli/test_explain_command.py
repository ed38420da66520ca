import gzip
import io
import json

import pytest

from gatewatch.commands.explain import run
from tests.unit.reasoning.changes.cloudtrail_records import RECORDER, a_record, sample

CREATE = str(RECORDER / "ec2.CreateVpcEndpoint.json")
DENIED = str(RECORDER / "ec2.CreateVpcEndpoint.denied.json")
KEYS = ["kind", "event_name", "resource_ids", "actor", "tool", "time", "account", "region",
        "summary"]  # fmt: skip


def explained(*paths, stdin="", as_json=True):
    out, err = io.StringIO(), io.StringIO()
    code = run(paths, json=as_json, stdin=io.StringIO(stdin), stdout=out, stderr=err)
    rows = [json.loads(line) for line in out.getvalue().splitlines()] if as_json else out.getvalue()
    return code, rows, err.getvalue()


def test_json_is_one_object_a_line_with_the_keys_of_the_contract():
    code, rows, err = explained(CREATE, DENIED)
    assert (code, err, len(rows)) == (0, "", 2)
    change = rows[0]["change"]
    assert list(change) == KEYS
    assert list(change["actor"]) == ["name", "type", "arn", "role", "session", "account"]
    assert list(change["tool"]) == ["name", "user_agent"]
    assert change["time"] == "2026-11-21T10:02:51Z"
    assert change["resource_ids"][:2] == ["vpce-0a1b2c3d4e5f60718", "vpc-0a1b2c3d4e5f6a7b8"]
    assert rows[0]["ignored"] is None
    assert rows[1]["change"] is None
    assert "UnauthorizedOperation" in rows[1]["ignored"]


def test_a_refused_envelope_is_no_change_and_no_failure():
    code, rows, _ = explained(str(RECORDER / "ec2.CreateVpcEndpoint.other_account.json"))
    assert code == 0
    assert rows[0]["change"] is None
    assert "refused" in rows[0]["ignored"]


ONE = json.dumps(sample("ec2.CreateVpcEndpoint"))
PRETTY = json.dumps(sample("ec2.CreateVpcEndpoint"), indent=2)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (ONE, 1),
        (PRETTY, 1),
        ("\ufeff" + PRETTY, 1),
        (f"[{ONE}, {ONE}]", 2),
        (json.dumps({"Records": [a_record(), a_record()]}), 2),
        (json.dumps({"Records": []}), 0),
        (f"{ONE}\n\n{ONE}\n", 2),
        (f"{PRETTY}\n{PRETTY}", 2),
        (
            json.dumps({"Events": [{"EventName": "x", "CloudTrailEvent": json.dumps(a_record())}]}),
            1,
        ),
        (json.dumps(sample("sqs")), 2),
    ],
)
def test_events_are_found_in_every_form_of_file(tmp_path, text, count):
    file = tmp_path / "events"
    file.write_text(text, encoding="utf-8")
    code, rows, err = explained(str(file))
    assert (code, err) == (0, "")
    assert [bool(row["change"]) for row in rows] == [True] * count


def test_a_gzipped_log_is_read(tmp_path):
    file = tmp_path / "log.json.gz"
    file.write_bytes(gzip.compress(json.dumps({"Records": [a_record()]}).encode()))
    assert explained(str(file))[1][0]["change"]["kind"] == "create_vpc_endpoint"


def test_standard_input_is_read_for_a_dash():
    assert explained("-", stdin=ONE)[1][0]["change"]["kind"] == "create_vpc_endpoint"


@pytest.mark.parametrize("value", ["null", "5", '"x"', "[1, null]", "{}", "[[]]", '{"Records": 5}'])
def test_json_that_is_no_event_is_ignored_with_a_reason(value):
    code, rows, _ = explained("-", stdin=value)
    assert code == 0
    assert rows
    assert all(row["change"] is None and row["ignored"] for row in rows)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b"not json", "is not JSON"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"\x1f\x8bdamaged", "cannot be read"),
        (PRETTY[:900].encode(), "is not JSON"),
        (b"[" * 100_000, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_the_rest_still_explained(tmp_path, content, why):
    file = tmp_path / "broken"
    file.write_bytes(content)
    code, rows, err = explained(str(file), CREATE)
    assert code == 2
    assert [row["change"] and row["change"]["kind"] for row in rows] == ["create_vpc_endpoint"]
    assert "broken" in err
    assert why in err


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    code, rows, err = explained(str(tmp_path / "none"), str(tmp_path), CREATE)
    assert (code, len(rows), len(err.splitlines())) == (2, 1, 2)


def test_a_broken_line_is_named_and_the_other_lines_explained():
    code, rows, err = explained("-", stdin=f"{ONE}\n{{broken\n{ONE}\n")
    assert (code, len(rows)) == (2, 2)
    assert "standard input:2" in err


def test_people_read_what_who_and_what_could_break():
    code, text, _ = explained(CREATE, DENIED, as_json=False)
    assert code == 0
    for said in ("netadmin@example.com", "AWS CLI", "*.execute-api.us-east-1", "Breaks   yes",
                 "Ignored  CreateVpcEndpoint: failed"):  # fmt: skip
        assert said in text
