"""Hold an answer against what its endpoint expects.

Not decided here: `resolves_to`, which needs the account's inventory, and whether an answer differs
from the last good one; both are judged outside the VPC.
"""

from probing.endpoint import Expect
from probing.failures import Told
from probing.outcome import Failure


def judge(expect: Expect, *, status: int, body: bytes, elapsed_ms: float) -> Told | None:
    """The first expectation that is not met, in words; None when all are. `elapsed_ms` is the
    whole probe's, `body` what was read of it."""
    if not any(low <= status <= high for low, high in expect.status):
        return Failure.HTTP_STATUS, f"status {status}, expected {ranges(expect.status)}"
    if expect.latency_ms is not None and elapsed_ms > expect.latency_ms:
        return (
            Failure.HTTP_ASSERTION,
            f"took {elapsed_ms:.0f} ms, expected at most {expect.latency_ms:.0f} ms",
        )
    if expect.body_contains is not None and expect.body_contains.encode() not in body:
        return Failure.HTTP_ASSERTION, f"the body does not contain {expect.body_contains!r}"
    return None


def ranges(status: tuple[tuple[int, int], ...]) -> str:
    """`200-399, 403`."""
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in status)
