"""The canary: looks from inside a VPC and answers in its return value; makes no AWS call."""

import gc
import logging
import os
from collections import Counter
from pathlib import Path
from typing import Any

from canary.controls import Controls
from canary.looking import looked
from probing import libc
from probing.clock import Clock
from probing.fit import fitted
from probing.means import Means
from probing.own import own_addresses
from probing.wire import Work, read

libc.bound()
# What is loaded lives on, and a look makes hardly a cycle: seldom collecting saves 5 % of its CPU.
gc.freeze()
gc.set_threshold(20_000)
# Plain logging: Lambda writes it as JSON (LoggingConfig), and a logging library would add half
# again to the time that a cold start takes.
logger = logging.getLogger("gatewatch.canary")
logger.setLevel(logging.INFO)
_CLOCK = Clock.from_environment()
_AMAZON_RESOLVER = "169.254.169.253"
_MEANS = Means(
    release=os.environ.get("RELEASE", "dev"),
    second_resolver=_AMAZON_RESOLVER,
)
_CONTROLS = Controls(certificates=Path(__file__).parent / "certificates", clock=_CLOCK)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """A `probing.wire.Work` as JSON in, an `Answer` as JSON out.

    An exception is ours, not an endpoint's: Lambda reports it as FunctionError and the checker
    counts the whole look as unknown. The payload holds credentials and is never logged.
    """
    work = read(Work, event)
    answer = looked(work, _CLOCK, _CONTROLS, own_addresses=own_addresses(), means=_MEANS)
    states = Counter(outcome.state.value for outcome in answer.outcomes)
    logger.info("looked", extra={"look": work.look, "outcomes": dict(states)})
    return fitted(answer)
