"""No look was lost: for so many `looks` back, requests from each of `vpcs` came to the front ends,
never more than `gap` looks apart (default 3: one may be late, and one refused).
"""

from itertools import pairwise
from typing import Any

from lab.looks import LOOK_SECONDS, NotSeen
from lab.world import processes
from lab.world.live import LiveWorld

KIND = "looked"


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    looks, gap = arguments["looks"], arguments.get("gap", 3)
    if looks <= gap:
        raise NotSeen(f"looks: want more than {gap}: no pause is longer in {looks}")
    now = live.clock.now_at()
    since, longest = now - looks * LOOK_SECONDS, gap * LOOK_SECONDS
    hits = processes.data_plane("/hits")
    for name in arguments["vpcs"]:
        hold(hits, live.ids[f"vpc.{name}"], since=since, now=now, longest=longest)


def hold(
    hits: list[dict[str, Any]], vpc_id: str, *, since: float, now: float, longest: float
) -> None:
    """NotSeen when requests from the VPC paused for more than `longest`."""
    seen = [hit["at"] for hit in hits if hit["vpc"] == vpc_id and hit["at"] >= since]
    pause = widest([since, *seen, now])
    if pause > longest:
        raise NotSeen(f"{vpc_id}: nothing was asked from there for {pause:.0f} s")


def widest(times: list[float]) -> float:
    """The longest pause between two of these moments, which are in order."""
    return max(after - before for before, after in pairwise(times))
