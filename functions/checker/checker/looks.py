"""The looks queue: one message is one look at one VPC, or a tick."""

import json
import math
from dataclasses import asdict, dataclass
from typing import Any

from probing.clock import Clock

LARGEST_DELAY_SECONDS = 900
STALE_AFTER_SECONDS = 60.0
MOST_HOPS = 8
"""AWS stops a chain of one function sending to its own queue after about 16 rounds
(docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html): the tick's look goes on."""


class MessageError(ValueError):
    """A message of the looks queue that is neither a tick nor a look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookMessage:
    """Look at `vpc_id` between `not_before` and `not_after` (Clock time). `hops` counts the looks
    of one chain; `why` is tick | change | again | changing."""

    vpc_id: str
    not_before: float
    not_after: float
    hops: int = 0
    why: str = "tick"


def read(body: str) -> LookMessage | None:
    """The message, or None for a tick. Raises MessageError for anything else."""
    try:
        data = json.loads(body)
        kind = data["kind"]
        if kind == "tick":
            return None
        if kind == "look":
            return LookMessage(
                vpc_id=str(data["vpc_id"]),
                not_before=float(data["not_before"]),
                not_after=float(data["not_after"]),
                hops=int(data.get("hops", 0)),
                why=str(data.get("why", "tick")),
            )
    except (ValueError, KeyError, TypeError) as error:
        raise MessageError(f"not a message of the looks queue: {body[:200]!r}") from error
    raise MessageError(f"kind {kind!r} is neither 'tick' nor 'look'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """Sends looks to the queue."""

    sqs: Any
    queue_url: str
    clock: Clock

    def enqueue(self, vpc_id: str, *, not_before: float, why: str, hops: int = 0) -> bool:
        """One look; False (nothing sent) when the chain has come to its end of hops."""
        if hops > MOST_HOPS:
            return False
        message = LookMessage(
            vpc_id=vpc_id,
            not_before=not_before,
            not_after=not_before + STALE_AFTER_SECONDS,
            hops=hops,
            why=why,
        )
        # Rounded down: an early look waits on the Clock, a late one would cost its precision.
        delay = math.floor(max(0.0, not_before - self.clock.now_at()))
        self.sqs.send_message(
            QueueUrl=self.queue_url,
            MessageBody=json.dumps({"kind": "look", **asdict(message)}),
            DelaySeconds=min(delay, LARGEST_DELAY_SECONDS),
        )
        return True
