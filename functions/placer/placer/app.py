"""Lambda entry of the placer: messages of its queue, and the custom resource of member.yaml."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger

from placer.answering import Answering
from placer.member import Member, from_environment
from probing.clock import Clock

logger = Logger()


@cache
def member() -> Member:
    """Made at the first event, so that a missing setting is named in its log."""
    return from_environment(os.environ)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> None:
    """A message that fails goes to the dead-letter queue; a custom resource is always answered."""
    if "RequestType" not in event:
        member().run.handle([record["body"] for record in event["Records"]])
        return
    try:
        member().leaving.handle(event, lambda: context.get_remaining_time_in_millis() / 1000)
    except Exception as error:
        logger.exception("custom resource failed")
        Answering(clock=Clock.from_environment()).failed(event, f"{type(error).__name__}: {error}")
