"""SSM parameters are made and changed on lab time.

A version's age decides whether a credential is new: read on the real clock it would grow old ten
times too fast, or be older than the world.
"""

from lab.emulator.clock import now_at
from lab.emulator.touched import Touch, replace

NOW = Touch(module="ministack.services.ssm", name="_now_epoch", parameters=())
TOUCHED = (NOW,)


def install() -> None:
    """Put LastModifiedDate on lab time."""
    replace(NOW, lambda _: now_at)
