"""Every hostile peer and name server at once, in ONE look, with good ones between them."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from probing.clock import Clock
from probing.endpoint import Endpoint
from probing.means import Means
from probing.outcome import Outcome, State
from probing.run import look
from probing.wire import Probe, Work, to_json
from tests.zoo import resolver_rows, stand
from tests.zoo.rows import Row

TIMEOUT_SECONDS = 4.0
MARGIN_SECONDS = 0.5
LOOK_SECONDS = 30.0
EVIDENCE_BYTES = 8_000
"""Of one outcome: 500 of them fit the 6 MB of an invocation's answer."""
GOOD_EVERY = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    outcomes: dict[str, Outcome]
    good: tuple[Outcome, ...]
    took_seconds: float


def only_loopback(address: str, own_addresses: object) -> str | None:
    return None if address == "127.0.0.1" else "no other address may be connected to by a test"


def pinned(row: Row, ports) -> Probe:
    return Probe(endpoint=row.endpoint(ports[row.name]), pin="127.0.0.1")


def resolved(row: resolver_rows.DnsRow, ports) -> Probe:
    url = f"http://{row.host}:{ports['good']}/x"
    endpoint = Endpoint(id=f"resolver: {row.name}", url=url, kind="http")
    return Probe(endpoint=endpoint, first=("127.0.0.1",))


def questioned(row: resolver_rows.DnsRow, query: str) -> Probe:
    """The same name server, asked by the kind of probe that asks it and nobody else."""
    endpoint = Endpoint(id=f"dns{query}: {row.name}", url=f"dns:{row.host}{query}", kind="dns")
    return Probe(endpoint=endpoint)


def texts(data: object) -> Iterator[str]:
    """Every text in JSON-able data."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        yield from texts([*data.keys(), *data.values()])
    elif isinstance(data, (list, tuple)):
        for item in data:
            yield from texts(item)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    with stand.beside(tmp_path_factory.mktemp("stand")) as zoo:
        hostile = [pinned(row, zoo.ports) for row in stand.ROWS]
        hostile += [resolved(row, zoo.ports) for row in resolver_rows.ROWS]
        hostile += [
            questioned(row, query)
            for row in resolver_rows.ROWS
            for query in ("", "?type=A", "?type=TXT")
        ]
        good = [pinned(row, zoo.ports) for row in stand.GOOD]
        probes: list[Probe] = []
        for index, probe in enumerate(hostile):
            probes += [*good, probe] if index % GOOD_EVERY == 0 else [probe]
        work = Work(
            look="zoo",
            probes=tuple(probes),
            probe_timeout_seconds=TIMEOUT_SECONDS,
            deadline_seconds=LOOK_SECONDS,
        )
        means = Means(
            guard=only_loopback,
            ca_file=zoo.ca_file,
            dns_port=zoo.dns_port,
            lookup=lambda host: ("127.0.0.1",),
        )
        started = time.monotonic()
        answer = look(work, Clock(), resolv_conf=zoo.resolv_conf, means=means)
        took = time.monotonic() - started
    names = {row.name for row in stand.GOOD}
    yield Seen(
        outcomes={o.endpoint: o for o in answer.outcomes if o.endpoint not in names},
        good=tuple(o for o in answer.outcomes if o.endpoint in names),
        took_seconds=took,
    )


@pytest.mark.parametrize("row", stand.ROWS, ids=lambda row: row.name)
def test_each_peer_is_told_as_what_it_is(seen, row):
    outcome = seen.outcomes[row.name]
    told = outcome.steps[-1]
    assert (outcome.failure, outcome.status) == (row.failure, row.status), told
    assert outcome.state is (State.FAILING if row.failure else State.OK)
    assert bool(told.detail) is (row.failure is not None)


@pytest.mark.parametrize("row", resolver_rows.ROWS, ids=lambda row: row.name)
def test_each_name_server_is_told_as_what_it_is(seen, row):
    outcome = seen.outcomes[f"resolver: {row.name}"]
    resolution = outcome.resolution
    assert resolution.failure is row.failure, resolution
    assert outcome.state is (State.FAILING if row.failure else State.OK)
    assert ("127.0.0.1" in resolution.addresses) is (row.failure is None)
    assert len(resolution.addresses) <= 64 and len(resolution.cname_chain) <= 16
    assert resolution.ttl_seconds is None or 0 <= resolution.ttl_seconds < 2**31
    assert bool(resolution.detail) is (row.failure is not None)


@pytest.mark.parametrize("row", resolver_rows.ROWS, ids=lambda row: row.name)
def test_each_name_server_is_told_alike_by_the_kind_that_asks_it_alone(seen, row):
    assert seen.outcomes[f"dns: {row.name}"].failure is row.failure
    told = seen.outcomes[f"dns?type=A: {row.name}"]
    assert told.failure is row.failure, told
    assert ("127.0.0.1" in told.steps[0].evidence["records"]) is (row.failure is None)
    texts_of = seen.outcomes[f"dns?type=TXT: {row.name}"]
    assert texts_of.state is not State.UNKNOWN, texts_of


def test_no_peer_costs_a_good_one_anything(seen):
    assert len(seen.good) > 40
    assert {outcome.state for outcome in seen.good} == {State.OK}


def test_no_peer_holds_its_probe_beyond_the_deadline(seen):
    limit = TIMEOUT_SECONDS + MARGIN_SECONDS
    late = {
        name: outcome.ended_at - outcome.started_at
        for name, outcome in seen.outcomes.items()
        if not name.startswith("resolver: ") and outcome.ended_at - outcome.started_at > limit
    }
    assert not late
    slow = {n: o.elapsed_ms for n, o in seen.outcomes.items() if o.elapsed_ms > limit * 1000}
    assert not slow
    assert seen.took_seconds < LOOK_SECONDS


def test_what_is_kept_of_a_peer_is_bounded_and_printable(seen):
    for name, outcome in seen.outcomes.items():
        told = to_json(outcome)
        assert len(json.dumps(told)) < EVIDENCE_BYTES, name
        assert [text for text in texts(told) if not text.isprintable()] == [], name


def test_a_redirect_to_itself_is_asked_for_once_and_a_header_cannot_forge_another(seen):
    kept = seen.outcomes["redirects to itself"].steps[-1].evidence["headers"]
    assert kept["location"] == "/x"
    folded = seen.outcomes["a folded header"].steps[-1].evidence["headers"]["server"]
    assert folded.split() == ["zoo", "folded", "again"]
    forged = seen.outcomes["a header injected by CRLF"].steps[-1].evidence["headers"]
    assert forged == {"server": "zoo"}


def test_a_chain_keeps_its_beginning_and_its_end(seen):
    chain = seen.outcomes["resolver: a chain of 40"].resolution.cname_chain
    assert chain[0] == "link0.zoo.example" and chain[-1] == "link39.zoo.example"


def test_a_loop_of_names_is_said_to_be_one(seen):
    detail = seen.outcomes["resolver: two names that lead to each other"].resolution.detail
    assert "lead back to" in detail


def test_a_name_of_private_addresses_resolves_and_is_not_judged_here(tmp_path, looks, zone):
    row = resolver_rows.CAPTURED
    zone[row.host] = row.behave
    asked = Endpoint(id="e", url=f"http://{row.host}:9/", kind="http")
    (outcome,) = looks(asked, guard=only_loopback).outcomes
    assert outcome.resolution.addresses == ("10.0.0.91", "192.168.3.4")
    assert outcome.resolution.failure is None and outcome.state is State.UNKNOWN
