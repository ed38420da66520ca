"""The hub's function: reads the hub queue, keeps ledger and incidents, and speaks."""

import json
import os
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from alerter import run
from alerter.aws import clients
from alerter.hub import Hub
from alerter.settings import Settings
from alerter.table import Table
from probing.clock import Clock

logger = Logger()
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
settings = Settings.from_environment(os.environ)
aws = clients()
hub = Hub(
    settings=settings,
    clients=aws,
    table=Table(aws.dynamodb, settings.table),
    clock=Clock.from_environment(),
)


def take(record: SQSRecord) -> None:
    """One message; what it raises makes this message alone come again."""
    run.take(hub, json.loads(record.body))


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """SQS batch in, the ids of messages to be tried again out."""
    answer = process_partial_response(
        event=event, record_handler=take, processor=processor, context=context
    )
    return dict(answer)
