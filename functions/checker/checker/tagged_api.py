"""What becomes of an API that carries the tag `gatewatch:monitor`: entries for each of its stages.

Sources: docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html and
apigateway-private-api-test-invoke-url.html (names of private APIs).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from checker.partition import dns_suffix
from checker.sources import Asking
from probing import registration
from probing.endpoint import Endpoint, Problem

MONITOR, PATH = "gatewatch:monitor", "gatewatch:path"
KEYS = ("owner", "severity", "service", "runbook", "page_after")
"""Of an entry, given by tags `gatewatch:<key>`; a stage's tags stand before its API's."""
YES, NO = frozenset({"yes", "true", "on"}), frozenset({"no", "false", "off"})
ANY_ANSWER = "100-499"
"""Without a path nothing is known of the answer but that the API gives one."""
LONGEST_NAME = 63

Entry = tuple[Endpoint | None, tuple[Problem, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """`protocol` is REST, HTTP or WEBSOCKET; `vpc_endpoints` those of a private API;
    `default_name`: whether its execute-api name answers."""

    id: str
    name: str
    protocol: str
    tags: dict[str, str] = field(default_factory=dict)
    private: bool = False
    vpc_endpoints: tuple[str, ...] = ()
    default_name: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    name: str
    tags: dict[str, str] = field(default_factory=dict)


def is_monitored(api: Api, problems: list[Problem]) -> bool:
    """Whether its tag says so; a tag that says neither yes nor no, and a name that does not answer,
    are problems."""
    if not _says_yes(api.tags, f"apigateway:{api.id}", problems):
        return False
    if not api.default_name:
        problems.append(
            Problem(
                source=f"apigateway:{api.id}",
                path=MONITOR,
                what="is on an API whose execute-api name is switched off",
                mend="register its custom domain instead",
                owner=api.tags.get("gatewatch:owner", ""),
            )
        )
    return api.default_name


def entries(api: Api, stage: Stage, asking: Asking) -> Iterator[Entry]:
    """The endpoints of one stage, each with what is wrong with it: one, or one for each VPC
    endpoint of a private API."""
    source, problems = f"apigateway:{api.id}/{stage.name}", list[Problem]()
    monitored = MONITOR not in stage.tags or _says_yes(stage.tags, source, problems)
    if problems:
        yield None, tuple(problems)
    if not monitored:
        return
    ways = api.vpc_endpoints if api.private and api.vpc_endpoints else ("",)
    for vpc_endpoint in ways:
        raw = _raw(api, stage, vpc_endpoint, asking)
        own = f"{source}/{vpc_endpoint}" if vpc_endpoint else source
        yield registration.parse(raw, source=own)


def _raw(api: Api, stage: Stage, vpc_endpoint: str, asking: Asking) -> dict[str, Any]:
    """The entry as an author would write it."""
    tags = {**api.tags, **stage.tags}
    region = asking.settings.aws_region
    host = "-".join(part for part in (api.id, vpc_endpoint) if part)
    scheme = "wss" if api.protocol == "WEBSOCKET" else "https"
    base = "" if stage.name == "$default" else f"/{stage.name}"
    path = tags.get(PATH, "" if scheme == "wss" else "/")
    url = f"{scheme}://{host}.execute-api.{region}.{dns_suffix(region)}{base}{path}"
    expect: dict[str, Any] = {}
    if scheme == "https" and PATH not in tags:
        expect["status"] = ANY_ANSWER
    if api.private:
        expect["resolves_to"] = vpc_endpoint or "private"
    raw = {**asking.common, **{k: tags[f"gatewatch:{k}"] for k in KEYS if f"gatewatch:{k}" in tags}}
    vpcs = _vpcs(api, vpc_endpoint, asking)
    if vpcs:
        raw["from"] = {"vpcs": vpcs}
    return {**raw, "name": _name(api, stage, vpc_endpoint), "url": url, "expect": expect}


def _vpcs(api: Api, vpc_endpoint: str, asking: Asking) -> list[str]:
    """Where a private API can be reached from: the VPCs of its endpoints, as far as they are known;
    [] for everywhere."""
    if not api.private or asking.inventory is None:
        return []
    standing = [one for one in asking.inventory.endpoints if one.deleted_at is None]
    if vpc_endpoint:
        return sorted({one.vpc_id for one in standing if one.id == vpc_endpoint})
    through = (one for one in standing if one.service.endswith(".execute-api") and one.private_dns)
    return sorted({one.vpc_id for one in through})


def _name(api: Api, stage: Stage, vpc_endpoint: str) -> str:
    """For people first, and always the same: `<name>-<stage>-<id>`, the name cut to fit."""
    rest = "-".join(part for part in (stage.name.lstrip("$"), api.id, vpc_endpoint) if part)
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in api.name)
    plain = plain.strip("-._")[: max(0, LONGEST_NAME - len(rest) - 1)].rstrip("-._")
    return f"{plain}-{rest}" if plain else rest


def _says_yes(tags: dict[str, str], source: str, problems: list[Problem]) -> bool:
    said = tags.get(MONITOR, "no").strip().lower()
    if said not in YES | NO:
        problems.append(
            Problem(
                source=source,
                path=MONITOR,
                what=f"the tag says '{said}'",
                mend="write yes or no",
                owner=tags.get("gatewatch:owner", ""),
            )
        )
    return said in YES
