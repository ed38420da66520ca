"""The member goes: canary stacks first, then their interfaces, only then roles, tables and queues.

CloudFormation calls this as a custom resource and waits an hour for the answer. Lambda releases an
interface within 20 to 45 minutes and lets a function live for 15, so it hands on to itself.
Decided here: what must be gone before the member's stack may go on. Not decided here: how the
answer is sent (`placer.answering`).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from placer import remains
from placer.answering import Answering
from placer.aws import Clients
from placer.hub import Hub
from placer.layers import Layers
from placer.memory import Busy, Memory
from placer.settings import Settings
from probing.clock import Clock
from reasoning import wire
from reasoning.placements import Left

LONGEST_SECONDS = 3300.0
"""Real time from the first call to the answer: CloudFormation gives up after an hour."""
HANDED_ON = "gatewatch:leaving-since"
"""Key of an event that was handed on: real time of the first call."""
MARGIN_SECONDS = 60.0
POLL_SECONDS = 10.0
AGAIN_SECONDS = 300.0
"""Clock time until a stack whose deletion failed is deleted again."""
LEASE_SECONDS = 30.0

logger = Logger(child=True)
Event = Mapping[str, Any]
Remaining = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Handles the custom resource of member.yaml."""

    settings: Settings
    clients: Clients
    clock: Clock
    memory: Memory
    hub: Hub
    layers: Layers
    answering: Answering

    def handle(self, event: Event, remaining: Remaining) -> None:
        """Answers the event, or hands it on; `remaining` gives the seconds that the function has
        left. What cannot be done is answered as FAILED with the reason."""
        if event["RequestType"] != "Delete":
            self._come(event)
        elif not self._goes():
            self.answering.done(event, "only a change of the stack is undone: canaries stay")
        else:
            self._leave(event, remaining)

    def _come(self, event: Event) -> None:
        """The placer runs at once: for a new member, or with what an update changed."""
        body = json.dumps({"kind": "wake"})
        try:
            self.clients.sqs.send_message(QueueUrl=self.settings.placer_queue_url, MessageBody=body)
        except (ClientError, BotoCoreError) as error:
            # No reason to refuse the stack: the schedule runs it within five minutes.
            logger.warning("not woken", error=str(error))
        self.answering.done(event, "the placer starts")

    def _goes(self) -> bool:
        """Whether the member's stack itself goes. The resource alone is deleted when an update is
        undone that brought it; canaries must not go then."""
        answer = self.clients.cloudformation.describe_stacks(StackName=self.settings.stack_id)
        status = str(answer["Stacks"][0]["StackStatus"])
        return not status.startswith("UPDATE_")

    def _leave(self, event: Event, remaining: Remaining) -> None:
        since = float(event.get(HANDED_ON) or self.clock.real_now_at())
        if HANDED_ON not in event:
            self._say_good_bye()
        asked: dict[str, float] = {}
        while True:
            left = self._left(asked)
            if not left:
                break
            if self.clock.real_now_at() - since >= LONGEST_SECONDS:
                self.answering.failed(event, _names(left))
                return
            if remaining() < MARGIN_SECONDS:
                self._hand_on(event, since)
                return
            self.clock.sleep_seconds(POLL_SECONDS)
        self.answering.done(event, "no canary is left" + self._without_layers())
        # Once more, as the last word: a tick that ran while the first was said may have spoken.
        self._left_is_told()

    def _say_good_bye(self) -> None:
        """Nothing is placed from now on, and the hub misses nobody."""
        try:
            with self.memory.alone("leaving", LEASE_SECONDS, LEASE_SECONDS):
                self._mark()
        except Busy:
            # A run that hangs: what it may still make is found and removed below.
            self._mark()
        self._left_is_told()

    def _mark(self) -> None:
        self.memory.save(replace(self.memory.load(), leaving_at=self.clock.now_at()))

    def _left_is_told(self) -> None:
        left = Left(
            account=self.settings.account_id,
            region=self.settings.aws_region,
            at=self.clock.now_at(),
        )
        self.hub.send(wire.LEFT, left)

    def _left(self, asked: dict[str, float]) -> list[str]:
        """What is still there, after asking for the deletion of every stack; what AWS refuses to
        tell counts as there. `asked`: when each stack was asked to go."""
        try:
            stacks = remains.stacks(self.clients.cloudformation)
            problems = {stack.name: self._delete(stack, asked) for stack in stacks}
            told = [f"{stack} {problems[stack.name]}".rstrip() for stack in stacks]
            account = self.settings.account_id
            return told or list(remains.interfaces(self.clients.ec2, account))
        except (ClientError, BotoCoreError) as error:
            logger.warning("cannot see what is left", error=str(error))
            return [f"what is left cannot be seen: {error}"]

    def _delete(self, stack: remains.Stack, asked: dict[str, float]) -> str:
        """Ask for the stack's deletion, if it is time to; why it was refused, "" when not."""
        now = self.clock.now_at()
        if stack.leaves or now - asked.get(stack.name, 0.0) < AGAIN_SECONDS:
            return ""
        try:
            self.clients.cloudformation.delete_stack(
                StackName=stack.stack_id, RoleARN=self.settings.canary_service_role_arn
            )
        except (ClientError, BotoCoreError) as error:
            logger.warning("stack not deleted", stack=stack.name, error=str(error))
            return str(error)
        asked[stack.name] = now
        return ""

    def _hand_on(self, event: Event, since: float) -> None:
        logger.info("handed on", since=since)
        self.clients.lambda_.invoke(
            FunctionName=self.settings.aws_lambda_function_name,
            InvocationType="Event",
            Payload=json.dumps({**event, HANDED_ON: since}).encode(),
        )

    def _without_layers(self) -> str:
        """Layer versions are kept by the stack, so they are removed here; what refuses is told."""
        try:
            self.layers.forget()
        except (ClientError, BotoCoreError) as error:
            logger.warning("layer versions stay", error=str(error))
            return f"; layer versions stay: {error}"
        return ""


def _names(left: list[str]) -> str:
    return (
        f"{len(left)} remain: {', '.join(left)}. Lambda releases the interface of a removed "
        "function within 45 minutes as a rule: delete this stack again"
    )
