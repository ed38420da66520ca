import pytest
from moto import mock_aws

from tests.unit.checker.loopback import HOST
from tests.unit.checker.org import writer
from tests.unit.checker.world import World
from tests.zoo import names
from tests.zoo.authority import Authority


@pytest.fixture
def world(monkeypatch):
    """A member with one placed VPC and one registered endpoint, `orders`, ticked once."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with mock_aws():
        made = World()
        made.place(made.vpc)
        made.register("orders")
        made.tick()
        made.queued()
        yield made


@pytest.fixture
def org(world):
    """Writes the organisation's file; the member reads it at once."""
    return writer(world)


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def name_server():
    with names.serve({HOST: names.addresses("127.0.0.1")}) as server:
        yield server
