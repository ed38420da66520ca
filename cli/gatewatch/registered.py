"""What is registered and who looks at it, as the member's table, the hub's table and the
organisation's file have it: read with the caller's own credentials.

Decided here: why nobody looks at an entry. Not decided here: how it is shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from alerter.table import Table as HubTable
from checker import snapshot, vantages, vpc_look
from checker.snapshot import Registry
from checker.sources import organisation
from checker.state import Table
from checker.vpc_look import VpcLook
from probing.endpoint import Endpoint, Problem
from probing.looked_from import From
from probing.wire import from_json
from reasoning import registry_file
from reasoning.inventory import Inventory
from reasoning.transition import Digest, DigestPair


@dataclass(frozen=True, slots=True, kw_only=True)
class Looker:
    """A VPC that looks, and what it last found (`skipped`, or a health)."""

    account: str
    region: str
    vpc_id: str
    label: str = ""
    health: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One entry. `why_not` says why no VPC looks; "" where one does."""

    endpoint: str
    url: str = ""
    source: str = ""
    owner: str = ""
    looked_from: tuple[Looker, ...] = ()
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One view: of a member, or of the whole organisation from its hub."""

    rows: tuple[Row, ...] = ()
    paused: bool = False
    refused: Mapping[str, str] = field(default_factory=dict)


def of_member(table: Table, account: str, region: str) -> Told:
    """What the member whose table this is looks at."""
    registry = snapshot.load_registry(table) or Registry()
    placed = vantages.load(table.get(vantages.KEY))
    inventory = snapshot.load_inventory(table.get(snapshot.INVENTORY))
    labels = {vpc.id: vpc.label for vpc in inventory.vpcs} if inventory else {}
    keys = {vpc_look.key(vpc_id): vpc_id for vpc_id in placed}
    items = table.get_many(keys)
    looks = {keys[key]: vpc_look.load(item) for key, item in items.items()}
    rows = []
    for endpoint in registry.endpoints:
        meant = [v for v in sorted(placed) if not endpoint.from_vpcs or v in endpoint.from_vpcs]
        lookers = tuple(
            Looker(
                account=account,
                region=region,
                vpc_id=vpc_id,
                label=labels.get(vpc_id, ""),
                health=_health(looks.get(vpc_id), endpoint.id),
            )
            for vpc_id in meant
        )
        why = "" if lookers else "no VPC of this account and Region has a canary"
        rows.append(_row(endpoint, lookers, why))
    rows += (Row(endpoint=n.endpoint, source=n.source, why_not=n.why) for n in registry.nowhere)
    rows += _broken(registry.problems)
    ordered = sorted(rows, key=lambda row: (row.endpoint, row.source))
    return Told(rows=tuple(ordered), paused=registry.paused, refused=registry.refused)


def _health(look: VpcLook | None, endpoint: str) -> str:
    row = look.pairs.get(endpoint) if look else None
    if row is None:
        return "not looked at yet"
    return f"{row.health.value}, skipped: {row.skipped}" if row.skipped else row.health.value


def _row(endpoint: Endpoint, lookers: tuple[Looker, ...], why: str) -> Row:
    return Row(
        endpoint=endpoint.id,
        url=endpoint.url,
        source=endpoint.source,
        owner=endpoint.owner,
        looked_from=lookers,
        why_not=why,
    )


def _broken(problems: Iterable[Problem]) -> list[Row]:
    by_source: dict[str, list[str]] = {}
    owners: dict[str, str] = {}
    for problem in problems:
        where = f"line {problem.line}, " if problem.line else ""
        told = f"{where}{problem.path}: {problem.what}; {problem.mend}"
        by_source.setdefault(problem.source, []).append(told)
        owners.setdefault(problem.source, problem.owner)
    return [
        Row(
            endpoint=source.rpartition("#")[2].rpartition("/")[2],
            source=source,
            owner=owners[source],
            why_not="left out: " + "; ".join(told),
        )
        for source, told in by_source.items()
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member as the hub knows it."""

    digest: Digest
    inventory: Inventory | None
    pairs: tuple[DigestPair, ...]

    @property
    def placed(self) -> set[str]:
        """VPCs that it looks from: those of its digest, and of its pairs while it is paused."""
        return {*self.digest.looked, *(pair.vpc_id for pair in self.pairs)}


def members(hub: HubTable) -> list[Member]:
    found = []
    for item in hub.query("members"):
        digest = from_json(Digest, item.body)
        place = f"{digest.account}#{digest.region}"
        stock = hub.get(f"inventory#{place}", "now")
        pairs = (from_json(DigestPair, one.body) for one in hub.query(f"pairs#{place}"))
        inventory = from_json(Inventory, stock.body) if stock else None
        found.append(Member(digest=digest, inventory=inventory, pairs=tuple(pairs)))
    return found


def of_organisation(known: list[Member], text: str | None) -> Told:
    """Every endpoint that any member looks at, and the entries of the organisation's file (`text`,
    None where there is none) that nobody looks at."""
    file = registry_file.read(text, organisation.SOURCE) if text else registry_file.RegistryFile()
    rows: dict[str, Row] = {}
    for member in known:
        for pair in member.pairs:
            before = rows.get(pair.endpoint.id) or Row(
                endpoint=pair.endpoint.id, url=pair.endpoint.url, owner=pair.endpoint.owner
            )
            looked = (*before.looked_from, _looker(member, pair))
            rows[pair.endpoint.id] = replace(before, looked_from=looked)
    for endpoint in file.endpoints:
        seen = rows.get(endpoint.id)
        if seen is None:
            rows[endpoint.id] = _row(endpoint, (), why_nobody(endpoint, known))
        else:
            rows[endpoint.id] = replace(seen, source=endpoint.source)
    listed = [*(rows[name] for name in sorted(rows)), *_broken(file.problems)]
    refused = {organisation.KIND: file.refused} if file.refused else {}
    return Told(rows=tuple(listed), paused=file.paused, refused=refused)


def _looker(member: Member, pair: DigestPair) -> Looker:
    return Looker(
        account=member.digest.account,
        region=member.digest.region,
        vpc_id=pair.vpc_id,
        label=member.digest.labels.get(pair.vpc_id, ""),
        health=pair.health.value,
    )


def why_nobody(endpoint: Endpoint, known: list[Member]) -> str:
    """Why no member looks at an entry of the organisation's file: the first condition that none
    fits."""
    chosen = endpoint.chosen or From()
    if not known:
        return "no member has reported to this hub yet"
    meant = [m for m in known if chosen.wanted.in_member(m.digest.account, m.digest.region)]
    if not meant:
        places = ", ".join(sorted(f"{m.digest.account}/{m.digest.region}" for m in known))
        return f"no member is of its accounts and Regions; there are {places}"
    fitting: list[str] = []
    for member in meant:
        fitting += _vpcs(chosen, member)
    if not fitting:
        return "no VPC of the members that it means has its tags or ids, or 'except' takes them out"
    looking = {vpc_id for member in meant for vpc_id in member.placed}
    if looking.isdisjoint(fitting):
        return f"the VPCs that it means have no canary: {', '.join(fitting)}"
    if any(member.digest.paused for member in meant):
        return "all looks are paused"
    return "not looked at yet, or an entry of the same name in those accounts stands before it"


def _vpcs(chosen: From, member: Member) -> tuple[str, ...]:
    tags: dict[str, Mapping[str, str]] = {vpc_id: {} for vpc_id in member.placed}
    if member.inventory is not None:
        tags |= {vpc.id: vpc.tags for vpc in member.inventory.vpcs}
    return chosen.vpcs(member.digest.account, member.digest.region, tags)


def file_of(s3: Any, bucket: str) -> str | None:
    """The text of the organisation's file; None where there is none."""
    try:
        answer = s3.get_object(Bucket=bucket, Key=organisation.FILE)
    except s3.exceptions.NoSuchKey:
        return None
    return str(answer["Body"].read().decode("utf-8", "replace"))
