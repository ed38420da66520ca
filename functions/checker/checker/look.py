"""A look message: its window of time, the lease of its VPC, and the look that may follow."""

import uuid
from dataclasses import dataclass

from aws_lambda_powertools import Logger

from checker import lease, vpc_look
from checker.aws import CANARY_TIMEOUT_SECONDS
from checker.lease import Held, LeaseLost
from checker.looking import Looking
from checker.looks import LookMessage, Looks
from checker.state import Table
from checker.taking_part import TICK
from probing.clock import Clock

logger = Logger(child=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookHandler:
    """Handles looks; sends none that it received."""

    table: Table
    clock: Clock
    looks: Looks
    looking: Looking

    def handle(self, message: LookMessage) -> None:
        """Look, or drop the message with the reason in the log."""
        if self.clock.now_at() > message.not_before and self._taken(message):
            logger.info("look dropped", vpc=message.vpc_id, why=message.why, reason="was taken")
            return
        self.clock.sleep_until(message.not_before)
        if self.clock.now_at() > message.not_after:
            logger.warning("look dropped", vpc=message.vpc_id, why=message.why, reason="late")
            return
        held = lease.take(
            self.table,
            self.clock,
            message.vpc_id,
            holder=uuid.uuid4().hex,
            not_before=message.not_before,
            seconds=CANARY_TIMEOUT_SECONDS,
        )
        if isinstance(held, Held):
            reason = "asked the running look for another" if held.again else "a look is running"
            logger.info("look dropped", vpc=message.vpc_id, why=message.why, reason=reason)
            return
        again_in: float | None = None
        try:
            again_in = self.looking.at(message.vpc_id, held, message.why)
        except LeaseLost as lost:
            logger.warning("look dropped", vpc=message.vpc_id, reason=str(lost))
            return
        finally:
            asked = held.release()
            if asked:
                self._follow(message, 0.0, "again")
        if again_in is not None and not asked:
            self._follow(message, again_in, "changing")

    def _taken(self, message: LookMessage) -> bool:
        """Whether a look of the minute that comes late was asked for, and taken, before."""
        if message.why != TICK:
            return False
        last = vpc_look.load(self.table.get(vpc_look.key(message.vpc_id)))
        return last is not None and last.at >= message.not_before

    def _follow(self, message: LookMessage, in_seconds: float, why: str) -> None:
        sent = self.looks.enqueue(
            message.vpc_id,
            not_before=self.clock.now_at() + in_seconds,
            why=why,
            hops=message.hops + 1,
        )
        if not sent:
            logger.warning("look not followed", vpc=message.vpc_id, why=why, hops=message.hops)
