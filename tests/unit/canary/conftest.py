import pytest

from canary.controls import Controls
from probing.clock import Clock
from tests.unit.canary import controls_made


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    return controls_made.make(tmp_path_factory.mktemp("controls") / "certificates")


@pytest.fixture
def controls(certificates):
    return Controls(certificates=certificates, clock=Clock())
