"""Asking a token endpoint: one POST, to a checked address, under one deadline.

Whatever goes wrong ends as TokenRefused with what the endpoint answered. What may hold our own
secret, or changes with every answer, goes redacted to the log: a problem that is worded anew each
minute would be told anew each minute.
"""

import base64
import json
import re
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote_plus, urlsplit

import requests
from aws_lambda_powertools import Logger
from urllib3.exceptions import HTTPError

from checker import pinned
from checker.tokens import Grant, Granted, TokenRefused
from probing import addresses, failures, guard, transport, trust
from probing.attempt import Guard
from probing.deadline import Deadline
from probing.evidence import snippet_of
from probing.outcome import Stage
from probing.resolve import NameServer, name_servers, resolve
from probing.secret import Secret, redact
from probing.target import ascii_host
from probing.trust import Trust

TOKEN_SECONDS = 5.0
ANSWER_LIMIT_BYTES = 64 * 1024
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}\Z")
_CODE = re.compile(r"[A-Za-z0-9_.*-]{1,60}\Z")

logger = Logger(child=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCall:
    """How token endpoints are reached: as the outside look reaches its targets."""

    release: str = "dev"
    own_addresses: tuple[str, ...] = ()
    guard: Guard = guard.check
    servers: Callable[[], tuple[NameServer, ...]] = name_servers
    ca_file: str | None = None
    seconds: float = TOKEN_SECONDS

    def __call__(self, grant: Grant, deadline: Deadline) -> Granted:
        """A token. Raises TokenRefused within `seconds`, or sooner at `deadline`."""
        parts = urlsplit(grant.token_url)
        host = parts.hostname or ""
        deadline = Deadline.after(deadline.clock, self.seconds, within=deadline)
        try:
            secure = self._connect(host, parts.port or 443, deadline)
            with pinned.answer_to(self._request(grant), secure, deadline) as response:
                body = pinned.body_of(response, ANSWER_LIMIT_BYTES, deadline)
                return _granted(response, body, grant, host)
        except TokenRefused:
            raise
        except (OSError, ValueError, HTTPError, requests.RequestException) as error:
            # OSError covers requests' own; no text of theirs is told: they quote what was sent.
            what = f"no answer that can be read ({_kind(error)})"
            what = "no complete answer in time" if deadline.passed else what
            raise TokenRefused(f"token endpoint {host}: {what}") from None

    def _connect(self, host: str, port: int, deadline: Deadline) -> ssl.SSLSocket:
        """TLS to the first address that takes a connection. All of them must be allowed: one that
        is not makes the name no token endpoint."""
        found = resolve(host, self.servers(), deadline)
        if found.failure:
            raise TokenRefused(f"token endpoint {host}: {found.detail}")
        for address in found.addresses:
            refused = self.guard(address, self.own_addresses)
            if refused:
                raise TokenRefused(f"token endpoint {host}: {refused}")
        order = addresses.order(found.addresses, own=self.own_addresses)
        told = ""
        for index, address in enumerate(order):
            share = deadline.remaining_seconds() / (len(order) - index)
            try:
                peer = transport.connect(
                    address, port, Deadline.after(deadline.clock, share, within=deadline)
                )
            except OSError as error:
                told = failures.of(error, Stage.CONNECT)[1]
                continue
            return self._handshake(peer, host, deadline)
        raise TokenRefused(f"token endpoint {host}: {told}")

    def _handshake(self, peer: socket.socket, host: str, deadline: Deadline) -> ssl.SSLSocket:
        context = trust.context(Trust(ca_file=self.ca_file))
        try:
            # A certificate is for the name without the dot that ends it in DNS (RFC 6066, 3).
            return pinned.handshake(peer, context, _ascii(host.removesuffix(".")), deadline)
        except OSError as error:
            told = failures.of(error, Stage.TLS)[1]
            raise TokenRefused(f"token endpoint {host}: {told}") from None

    def _request(self, grant: Grant) -> requests.Request:
        form = {"grant_type": "client_credentials"}
        form |= {"scope": grant.scope} if grant.scope else {}
        form |= {"audience": grant.audience} if grant.audience else {}
        headers = {
            "Host": _host_header(grant.token_url),
            "User-Agent": f"gatewatch/{self.release} (+https://github.com/gatewatch/gatewatch)",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        if grant.client_in_body:
            form |= {"client_id": grant.client_id, "client_secret": grant.secret}
        else:
            headers["Authorization"] = _basic(grant)
        return requests.Request("POST", grant.token_url, headers=headers, data=form)


def _ascii(host: str) -> str:
    return host if ":" in host else ascii_host(host)


def _host_header(url: str) -> str:
    parts = urlsplit(url)
    host = _ascii(parts.hostname or "")
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{parts.port}" if parts.port else host


def _basic(grant: Grant) -> str:
    """Both halves form-encoded first, as RFC 6749, 2.3.1 has it."""
    pair = f"{quote_plus(grant.client_id)}:{quote_plus(grant.secret)}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _granted(response: requests.Response, body: bytes, grant: Grant, host: str) -> Granted:
    told = _document(body)
    if response.status_code != 200:
        what = _refusal(response, told, grant, body)
    elif len(body) > ANSWER_LIMIT_BYTES:
        what = f"its answer is longer than {ANSWER_LIMIT_BYTES} bytes"
    elif not isinstance(token := told.get("access_token"), str) or not _TOKEN.match(token):
        what = "its answer holds no access_token"
    elif str(told.get("token_type", "bearer")).lower() != "bearer":
        what = "its token is of another type than bearer"
    else:
        return Granted(token=token, expires_in=told.get("expires_in"))
    raise TokenRefused(f"token endpoint {host}: {what}")


def _refusal(
    response: requests.Response, told: dict[str, object], grant: Grant, body: bytes
) -> str:
    """The status and the error's code (RFC 6749, 5.2), which may echo what was sent."""
    secrets = (Secret(grant.secret), Secret(_basic(grant)))
    said = snippet_of(body.decode("utf-8", "replace"), secrets)
    logger.warning("no token", url=grant.token_url, status=response.status_code, said=said)
    code = told.get("error")
    shown = redact(code, secrets) if isinstance(code, str) else ""
    shown = f" ({shown})" if _CODE.match(shown) else ""
    moved = ", and redirects are not followed" if response.is_redirect else ""
    return f"answered status {response.status_code}{shown}{moved}"


def _document(body: bytes) -> dict[str, object]:
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def _kind(error: Exception) -> str:
    """The kind of the innermost error: what requests wraps around it says no more."""
    inner: object = error
    while isinstance(inner, Exception):
        error = inner
        inner = getattr(inner, "reason", None) or (inner.args[0] if inner.args else None)
    return type(error).__name__
