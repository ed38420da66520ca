"""Dummy credentials for moto, a member's placer to test, and who waits for its answers."""

from collections.abc import Iterator

import pytest

from tests.unit.placer import member_stand
from tests.unit.placer.formation import Formation, waiting_for_answers


@pytest.fixture(autouse=True)
def dummy_account(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": member_stand.REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "MOTO_ACCOUNT_ID": member_stand.ACCOUNT,
        "POWERTOOLS_LOG_LEVEL": "WARNING",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


@pytest.fixture
def stand() -> Iterator[member_stand.Stand]:
    with member_stand.stand() as made:
        yield made


@pytest.fixture
def formation() -> Iterator[Formation]:
    with waiting_for_answers() as waiting:
        yield waiting
