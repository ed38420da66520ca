"""What `make check` makes of checkov's findings. Checkov itself runs there, not here."""

import pytest

from lab.iam import checkov, grants


@pytest.mark.parametrize(
    "seen, reasons, told",
    [
        (set(), set(), []),
        ({("A", "x")}, {("A", "x")}, []),
        ({("A", "x")}, set(), ["x: A: not mended, and no reason"]),
        ({("A", "x")}, {("A", "y")}, ["x: A: not mended", "y: A: a reason for what checkov"]),
    ],
)
def test_findings_and_reasons_are_held_both_ways(seen, reasons, told):
    lines = checkov.differences(seen, reasons)
    assert len(lines) == len(told)
    assert all(line.startswith(start) for line, start in zip(lines, told, strict=True))


def test_every_reason_is_for_a_resource_that_there_is():
    for check, place in checkov.explained():
        template, logical = place.split()
        assert logical in grants.load(template)["Resources"], (check, place)
