"""Transitions that the hub's bus refused, sent again by the tick: for VPCs that no look comes to
any more (a canary that was removed while the hub was away)."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_lambda_powertools import Logger

from checker import pairs
from checker.hub import Hub
from checker.state import Conflict, Table
from checker.vpc_look import VpcLook
from reasoning import wire

logger = Logger(child=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    table: Table
    hub: Hub

    def run(self, looks: Mapping[str, VpcLook]) -> int:
        """Send what these looks left unsent; how many pairs it was."""
        keys = {
            pairs.key(endpoint, vpc_id): (endpoint, vpc_id)
            for vpc_id, look in looks.items()
            for endpoint in look.unsent
        }
        found = {keys[key]: pairs.load(item) for key, item in self.table.get_many(keys).items()}
        unsent = {at: pair for at, pair in found.items() if pair is not None and pair.unsent}
        if not unsent or not self.hub.send(wire.TRANSITIONS, pairs.messages(list(unsent.values()))):
            return 0
        for (endpoint, vpc_id), pair in unsent.items():
            try:
                pairs.save(self.table, endpoint, vpc_id, pair.taken())
            except Conflict:
                # A look writes it just now and has sent it too.
                logger.info("pair written by a look", endpoint=endpoint, vpc=vpc_id)
        return len(unsent)
