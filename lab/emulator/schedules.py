"""Schedules, rules and queue delays run on lab time.

EventBridge and Scheduler see a `time` module of lab time, so that rate(), cron(), at(), start and
end dates, creation times and the `time` of events all follow it. SQS keeps real time (visibility
is never scaled); only the delay of a message is shortened, and the event source mappings are woken
when it is due instead of at their next poll.
"""

import threading
import time as real_time
from typing import Any

from lab.emulator.clock import CLOCK, LabTime
from lab.emulator.touched import Touch, replace, replace_key

_EB = "ministack.services.eventbridge"
_SCHEDULER = "ministack.services.scheduler"
_SQS = "ministack.services.sqs"

EB_TIME = Touch(module=_EB, name="time")
EB_TICK = Touch(module=_EB, name="_SCHEDULER_TICK_INTERVAL")
EB_TO_SQS = Touch(
    module=_EB, name="_dispatch_to_sqs", parameters=("spec", "payload", "sqs_parameters")
)
SCHEDULER_TIME = Touch(module=_SCHEDULER, name="time")
SCHEDULER_TICK = Touch(module=_SCHEDULER, name="_SCHEDULE_TICK_INTERVAL")
SEND = Touch(module=_SQS, name="_act_send_message", parameters=("data", "qurl"))
SQS_HANDLERS = Touch(module=_SQS, name="_HANDLERS", keys=("SendMessage",))
QUEUE_DELAY = Touch(module=_SQS, name="queue_delay", parameters=("q",))
QUEUE_BY_ARN = Touch(module=_SQS, name="_queue_by_arn")
GET_QUEUE = Touch(module=_SQS, name="_get_q")
WAKE = Touch(module=_SQS, name="esm_wake.set")
TOUCHED = (
    EB_TIME, EB_TICK, EB_TO_SQS, SCHEDULER_TIME, SCHEDULER_TICK,
    SEND, SQS_HANDLERS, QUEUE_DELAY, QUEUE_BY_ARN, GET_QUEUE, WAKE,
)  # fmt: skip

SWEEP_SECONDS = 0.2  # real: a schedule of one lab minute at scale 10 comes every 6 s


def _wake_in(real_seconds: float) -> None:
    wake = WAKE.current()
    if real_seconds <= 0:
        return
    timer = threading.Timer(real_seconds + 0.005, wake)
    timer.daemon = True
    timer.start()


def _send_with_lab_delay(original: Any) -> Any:
    def send(data: dict[str, Any], qurl: str) -> Any:
        answer = original(data, qurl)
        queue = GET_QUEUE.current()(data.get("QueueUrl", qurl))
        for message in reversed(queue["messages"]):
            if message["id"] == answer["MessageId"]:
                delay = CLOCK.to_real_seconds(message["visible_at"] - message["sent_at"])
                message["visible_at"] = message["sent_at"] + delay
                _wake_in(delay)
                break
        return answer

    return send


def _queue_delay(original: Any) -> Any:
    def delay(q: dict[str, Any]) -> float:
        real = CLOCK.to_real_seconds(float(original(q)))
        _wake_in(real)
        return real

    return delay


def _to_sqs_in_real_time(original: Any) -> Any:
    """EventBridge stamps the message with its own clock; queues compare it with the real one."""

    def dispatch(spec: Any, payload: str, sqs_parameters: Any = None) -> None:
        original(spec, payload, sqs_parameters)
        queue = QUEUE_BY_ARN.current()(str(spec))
        if queue and queue["messages"]:
            message = queue["messages"][-1]
            delay = message["visible_at"] - message["sent_at"]
            message["sent_at"] = real_time.time()
            message["visible_at"] = message["sent_at"] + delay
            WAKE.current()()

    return dispatch


def install() -> None:
    """Put EventBridge, Scheduler and queue delays on lab time."""
    replace(EB_TIME, lambda _: LabTime())
    replace(SCHEDULER_TIME, lambda _: LabTime())
    replace(EB_TICK, lambda _: SWEEP_SECONDS)
    replace(SCHEDULER_TICK, lambda _: SWEEP_SECONDS)
    replace(EB_TO_SQS, _to_sqs_in_real_time)
    replace(SEND, _send_with_lab_delay)
    replace_key(SQS_HANDLERS.current(), "SendMessage", lambda _: SEND.current())
    replace(QUEUE_DELAY, _queue_delay)
