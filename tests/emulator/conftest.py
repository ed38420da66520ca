"""One emulator for the session, and a fresh network for each test."""

from collections.abc import Iterator

import pytest

from tests.emulator.process import WORLD, Emulator, Network, make_network, start


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """The session's emulator of the world above, at scale 20."""
    process, running = start(tmp_path_factory.mktemp("emulator"), WORLD)
    yield running
    process.terminate()
    process.wait(timeout=60)


@pytest.fixture
def network(emulator: Emulator) -> Network:
    """A VPC for one test."""
    return make_network(emulator)
