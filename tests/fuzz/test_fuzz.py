"""A small budget of each fuzz target; `make fuzz` gives them a larger one."""

import pytest

from tests.fuzz.targets import TARGETS

EXAMPLES = {"registry": 400, "http": 512, "websocket": 256, "dns": 384, "messages": 400}


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_is_too_much(name, tmp_path):
    became = TARGETS[name](EXAMPLES[name], 1, tmp_path)
    assert sum(became.values()) >= EXAMPLES[name]
    # Inputs that all end alike would test nothing.
    assert len(became) >= 2
