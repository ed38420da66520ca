"""Lambda entry of the recorder: a batch of the changes queue, each message on its own."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from probing.clock import Clock
from recorder.aws import Clients
from recorder.looks import Looks
from recorder.memory import Memory
from recorder.record import Recorder
from recorder.settings import Settings

logger = Logger()
# A batch whose messages all failed is answered message by message too: an error of the function
# would look like a crash and hide which messages the hub refused.
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


@cache
def recorder() -> Recorder:
    """Made at the first event, so that a missing setting is named in its log."""
    settings = Settings.from_environment(os.environ)
    clients, clock = Clients.make(settings), Clock.from_environment()
    memory = Memory(dynamodb=clients.dynamodb, table=settings.table, clock=clock)
    looks = Looks(sqs=clients.sqs, queue_url=settings.looks_queue_url, memory=memory, clock=clock)
    return Recorder(
        settings=settings, clock=clock, memory=memory, looks=looks, events=clients.events
    )


def handle(record: SQSRecord) -> None:
    recorder().handle(record.body)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers the messages to be tried again."""
    return dict(
        process_partial_response(
            event=event, record_handler=handle, processor=processor, context=context
        )
    )
