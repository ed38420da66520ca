"""Messages that are about no incident, held to golden files."""

import pytest

from reasoning import bulletin
from reasoning.blind import Blind
from reasoning.forecast import Expected, Forecast, KnownPair
from reasoning.placements import Left
from reasoning.told import Where
from reasoning.transition import MemberProblem
from tests.support.story import (
    ACCOUNT,
    CAPTOR,
    NAMES,
    REGION,
    VPC,
    at,
    creation,
    endpoint,
    known,
)
from tests.support.telling import NOW, expected


def pair(name: str) -> Expected:
    held = KnownPair(
        account=ACCOUNT,
        region=REGION,
        vpc_id=VPC,
        endpoint=endpoint(name, owner="payments"),
        health=known(name).health,
        route_class=known(name).route_class,
    )
    return Expected(pair=held, why="its name will resolve to the endpoint")


BULLETINS = {
    "forecast": lambda: bulletin.forecast(
        Forecast(
            change=creation(),
            vpc_id=VPC,
            endpoint_id=CAPTOR,
            names=tuple(NAMES),
            captured=tuple(pair(f"api-{number}") for number in range(7)),
        ),
        default_owner="platform",
    ),
    "captured": lambda: bulletin.captured(
        VPC, ["execute-api"], account=ACCOUNT, region=REGION, at=NOW, owner="platform"
    ),
    "problem": lambda: bulletin.problem(
        MemberProblem(key="no_trail", what="no trail records", mend="make one", at=NOW),
        account=ACCOUNT,
        region=REGION,
        default_owner="platform",
    ),
    "never-reachable": lambda: bulletin.never_good(
        known("orders-api"),
        pair=f"orders-api@{ACCOUNT}/{REGION}/{VPC}",
        since_at=at("10:00:00"),
        default_owner="platform",
    ),
    "left": lambda: bulletin.left(
        Left(account=ACCOUNT, region=REGION, at=NOW), vpcs=3, owner="platform"
    ),
    "blind": lambda: bulletin.blind(
        Blind(
            key="k",
            account=ACCOUNT,
            region=REGION,
            where=Where.PAGE,
            since_at=at("10:00:00"),
            vpcs=("vpc-0a1", "vpc-0b2", "vpc-0c3"),
            total=12,
        ),
        owner="platform",
        now_at=NOW,
    ),
}


@pytest.mark.parametrize("name", BULLETINS)
def test_a_bulletin_reads_as_agreed(name: str) -> None:
    text = BULLETINS[name]().text + "\n"
    assert text == expected(f"{name}.txt", text)
