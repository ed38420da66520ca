"""The ASGI application in front of MiniStack's: every request passes here once.

Decided here: the order of things. The lab's own requests; who calls; refusals (undeclared
administrators, faults) and callers that end here; MiniStack; then the caller record and the tap.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from lab.emulator import (
    callers,
    control,
    faults,
    killing,
    permissions,
    stack_calls,
    tag_events,
    tap,
)
from lab.emulator.calls import Call, Request, read
from lab.emulator.principals import is_undeclared_admin, of_key

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Answer = tuple[int, dict[str, str], bytes]

UNKNOWN_KEY = "The security token included in the request is invalid."


async def _read_all(receive: Receive) -> bytes:
    chunks, more = [], True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


def _request(scope: Scope, body: bytes) -> Request:
    return Request(
        method=scope["method"],
        path=scope["path"],
        query=scope.get("query_string", b"").decode("latin-1"),
        headers={k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]},
        body=body,
    )


def _refused(call: Call, fault: faults.Fault | None) -> Answer | None:
    if is_undeclared_admin(call.access_key):
        return faults.error_answer(call, 403, "InvalidClientTokenId", UNKNOWN_KEY)
    return faults.refusal(fault, call) if fault and not fault.kill else None


def _end_caller(scope: Scope, call: Call) -> None:
    """Kill the worker that makes the call: nobody is left to read an answer."""
    host, port = scope["client"]
    killing.kill(of_key(call.access_key).session, host, port)


async def _nowhere(_: Message) -> None:
    """Where the answer to a dead caller goes."""


async def _send_whole(send: Send, answer: Answer) -> None:
    status, headers, body = answer
    told = [(k.encode(), v.encode()) for k, v in headers.items()]
    told.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})


class _Listening:
    """Passes MiniStack's answer on and keeps what the tap needs of it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        self.headers: dict[str, str] = {}
        self._chunks: list[bytes] = []

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {k.decode().lower(): v.decode() for k, v in message["headers"]}
        elif message["type"] == "http.response.body":
            self._chunks.append(message.get("body", b""))
        await self._send(message)

    @property
    def body(self) -> bytes:
        return b"".join(self._chunks)


def _again(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _note(call: Call, answer: Answer) -> None:
    status, headers, body = answer
    who = of_key(call.access_key)
    callers.note(call, who.arn, who.account, status)
    if tap.is_told(call) and not is_undeclared_admin(call.access_key):
        tap.tell(call, status, headers, body)
        tag_events.tell(call, status)


async def _passed(app: App, scope: Scope, receive: Receive, send: Send, call: Call) -> Answer:
    """Have MiniStack answer, and note what it said."""
    listening = _Listening(send)
    try:
        await app(scope, receive, listening.send)
    except asyncio.CancelledError:
        # A caller that hung up (a worker killed at its time-out) still made the call.
        _note(call, (listening.status or 499, listening.headers, listening.body))
        raise
    answer = (listening.status, listening.headers, listening.body)
    _note(call, answer)
    return answer


def in_front_of(app: App) -> App:
    """The front door with `app` (MiniStack) behind it."""

    async def front(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_ministack/"):
            await app(scope, receive, send)
            return
        request = _request(scope, await _read_all(receive))
        if request.path.startswith(control.PREFIX):
            await _send_whole(send, await control.answer(request))
            return
        again, call = _again(request.body, receive), read(request)
        if call is None:
            await app(scope, again, send)
            return
        fault = faults.met(call, of_key(call.access_key).arn)
        refusal = _refused(call, fault)
        if refusal is not None:
            await _send_whole(send, refusal)
            _note(call, refusal)
            return
        if fault is not None and fault.kill == "before":
            _end_caller(scope, call)
            await _send_whole(send, faults.error_answer(call, 500, "InternalFailure", "killed"))
            return
        permissions.note(call)
        stack_calls.note(call)
        answer = await _passed(app, scope, again, _nowhere if fault else send, call)
        if fault is not None:
            _end_caller(scope, call)
            await _send_whole(send, answer)

    return front
