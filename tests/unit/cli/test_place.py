"""`gatewatch place`: what is told of several VPCs, and why nothing could be done."""

import json
import sys
from dataclasses import replace

import pytest

from gatewatch.commands import place
from gatewatch.main import main
from placer.calls import PlaceError
from placer.stack import Action, Placed
from placer.standing import Standing

STANDING = Standing(subnet_ids=("subnet-1",), zones=("us-east-1a",), not_representative="no way")


def placed(vpc_id: str) -> tuple[Placed, Standing]:
    """What placing does to VPCs of which `vpc-bad` is refused."""
    if vpc_id == "vpc-bad":
        raise PlaceError("CreateStack was refused")
    return Placed(stack=f"gatewatch-canary-{vpc_id}", action=Action.CREATED), STANDING


@pytest.mark.parametrize(
    ("vpc_ids", "code"),
    [
        pytest.param(["vpc-1", "vpc-2"], 0, id="all done"),
        pytest.param(["vpc-1", "vpc-bad"], 4, id="some done"),
        pytest.param(["vpc-bad"], 3, id="none done"),
    ],
)
def test_the_code_says_whether_all_some_or_none_were_placed(
    vpc_ids: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert place.each(vpc_ids, placed, as_json=True) == code
    rows = json.loads(capsys.readouterr().out)
    assert [row["vpc_id"] for row in rows] == vpc_ids
    assert [bool(row["error"]) for row in rows] == [v == "vpc-bad" for v in vpc_ids]


@pytest.mark.parametrize("ipv6", [True, False])
def test_a_canary_placed_by_hand_has_ipv6_where_its_subnets_do(ipv6: bool) -> None:
    made = place.placement_of("vpc-1", replace(STANDING, ipv6=ipv6), place.Options())
    assert (made.ipv6, made.by_hand) == (ipv6, True)


def test_a_canary_that_sees_less_than_workloads_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    place.each(["vpc-1"], placed, as_json=False)
    assert "judged by route alone: no way" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param([], "AWS: You must specify a region", id="no Region"),
        pytest.param(["--subnet", "a", "vpc-2"], "one VPC at a time", id="subnets of which?"),
    ],
)
def test_why_nothing_could_be_done_is_one_line_and_code_3(
    arguments: list[str],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setattr(sys, "argv", ["gatewatch", "place", "vpc-1", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    error = capsys.readouterr().err
    assert ended.value.code == 3
    assert told in error
    assert len(error.splitlines()) == 1
