"""One run of the placer: what is heard is kept, the estate read, the plan made and begun, the hub
told. It waits for no stack: the next run sees what came of it."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from placer import estate, hearing, learning
from placer.aws import Clients
from placer.carrying import Carried, Carrying, at_work
from placer.decision import Decision, Mode, Terms
from placer.facts import Estate, Part
from placer.layers import DAY_SECONDS, Layers
from placer.memory import Kept, Memory
from placer.plan import plan
from placer.reporting import Reporting
from placer.rings import ring
from placer.rollout import Canary, Rollout, advance, seen
from placer.settings import Settings
from placer.stack import DONE
from placer.whereabouts import Whereabouts
from probing.clock import Clock

LEASE_SECONDS = 120.0
"""Real seconds. A run that dies keeps the next one waiting no longer; of two that overlap, because
one took longer, the second is refused what the first has begun."""
PATIENCE_SECONDS = 150.0
COME_BACK_SECONDS = 30
LAYERS = ("CanaryLayerArn", "ProbingLayerArn")
MOST_HOPS = 8
"""AWS stops a chain of one function sending to its own queue after about 16 rounds
(docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html): the schedule goes on."""

logger = Logger(child=True)


class NotTold(Exception):
    """The hub's bus did not take what became of the VPCs: nobody else would tell of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Handles a batch of the placer's queue."""

    settings: Settings
    clients: Clients
    clock: Clock
    memory: Memory
    carrying: Carrying
    reporting: Reporting
    whereabouts: Whereabouts
    layers: Layers

    def handle(self, bodies: Sequence[str]) -> None:
        """One run for all these messages. Raises Busy when another one does not end, and NotTold
        when all is done but the hub knows nothing of it: a bus that refuses for hours leaves dead
        letters, one that is away for a while hears of it by the next run."""
        messages = self._heard(bodies)
        with self.memory.alone(uuid.uuid4().hex, LEASE_SECONDS, PATIENCE_SECONDS):
            kept = self._kept(messages)
            if kept.leaving_at:
                logger.info("nothing is placed", reason="the member is being taken away")
                return
            told, unfinished = self._run(kept)
            if unfinished:
                self._come_back(max((message.hops for message in messages), default=0) + 1)
        if not told:
            raise NotTold("the hub's bus did not take the placements")

    def _heard(self, bodies: Sequence[str]) -> list[hearing.Heard]:
        messages = []
        for body in bodies:
            try:
                messages.append(hearing.read(body, self.settings.account_id))
            except hearing.NotHeard as error:
                logger.warning("message dropped", reason=str(error))
        return messages

    def _kept(self, messages: Sequence[hearing.Heard]) -> Kept:
        """What is kept, signs of these messages included: whatever becomes of this run, they are
        not lost."""
        before = self.memory.load()
        role = self.settings.canary_service_role_arn.rpartition("/")[2]
        kept = learning.heard(before, messages, role)
        if kept != before:
            self.memory.save(kept)
        return kept

    def _run(self, kept: Kept) -> tuple[bool, bool]:
        """Whether the hub knows what came of it, and whether the placer should come back soon."""
        now_at = self.clock.now_at()
        kept, now = self._estate(kept, now_at)
        kept = replace(kept, rollout=self._rollout(kept, now, now_at))
        decisions = plan(now, self._terms(kept), now_at)
        carried = self.carrying.out(decisions, now, kept.attempts)
        kept = replace(kept, attempts=carried.attempts, refusals=carried.refusals)
        document = self.reporting.document(now, decisions, kept, now_at)
        kept = self.reporting.tell(document, kept)
        if not carried.begun:
            kept = self._tidied(kept, now, now_at)
        self.memory.save(kept)
        _log(decisions, carried, now)
        return self.reporting.is_told(document, kept), carried.unfinished

    def _estate(self, kept: Kept, now_at: float) -> tuple[Kept, Estate]:
        """The estate, and what is kept after it was read."""
        found = estate.read(
            estate.Clients(
                ec2=self.clients.ec2,
                cloudformation=self.clients.cloudformation,
                functions=self.clients.lambda_,
            ),
            self.settings.account_id,
            self.settings.aws_region,
            kept.remembered,
            now_at,
        )
        if Part.STACKS not in found.unreadable:
            kept = learning.outcome(kept, found, now_at)
        homes = self.whereabouts.of(kept.signs, kept.homes)
        known, others = learning.placed(kept.signs, homes)
        signs = learning.teardowns(kept.teardowns, known, found.stacks, now_at)
        kept = replace(
            kept,
            teardowns=signs,
            signs=tuple(sign for sign in others if now_at - sign.at < learning.SOUGHT_SECONDS),
        )
        if Part.VPCS not in found.unreadable:
            # A first run that saw no VPC is none: all would be new, and wait, at the next.
            kept = replace(
                kept,
                since_at=kept.since_at or now_at,
                seen=estate.first_seen(found),
                homes=_homes(found) or kept.homes,
            )
        return kept, replace(found, teardowns=signs, refusals=kept.refusals)

    def _rollout(self, kept: Kept, now: Estate, now_at: float) -> Rollout:
        if Part.STACKS in now.unreadable:
            # Without its canaries every ring would count as done.
            return kept.rollout
        looks = self.memory.looks(stack.vpc_id for stack in now.stacks)
        canaries = tuple(
            Canary(
                ring=ring(now.account, stack.vpc_id),
                code=code_of(stack.parameters),
                settled_at=stack.since,
                stands=stack.status in DONE,
                at_work=at_work(stack) and stack.status != "DELETE_IN_PROGRESS",
                look=seen(looks.get(stack.vpc_id)),
            )
            for stack in now.stacks
        )
        member = self.settings.member
        code = (member.release, member.canary_layer_arn, member.probing_layer_arn)
        return advance(kept.rollout, code, canaries, now_at)

    def _terms(self, kept: Kept) -> Terms:
        return Terms(
            member=self.settings.member,
            mode=Mode(self.settings.placement),
            min_vpc_age=self.settings.min_vpc_age_minutes * 60,
            max_canaries=int(self.settings.max_canaries_per_vpc),
            look_concurrency=int(self.settings.look_concurrency),
            rings_open=kept.rings_open,
        )

    def _tidied(self, kept: Kept, now: Estate, now_at: float) -> Kept:
        """Layer versions that nobody names go, once a day, while all stacks rest: one that is being
        updated may roll back to what neither its function nor its parameters name now."""
        if now_at - kept.layers_at < DAY_SECONDS or Part.STACKS in now.unreadable:
            return kept
        named = {stack.parameters.get(layer, "") for stack in now.stacks for layer in LAYERS}
        try:
            if any(at_work(stack) for stack in now.stacks) or self._changes():
                return kept
            gone = self.layers.tidy(named)
        except (ClientError, BotoCoreError) as error:
            logger.warning("layer versions not tidied", error=str(error))
        else:
            logger.info("layer versions tidied", gone=gone)
        return replace(kept, layers_at=now_at)

    def _changes(self) -> bool:
        """Whether the member's own stack is being changed."""
        told = self.clients.cloudformation.describe_stacks(StackName=self.settings.stack_id)
        return str(told["Stacks"][0]["StackStatus"]).endswith("_IN_PROGRESS")

    def _come_back(self, hops: int) -> None:
        """One message to itself, if none is on its way; events in a storm begin no chain each."""
        kept, now_at = self.memory.load(), self.clock.now_at()
        if hops > MOST_HOPS or now_at < kept.woken_at:
            return
        self.memory.save(replace(kept, woken_at=now_at + COME_BACK_SECONDS))
        self.clients.sqs.send_message(
            QueueUrl=self.settings.placer_queue_url,
            MessageBody=json.dumps({"kind": "wake", "hops": hops}),
            DelaySeconds=COME_BACK_SECONDS,
        )


def code_of(parameters: Mapping[str, str]) -> tuple[str, ...]:
    """What a canary runs: release and layer versions; a release may be made anew by its name."""
    return tuple(parameters.get(name, "") for name in ("Release", *LAYERS))


def _homes(found: Estate) -> dict[str, str]:
    return {subnet.subnet_id: vpc.vpc_id for vpc in found.vpcs for subnet in vpc.subnets}


def _log(decisions: Sequence[Decision], carried: Carried, now: Estate) -> None:
    logger.info(
        "placed",
        vpcs=len(now.vpcs),
        canaries=len(now.stacks),
        begun=carried.begun,
        unfinished=carried.unfinished,
        unreadable={part.value: why for part, why in now.unreadable.items()},
        plan=[f"{d.vpc_id} {d.act.value}: {d.reason}" for d in decisions],
    )
