"""Secrets that occur nowhere else, of every kind of credential, as a registry and its stores hold
them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from string import ascii_letters, digits
from typing import Any

from tests.zoo.clients import Client

LENGTH = 32
ODD = "+/=&<>\"'\\%~ ?;|é"
"""What each of the encodings changes."""
PRINTABLE = ODD.replace("é", "").replace(" ", "")
_PEM_LINE = 16


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Kind:
    """One way to show who we are: `auth` of an entry, and what the stores hold for it. `secrets`
    must turn up nowhere, by name."""

    name: str
    auth: Mapping[str, Any]
    ssm: Mapping[str, str] = field(default_factory=dict)
    manager: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    only_https: bool = False


def marker(random: Random, odd: str = ODD) -> str:
    """32 characters: letters, digits, and each of the odd ones; letters at both ends."""
    inner = [*odd, *random.choices(ascii_letters + digits, k=LENGTH - 2 - len(odd))]
    random.shuffle(inner)
    return "".join((random.choice(ascii_letters), *inner, random.choice(ascii_letters)))


def halves(name: str, secret: str) -> dict[str, str]:
    """The secret, and what a cut would leave of it."""
    middle = len(secret) // 2
    return {name: secret, f"{name}, begun": secret[:middle], f"{name}, ended": secret[middle:]}


def key_lines(client: Client) -> dict[str, str]:
    """The private key of a client certificate, as it stands and line by line."""
    lines = [line for line in client.key.splitlines() if "-----" not in line]
    told = {f"line {n} of the key": line for n, line in enumerate(lines) if len(line) >= _PEM_LINE}
    return told | {"key": "".join(lines)}


def kinds(random: Random, client: Client, token_url: str) -> tuple[Kind, ...]:
    """Every kind, with markers of this run. `token_url` gives the token that `token` names."""
    key, header, basic, whole, bearer, grant = (marker(random) for _ in range(6))
    held = json.dumps({"other": "x", "key": header})
    pem = json.dumps({"certificate": client.chain, "key": client.key})
    reference = {"name": "X-Token", "secret": "secretsmanager:team/header#key"}
    return (
        Kind(
            name="api_key",
            auth={"api_key": "ssm:/s/api_key"},
            ssm={"/s/api_key": key},
            secrets=halves("API key", key),
        ),
        Kind(
            name="header",
            auth={"header": reference},
            manager={"team/header": held},
            secrets=halves("header", header),
        ),
        Kind(
            name="basic",
            auth={"basic": {"user": "watch", "secret": "ssm:/s/basic"}},
            ssm={"/s/basic": basic},
            secrets=halves("password", basic) | {"pair": f"watch:{basic}"},
        ),
        Kind(
            name="basic_whole",
            auth={"basic": "ssm:/s/whole"},
            ssm={"/s/whole": f"watch:{whole}"},
            secrets=halves("password", whole) | {"pair": f"watch:{whole}"},
        ),
        Kind(
            name="bearer",
            auth={"bearer": "ssm:/s/bearer"},
            ssm={"/s/bearer": bearer},
            secrets=halves("bearer token", bearer),
        ),
        _oauth2(random, grant, token_url),
        Kind(name="sigv4", auth={"sigv4": {}}),
        Kind(
            name="client_certificate",
            auth={"client_certificate": "secretsmanager:team/client", "api_key": "ssm:/s/api_key"},
            ssm={"/s/api_key": key},
            manager={"team/client": pem},
            secrets=key_lines(client) | halves("API key", key),
            only_https=True,
        ),
    )


def _oauth2(random: Random, grant: str, token_url: str) -> Kind:
    return Kind(
        name="oauth2",
        auth={
            "oauth2": {
                "token_url": token_url,
                "client_id": "gate watch",
                "secret": "ssm:/s/grant",
            }
        },
        ssm={"/s/grant": grant},
        secrets=halves("client secret", grant),
    )
