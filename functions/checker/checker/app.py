"""Lambda entry of the checker: one message of the looks queue at a time."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger

from checker import looks
from checker.aws import Clients
from checker.member import Member
from checker.settings import Settings
from probing import libc
from probing.clock import Clock

libc.bound()
logger = Logger()


@cache
def member() -> Member:
    """Made at the first message, so that a missing setting is named in its log."""
    settings = Settings.from_environment(os.environ)
    return Member.make(settings, Clients.make(settings), Clock.from_environment())


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> None:
    """A failed message comes back once and then goes to the dead-letter queue."""
    for record in event["Records"]:
        message = looks.read(record["body"])
        with member().denied.told():
            if message is None:
                member().tick.handle()
            else:
                member().look.handle(message)
