"""An organisation to publish to, and a publication of it in this process."""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gatewatch.commands import publish
from gatewatch.publishing.request import HubAt, Request
from lab import stacksets
from lab.organisation import Organisation, organisation
from tests.publishing.standing import HUB_BUS, member


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Organisation]:
    """A fresh organisation over HTTP; this process speaks to it as its management account."""
    logging.getLogger("moto").setLevel(logging.CRITICAL)
    monkeypatch.setenv("GATEWATCH_CLOCK", "0/0/1000")
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with organisation() as found:
        for name, value in found.environment.items():
            monkeypatch.setenv(name, value)
        yield found
        stacksets.refusing.clear()


Publish = Callable[..., dict]


@pytest.fixture
def published(here: Organisation, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Publish:
    """`published(code=..., yes=True, **fields of Request)`: its JSON, with the exit code."""
    base = Request(
        hub=HubAt(bus_arn=HUB_BUS),
        waves=((here.units["workloads"],),),
        regions=("eu-west-1", "us-east-1"),
    )

    def run(code: str = "first", yes: bool = True, **changed: object) -> dict:
        capsys.readouterr()
        exit_code = publish.run(
            replace(base, **changed), yes, as_json=True, member=member(tmp_path, code)
        )
        return json.loads(capsys.readouterr().out) | {"exit_code": exit_code}

    return run
