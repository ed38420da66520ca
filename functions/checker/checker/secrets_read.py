"""Credentials by reference: read in the checker, kept in memory for five minutes, never logged.

The canary makes no AWS call, so a secret travels to it only inside the synchronous invocation.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from probing.clock import Clock

KEPT_SECONDS = 300.0
FRESH_SECONDS = 900.0


class SecretRefused(Exception):
    """A credential could not be read or made; the text says which and why, and no value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A value, when it was read and when its version was made (Clock time)."""

    value: str = field(repr=False)
    read_at: float
    changed_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Reads `ssm:/path` and `secretsmanager:name-or-arn[#json-key]`; the ARN may be of another
    account, and of another Region: `elsewhere` makes that Region's client."""

    ssm: Any
    secretsmanager: Any
    clock: Clock
    elsewhere: Callable[[str], Any] | None = None
    _kept: dict[str, Secret] = field(default_factory=dict, repr=False)

    def read(self, reference: str, *, again: bool = False) -> Secret:
        """The credential, from memory unless it is old or `again`. Raises SecretRefused."""
        kept = self._kept.get(reference)
        if kept and not again and self.clock.now_at() - kept.read_at < KEPT_SECONDS:
            return kept
        source, _, name = reference.partition(":")
        try:
            secret = self._from_ssm(name) if source == "ssm" else self._from_manager(name)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "error")
            raise SecretRefused(f"{reference}: {code}") from error
        except (BotoCoreError, LookupError, ValueError, TypeError, RecursionError) as error:
            # The text of a ValueError from JSON may quote the secret: only its type is told.
            raise SecretRefused(f"{reference}: {type(error).__name__}") from None
        self._kept[reference] = secret
        return secret

    def _from_ssm(self, name: str) -> Secret:
        found = self.ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]
        return self._secret(found["Value"], found.get("LastModifiedDate"))

    def _from_manager(self, name: str) -> Secret:
        # An ARN holds no '#', a JSON key may hold anything.
        secret_id, _, key = name.partition("#")
        found = self._manager_of(secret_id).get_secret_value(SecretId=secret_id)
        value = found["SecretString"]
        if key:
            value = str(json.loads(value)[key])
        return self._secret(value, found.get("CreatedDate"))

    def _manager_of(self, secret_id: str) -> Any:
        region = secret_id.split(":")[3] if secret_id.startswith("arn:") else ""
        if not region or self.elsewhere is None:
            return self.secretsmanager
        return self.elsewhere(region)

    def _secret(self, value: str, changed: Any) -> Secret:
        changed_at = changed.timestamp() if changed is not None else None
        return Secret(value=value, read_at=self.clock.now_at(), changed_at=changed_at)
