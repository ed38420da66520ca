import pytest
from moto import mock_aws

from tests.unit.checker.world import World


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
