"""Another team's function in an account: called all the time, and never to be throttled for ours.

Decided here: what the neighbour is and how it is called. Not decided here: what is made of it.
"""

import io
import json
import threading
import zipfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

NAME = "orders-worker"
CODE = "import time\n\ndef handler(event, context):\n    time.sleep(event)\n"
BUSY_SECONDS = 0.5
"""Real time that one call takes."""
EVERY_SECONDS = 1.0
"""Real time from one round of calls to the next."""
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


@dataclass(slots=True, kw_only=True)
class Neighbour:
    """Calls its function `at_once` times, again and again, until `stop`; `told` counts how the
    calls ended: "ran", or AWS's error code."""

    client: Any
    at_once: int
    told: Counter[str] = field(default_factory=Counter)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to call."""
        self._thread = threading.Thread(target=self._go_on, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Call no more."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _go_on(self) -> None:
        with ThreadPoolExecutor(max_workers=self.at_once) as pool:
            while not self._stopped.wait(EVERY_SECONDS):
                self.told.update(pool.map(self._call, range(self.at_once)))

    def _call(self, _: int) -> str:
        try:
            self.client.invoke(FunctionName=NAME, Payload=json.dumps(BUSY_SECONDS))
        except self.client.exceptions.ClientError as error:
            return str(error.response["Error"]["Code"])
        return "ran"


def make(iam: Any, client: Any, at_once: int) -> Neighbour:
    """The neighbour's role and function, by clients of IAM and Lambda; it does not call yet."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", CODE)
    role = iam.create_role(RoleName=NAME, AssumeRolePolicyDocument=json.dumps(TRUST))
    client.create_function(
        FunctionName=NAME,
        Runtime="python3.13",
        Role=role["Role"]["Arn"],
        Handler="index.handler",
        Code={"ZipFile": packed.getvalue()},
        Timeout=10,
    )
    return Neighbour(client=client, at_once=at_once)
