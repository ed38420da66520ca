"""Where else a secret could come out: WebSockets, certificates that name it, token endpoints that
say it back, credentials that cannot be sent or read, secrets pasted where a reference belongs."""

import io
import json
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from cryptography import x509

from gatewatch.commands import check
from tests.leaks import echoes, markers
from tests.leaks.campaign import HOST, TOKENS, Campaign
from tests.leaks.markers import Kind
from tests.zoo.certificates import Issuer
from tests.zoo.clients import issued

NAME = 64


def run(campaign: Campaign) -> None:
    by_name = {kind.name: kind for kind in campaign.kinds}
    key, grant = by_name["api_key"], by_name["oauth2"]
    campaign.run("WebSockets", [key], dict(_messages(campaign, key)))
    campaign.run("certificates", [by_name["client_certificate"]], dict(_certificates(campaign)))
    campaign.run("token endpoints", [grant], dict(_token_endpoints(campaign, grant)))
    broken = _broken(campaign)
    campaign.run("broken credentials", [broken], dict(_unsendable(campaign)))
    pasted = dict(_pasted(campaign))
    campaign.run("pasted secrets", [], pasted)
    _checked(campaign, pasted)


def _messages(campaign: Campaign, kind: Kind) -> Iterator[tuple[str, Any]]:
    ports = campaign.ports
    for number in range(len(echoes.ENCODINGS)):
        for scheme, said in (("ws", ports.message), ("wss", ports.secure_message)):
            entry = {"auth": dict(kind.auth), "send": "hello", "expect": {"message_contains": "no"}}
            url = f"{scheme}://{HOST}:{said}/e/0/{number}"
            yield f"{scheme}-{number}", {"url": url, **entry}
        url = f"ws://{HOST}:{ports.http}/e/{number % len(echoes.PLACES)}/{number}"
        yield f"refused-{number}", {"url": url, "auth": dict(kind.auth)}


def _certificates(campaign: Campaign) -> Iterator[tuple[str, Any]]:
    """Peers that have a secret in the names of their certificate."""
    kind = next(k for k in campaign.kinds if k.name == "client_certificate")
    issuer = Issuer(campaign.authority)
    for index, secret in enumerate((kind.secrets["API key"], kind.secrets["line 0 of the key"])):
        for number, encode in enumerate(echoes.ENCODINGS.values()):
            said = encode(secret.encode("latin-1")).decode("latin-1")
            name = said.encode()[:NAME].decode("utf-8", "ignore")
            names = [
                x509.DNSName(HOST),
                x509.DNSName(_ascii(said)),
                x509.DNSName(_ascii("x" * 180 + said)),
            ]
            context = issuer(name, names)
            port = campaign.ports.named(echoes.speak, context)
            path = f"{HOST}:{port}/e/0/0"
            yield f"c{index}-{number}", {"url": f"https://{path}", "auth": dict(kind.auth)}
            entry = {"url": f"https://{path}", "auth": dict(kind.auth), "insecure_tls": True}
            yield f"i{index}-{number}", entry
            if index == 0:
                continue  # a TLS probe is given no API key, so it cannot know one
            shown = {"client_certificate": kind.auth["client_certificate"]}
            yield f"t{index}-{number}", {"url": f"tls://{HOST}:{port}", "auth": shown}


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()


def _token_endpoints(campaign: Campaign, kind: Kind) -> Iterator[tuple[str, Any]]:
    for number in range(len(echoes.ENCODINGS)):
        for place in range(2):
            for where in ("header", "body"):
                url = f"https://{TOKENS}:{campaign.ports.token}/e/{place}/{number}"
                auth = dict(kind.auth["oauth2"]) | {"token_url": url, "send_client_in": where}
                target = f"https://{HOST}:{campaign.ports.https}/e/0/0"
                yield f"{where}-{place}-{number}", {"url": target, "auth": {"oauth2": auth}}


def _broken(campaign: Campaign) -> Kind:
    """Secrets of which none can be sent."""
    said = {name: markers.marker(campaign.random) for name in ("line", "json", "pem", "locked")}
    for name, value in said.items():
        for half, secret in markers.halves(name, value).items():
            campaign.haul.search.know(half, secret)
    locked = issued(campaign.authority.trustme)
    for name, line in markers.key_lines(locked).items():
        campaign.haul.search.know(f"locked {name}", line)
    return Kind(
        name="broken",
        auth={},
        ssm={
            "/s/line": f"{said['line']}\r\nx: y",
            "/s/control": f"{said['line']}\x07",
            "/s/pem": f"-----BEGIN PRIVATE KEY-----\n{said['pem']}\n-----END PRIVATE KEY-----",
            "/s/mad": locked.chain
            + f"-----BEGIN PRIVATE KEY-----\n{said['pem']}\n-----END PRIVATE KEY-----",
            "/s/locked": locked.encrypted,
            "/s/snowman": f"\u2603{said['line']}",
        },
        manager={
            "team/json": json.dumps({"other": said["json"]}),
            "team/broken": f'{{"key": "{said["json"]}',
            "team/list": json.dumps([said["json"]]),
            "team/pem": json.dumps({"certificate": locked.chain, "key": [said["pem"]]}),
        },
    )


def _unsendable(campaign: Campaign) -> Iterator[tuple[str, Any]]:
    ways: dict[str, Any] = {}
    for name in ("line", "control", "snowman", "none"):
        secret = f"ssm:/s/{name}"
        ways |= {f"{name}-key": {"api_key": secret}, f"{name}-bearer": {"bearer": secret}}
        ways |= {f"{name}-basic": {"basic": {"user": "u", "secret": secret}}}
        ways |= {f"{name}-whole": {"basic": secret}}
        url = f"https://{TOKENS}:{campaign.ports.token}/e/0/0"
        grant = {"token_url": url, "client_id": "c", "secret": secret}
        ways |= {f"{name}-oauth2": {"oauth2": grant}}
    for name in ("json#gone", "broken#key", "list#key", "none#key"):
        ways[f"m-{name.partition('#')[0]}"] = {"api_key": f"secretsmanager:team/{name}"}
    for name in ("ssm:/s/pem", "ssm:/s/mad", "ssm:/s/locked", "secretsmanager:team/pem"):
        ways[f"c-{name[-6:].replace('/', '-')}"] = {"client_certificate": name}
    for name, auth in ways.items():
        yield name, {"url": f"https://{HOST}:{campaign.ports.https}/e/0/0", "auth": auth}
    said = f"https://{HOST}:{campaign.ports.https}/e/0/0"
    for name in ("pem", "snowman"):
        yield f"ca-{name}", {"url": said, "ca": f"ssm:/s/{name}"}


def _pasted(campaign: Campaign) -> Iterator[tuple[str, Any]]:
    """Entries that hold the secret itself."""
    secret = markers.marker(campaign.random)
    for name, half in markers.halves("pasted", secret).items():
        campaign.haul.search.know(name, half)
    tame = markers.marker(campaign.random, "")
    for name, half in markers.halves("tame", tame).items():
        campaign.haul.search.know(name, half)
    url = f"https://{HOST}/x"
    pem = f"-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE KEY-----"
    ways: dict[str, Any] = {
        "key": {"api_key": secret},
        "bearer": {"bearer": secret},
        "whole": {"basic": f"watch:{secret}"},
        "basic": {"basic": {"user": "watch", "secret": secret}},
        "header": {"header": {"name": "X-Token", "secret": secret}},
        "grant": {"oauth2": {"token_url": url, "client_id": "c", "secret": secret}},
        "certificate": {"client_certificate": pem},
        "text": secret,
        "list": [secret],
        "number": {"api_key": [secret]},
    }
    for name, auth in ways.items():
        yield f"pasted-{name}", {"url": url, "auth": auth}
    yield "pasted-authorization", {"url": url, "headers": {"Authorization": f"Bearer {secret}"}}
    yield "pasted-own", {"url": url, "headers": {"X-Api-Key": secret}}
    yield "pasted-query", {"url": f"{url}?api_key={secret.replace(' ', '')}"}
    for name, said in (
        ("odd", secret.replace(" ", "")),
        ("tame", tame),
        ("slash", f"{tame[:16]}/{tame[16:]}"),
        ("hash", f"{tame[:16]}#{tame[16:]}"),
        ("port", f"x@{HOST}:{tame}"),
        ("signs", f"{tame}\u2488"),  # what NFKC makes a dot of
    ):
        yield f"pasted-url-{name}", {"url": f"https://watch:{said}@{HOST}/x"}
    yield (
        "pasted-token-url",
        {
            "url": url,
            "auth": {
                "oauth2": {
                    "token_url": f"https://c:{secret}@{TOKENS}/",
                    "client_id": "c",
                    "secret": "ssm:/s/grant",
                }
            },
        },
    )


def _checked(campaign: Campaign, entries: Mapping[str, Any]) -> None:
    """`gatewatch check` on them, in both forms, whole and cut off."""
    for name, entry in entries.items():
        text = json.dumps(entry)
        for cut in (len(text), len(text) - 2, len(text) // 2):
            file = campaign.folder / f"{name}.yaml"
            file.write_text(text[:cut])
            for as_json in (False, True):
                said = io.StringIO()
                with redirect_stdout(said), redirect_stderr(said):
                    check.run([file], as_json=as_json)
                campaign.haul.put("command line", name, said.getvalue())
            file.unlink()
