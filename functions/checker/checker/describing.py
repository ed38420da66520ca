"""Describe calls of one look: asked only where something failed, and what is asked follows from
how it failed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from aws_lambda_powertools import Logger

from checker.filters_read import FiltersRead
from checker.inventory_read import DescribeRefused, InventoryRead
from checker.look_evidence import Evidence
from checker.scene import Scene
from checker.verdicts import Described
from probing.clock import Clock
from probing.outcome import Failure, Outcome, State
from reasoning.inventory import VpcEndpoint
from reasoning.route import answers_of, holder

logger = Logger(child=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Describing:
    """Asks for the VPC's endpoints; after a connection that timed out for security groups too."""

    inventory: InventoryRead
    filters: FiltersRead
    clock: Clock

    def of(self, found: Scene, evidence: Evidence) -> Described:
        """Never raises: what was refused is said in the answer, and logged."""
        if not suspicious(evidence):
            return Described()
        outcomes = [o for outcomes in evidence.inside.values() for o in outcomes]
        addresses = {a for o in outcomes if o.resolution for a in o.resolution.addresses}
        try:
            endpoints = self.inventory.endpoints_of(found.vpc_id, addresses)
        except DescribeRefused as error:
            logger.warning("describe refused", vpc=found.vpc_id, reason=str(error))
            return Described(refused=str(error))
        told = Described(endpoints=endpoints, at=self.clock.now_at())
        late = [o for o in outcomes if o.failure is Failure.CONNECT_TIMEOUT]
        if not late:
            return told
        filters = self.filters.around(_silent(found, late, endpoints), found.vantage)
        if filters.refused:
            logger.warning("groups not read", vpc=found.vpc_id, reason=filters.refused)
        return replace(told, filters=filters)


def suspicious(evidence: Evidence) -> bool:
    """Whether a first probe asked for more, or one failed: then Describe calls are worth their
    time, and other VPCs worth a glance."""
    return any(
        len(outcomes) > 1 or outcomes[-1].state is State.FAILING
        for outcomes in evidence.inside.values()
    )


def _silent(
    found: Scene, late: Iterable[Outcome], described: tuple[VpcEndpoint, ...]
) -> tuple[VpcEndpoint, ...]:
    """The VPC endpoints to whose addresses a connection timed out."""
    addresses = {address for outcome in late for address in answers_of(outcome)}
    held = (holder(one, found.inventory, found.vpc_id, described) for one in sorted(addresses))
    return tuple({one.id: one for one in held if one is not None}.values())
