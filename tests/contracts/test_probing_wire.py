"""Work and Answer as every release has written them: each stored version must still be read.

A roll-out takes hours, and in it a checker of one release speaks to canaries of another.
"""

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probing.endpoint import Auth, AuthKind, Endpoint, Expect, Severity
from probing.outcome import Failure, Outcome, Resolution, Sentinel, Stage, State, Step, View
from probing.wire import VERSION, Answer, Probe, WireError, Work, read, to_json

STORED = Path(__file__).parent / "wire"
RESOLUTION = Resolution(
    host="abc.execute-api.us-east-1.amazonaws.com",
    name_server="10.0.0.2",
    rcode="NOERROR",
    addresses=("10.0.0.91", "fd12::91"),
    cname_chain=("execute-api.us-east-1.amazonaws.com",),
    ttl_seconds=60,
    getaddrinfo=("10.0.0.91",),
    elapsed_ms=1.5,
)
RECORDS = {
    "work": Work(
        look="a/us-east-1/vpc-0a1/1763726400",
        probes=(
            Probe(
                endpoint=Endpoint(
                    id="orders-api",
                    url="https://abc.execute-api.us-east-1.amazonaws.com/prod",
                    source="/gatewatch/endpoints/orders-api",
                    headers=(("x-team", "orders"),),
                    server_name="abc.example",
                    auth=Auth(kind=AuthKind.API_KEY, header="x-api-key", secret="ssm:/orders/key"),
                    expect=Expect(
                        status=((200, 299), (403, 403)),
                        latency_ms=800.0,
                        resolves_to="public",
                        body_contains="ok",
                    ),
                    owner="orders",
                    severity=Severity.CRITICAL,
                    service="orders",
                    runbook="https://wiki.example/orders",
                    page_after_seconds=60.0,
                    from_vpcs=("vpc-0a1",),
                ),
                view=View.PINNED,
                pin="203.0.113.9",
                secret_headers={"x-api-key": "not-a-real-key"},
            ),
        ),
        sentinels=("execute-api.us-east-1.amazonaws.com",),
        probe_timeout_seconds=1.5,
        deadline_seconds=18.0,
    ),
    "answer": Answer(
        look="a/us-east-1/vpc-0a1/1763726400",
        outcomes=(
            Outcome(
                endpoint="orders-api",
                view=View.INSIDE,
                state=State.FAILING,
                started_at=1763726400.0,
                ended_at=1763726400.5,
                steps=(
                    Step(stage=Stage.RESOLVE, elapsed_ms=1.5),
                    Step(
                        stage=Stage.HTTP,
                        elapsed_ms=20.0,
                        failure=Failure.HTTP_STATUS,
                        detail="status 403, expected 200-399",
                        evidence={"status": 403, "headers": {"server": "Server"}},
                    ),
                ),
                resolution=RESOLUTION,
                address="10.0.0.91",
            ),
        ),
        sentinels=(Sentinel(service="execute-api.us-east-1.amazonaws.com", resolution=RESOLUTION),),
        addresses=("10.0.0.7",),
        name_server="10.0.0.2",
        release="1.0.0",
    ),
}


def stored(name: str) -> list[Path]:
    return sorted(STORED.glob(f"{name}-*.json"))


@pytest.mark.parametrize("name", RECORDS)
def test_every_stored_version_is_read_as_what_it_says(name):
    paths = stored(name)
    assert paths
    for path in paths:
        assert read(type(RECORDS[name]), json.loads(path.read_text())) == RECORDS[name], path


@pytest.mark.parametrize("name", RECORDS)
def test_what_is_written_now_keeps_all_that_was_ever_stored(name):
    def lost(old: object, new: object, path: str = "") -> list[str]:
        if isinstance(old, dict) and isinstance(new, dict):
            return [p for k in old for p in lost(old[k], new.get(k, "absent"), f"{path}.{k}")]
        if isinstance(old, list) and isinstance(new, list):
            return [p for n, k in enumerate(old) for p in lost(k, new[n], f"{path}[{n}]")]
        return [] if old == new else [path]

    written = json.loads(json.dumps(to_json(RECORDS[name])))
    for path in stored(name):
        assert lost(json.loads(path.read_text()), written) == []


@pytest.mark.parametrize("name", RECORDS)
def test_keys_of_a_later_release_are_ignored(name):
    data = json.loads(json.dumps(to_json(RECORDS[name])))
    assert read(type(RECORDS[name]), data | {"of_tomorrow": {"a": 1}}) == RECORDS[name]


@pytest.mark.parametrize("version", [None, 0, VERSION + 1, "1"])
def test_a_version_that_we_do_not_read_is_refused(version):
    with pytest.raises(WireError):
        read(Work, to_json(RECORDS["work"]) | {"version": version})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(st.sampled_from(["look", "probes", "sentinels", "deadline_seconds"]), JSON)
def test_nonsense_is_refused_as_a_wire_error_or_read(key, value):
    with contextlib.suppress(WireError):
        read(Work, json.loads(json.dumps(to_json(RECORDS["work"]))) | {key: value})
