"""What waits while everything that an incident counts as failing alternates: its first word.

What will stay cannot be told yet, and a cause that is proven now may not be what stays. Not for
ever: who alternates for five minutes is in trouble, whatever comes of it.
"""

from dataclasses import replace

from reasoning.told import Notice

UNSETTLED_SECONDS = 300.0


def put_off(notice: Notice, opened_at: float) -> Notice:
    """`notice` under a name of its own, because one that waits already is never put off."""
    return replace(
        notice,
        id=f"{notice.id}/unsettled",
        due_at=max(notice.due_at, opened_at + UNSETTLED_SECONDS),
        why=f"{notice.why}; put off while the route changes",
    )
