"""The answer to a custom resource: one PUT to the address that CloudFormation gave.

Source of the form: docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
"""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger

from probing.clock import Clock

TRIES = 5
WAIT_SECONDS = 2.0
TIMEOUT_SECONDS = 10.0
LONGEST_REASON = 3000
"""Characters; CloudFormation takes 4,096 bytes of an answer in all."""

logger = Logger(child=True)


class NotAnswered(Exception):
    """CloudFormation's address took no answer; it will wait until its time-out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Tells CloudFormation how a custom resource's request ended."""

    clock: Clock

    def done(self, event: Mapping[str, Any], reason: str) -> None:
        self._put(event, "SUCCESS", reason)

    def failed(self, event: Mapping[str, Any], reason: str) -> None:
        self._put(event, "FAILED", reason)

    def _put(self, event: Mapping[str, Any], status: str, reason: str) -> None:
        """Raises NotAnswered after several tries."""
        answer = {
            "Status": status,
            "Reason": reason[:LONGEST_REASON],
            # Always the same: another one would make CloudFormation delete the one before.
            "PhysicalResourceId": event.get("PhysicalResourceId") or event["LogicalResourceId"],
            "StackId": event["StackId"],
            "RequestId": event["RequestId"],
            "LogicalResourceId": event["LogicalResourceId"],
        }
        logger.info("custom resource answered", status=status, reason=reason)
        problem = ""
        for _ in range(TRIES):
            problem = _sent(str(event["ResponseURL"]), json.dumps(answer).encode())
            if not problem:
                return
            self.clock.sleep_seconds(WAIT_SECONDS)
        raise NotAnswered(problem)


def _sent(url: str, body: bytes) -> str:
    """ "" when the answer was taken, else why not. The address itself is a credential: not told."""
    # Signed without a content type: any other than none is refused.
    asked = urllib.request.Request(url, data=body, method="PUT", headers={"Content-Type": ""})
    try:
        with urllib.request.urlopen(asked, timeout=TIMEOUT_SECONDS):
            return ""
    except urllib.error.HTTPError as error:
        return f"HTTP {error.code}"
    except OSError as error:
        return type(error).__name__
