"""A machine that is short of descriptors, threads or memory: unknown at worst, and well again."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.zoo import stand

ROOT = Path(__file__).parents[2]
GOOD = ["good", "good (TLS)"] * 10
BAD = {
    "certificate: expired": "tls_expired",
    "reset after the request": "http_reset",
    "hears and says nothing": "http_timeout",
    "endless header line": "http_malformed",
    "TLS: TLS 1.0 alone": "tls_version",
}
LARGE = ["certificate: chain of 64 kB", "gzip bomb (TLS)", "endless body"]
ROW_KB = 16 * 1024
ALL_AT_ONCE_KB = 48 * 1024
LATER_KB = 8 * 1024

Alone = Callable[[str, list[str]], list[Any]]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alone]:
    """`alone(what, rows)`: what `tests.faults.alone` printed."""
    with stand.beside(tmp_path_factory.mktemp("stand")) as zoo:

        def run(what: str, rows: list[str]) -> list[Any]:
            done = subprocess.run(
                [sys.executable, "-m", "tests.faults.alone", what],
                input=json.dumps({"stand": asdict(zoo), "rows": rows}),
                capture_output=True,
                text=True,
                cwd=ROOT,
                timeout=100,
            )
            assert done.returncode == 0, done.stderr[-2000:]
            return json.loads(done.stdout)

        yield run


def wrong(look: list[list[str]]) -> list[list[str]]:
    """What is neither unknown nor the truth."""
    return [told for told in look if told[1] != "unknown" and told[2] != BAD.get(told[0], "")]


def unknown(look: list[list[str]]) -> list[list[str]]:
    return [told for told in look if told[1] == "unknown"]


@pytest.mark.parametrize("what", ["files", "threads", "memory"])
def test_what_we_are_short_of_is_never_told_of_an_endpoint_and_passes(alone, what):
    looks = alone(what, [*GOOD, *BAD, *LARGE])
    assert [told for look in looks for told in wrong(look)] == []
    *short, well = looks
    assert unknown(well) == [] and len(well) == len(GOOD) + len(BAD) + len(LARGE)
    if what == "files":
        assert len(unknown(short[0])) == len(well) and len(unknown(short[1])) < len(well)
    if what == "threads":
        assert [unknown(look) for look in short] == [[], [], []]
    if what == "memory":
        assert any(unknown(look) or not look for look in short)


def test_no_peer_takes_more_memory_than_an_answer_may(alone):
    peaks = alone("peak", ["gzip bomb", *LARGE, "endless headers", *BAD])
    assert {name: kb for name, kb in peaks if kb > ROW_KB} == {}


def test_the_whole_zoo_leaves_little_memory_behind_and_less_with_each_look(alone):
    first, later = alone("whole", [row.name for row in stand.ROWS])
    assert first < ALL_AT_ONCE_KB
    assert later < LATER_KB
