"""A loopback look: names from the zoo's name server, the guard lifted for loopback alone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from probing import guard
from probing.clock import Clock
from probing.endpoint import Endpoint
from probing.means import Means
from probing.run import look
from probing.wire import Answer, Probe, Work
from tests.zoo import names
from tests.zoo.authority import Authority

HOST = "api.example"


def allow_loopback(address: str, own_addresses: object) -> str | None:
    return None if address == "127.0.0.1" else guard.check(address)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def zone() -> dict[str, names.Behaviour]:
    return {HOST: names.addresses("127.0.0.1")}


@pytest.fixture
def name_server(zone: dict[str, names.Behaviour]) -> Iterator[names.NameServer]:
    with names.serve(zone) as server:
        yield server


Looks = Callable[..., Answer]


@pytest.fixture
def looks(name_server: names.NameServer, authority: Authority, tmp_path: Path) -> Looks:
    """`looks(*endpoints or probes, timeout=..., deadline=..., sentinels=..., clock=...,
    **means)`."""

    def run(
        *asked: Endpoint | Probe,
        timeout: float = 2.0,
        deadline: float = 10.0,
        sentinels: tuple[str, ...] = (),
        clock: Clock | None = None,
        **means: object,
    ) -> Answer:
        probes = tuple(p if isinstance(p, Probe) else Probe(endpoint=p) for p in asked)
        work = Work(
            look="l1",
            probes=probes,
            sentinels=sentinels,
            probe_timeout_seconds=timeout,
            deadline_seconds=deadline,
        )
        given: dict[str, object] = {
            "guard": allow_loopback,
            "ca_file": authority.ca_file,
            "dns_port": name_server.port,
            "lookup": lambda host: ("127.0.0.1",),
            "release": "1.2.3",
        }
        return look(
            work,
            clock or Clock(),
            resolv_conf=name_server.resolv_conf(tmp_path),
            means=Means(**(given | means)),
        )

    return run
