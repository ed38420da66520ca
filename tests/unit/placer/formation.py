"""CloudFormation's side of a custom resource: a real HTTP server that takes the answer."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.unit.placer.member_stand import ACCOUNT, REGION


@dataclass(slots=True)
class Formation:
    """What waits for the answer to a custom resource, at `url`."""

    url: str = ""
    answers: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    refusals: int = 0

    def event(self, request_type: str, **more: Any) -> dict[str, Any]:
        """As CloudFormation sends it (docs: crpg-ref-requests.html)."""
        return {
            "RequestType": request_type,
            "ResponseURL": self.url,
            "StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/member/1",
            "RequestId": "request-1",
            "ResourceType": "AWS::CloudFormation::CustomResource",
            "LogicalResourceId": "Leaving",
            "ResourceProperties": {"Release": "r2"},
            **more,
        }


@contextmanager
def waiting_for_answers() -> Iterator[Formation]:
    """A real server on the loopback that takes the PUT."""
    waiting = Formation()

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if waiting.refusals:
                waiting.refusals -= 1
                self.send_error(503)
                return
            waiting.answers.append(json.loads(body))
            waiting.headers.append({k.lower(): v for k, v in self.headers.items()})
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        waiting.url = f"http://127.0.0.1:{server.server_address[1]}/answer?Signature=s3cret"
        yield waiting
        server.shutdown()
        thread.join()
