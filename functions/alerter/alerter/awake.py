"""Since when the hub has listened without a gap: what it did not hear before is nobody's silence.

A hub that was down, throttled or held up takes its first tick while what the members said meanwhile
still waits in the queue. Layout: `hub`/`awake`, the last tick and since when they came regularly.
"""

from alerter.hub import Hub
from alerter.table import Item, Put

ASLEEP_SECONDS = 180.0
"""Three ticks: one that is late or lost is no sleep."""


def since(hub: Hub) -> float:
    """Note this tick. 0 for a hub that never slept as far as it knows."""
    now_at = hub.clock.now_at()
    held = hub.table.get("hub", "awake")
    since_at = float(held.body["since_at"]) if held else 0.0
    if held is not None and now_at - held.number >= ASLEEP_SECONDS:
        since_at = now_at
    hub.table.put(Put(item=Item(pk="hub", sk="awake", body={"since_at": since_at}, number=now_at)))
    return since_at
