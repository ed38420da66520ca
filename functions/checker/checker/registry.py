"""Keeping the registry: every source asked at its own pace, and put together in one snapshot.

A source that cannot be read keeps what it said last, and stops no other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

from aws_lambda_powertools import Logger

from checker import defaults_read, gathering, kept, reports, snapshot, sources
from checker.aws import Clients
from checker.defaults_read import Defaults
from checker.settings import Settings
from checker.snapshot import Registry
from checker.sources import Asking, Read, SourceRefused
from checker.state import Key, Table
from probing.clock import Clock
from reasoning.clocktext import moment
from reasoning.inventory import Inventory
from reasoning.transition import MemberProblem

SOURCES: Key = ("registry", "sources")
PAUSED = "paused"

logger = Logger(child=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What each source said last, by KIND, and since when it says so; the member's defaults."""

    reads: dict[str, Read] = field(default_factory=dict)
    at: dict[str, float] = field(default_factory=dict)
    common: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Reads the sources and keeps the snapshot."""

    settings: Settings
    clients: Clients
    clock: Clock
    table: Table

    def refresh(
        self, placed: tuple[str, ...], inventory: Inventory | None, problems: list[MemberProblem]
    ) -> Registry:
        """The registry now. What is wrong is added to `problems`."""
        before = kept.load_or_none(self.table, Registry, snapshot.REGISTRY) or Registry()
        said = kept.load_or_none(self.table, Said, SOURCES) or Said()
        refused: dict[str, str] = {}
        now = self._ask(said, inventory, refused)
        if now != said:
            kept.save(self.table, SOURCES, now)
        registry = gathering.gather(now.reads, self._tags(placed, inventory), self.settings)
        registry = replace(
            registry,
            said_at=now.at,
            refused=refused,
            resumed_at=self._resumed_at(before, registry),
        )
        if registry != before:
            snapshot.save_registry(self.table, registry)
        problems += self._told(now, registry)
        return registry

    def _ask(self, said: Said, inventory: Inventory | None, refused: dict[str, str]) -> Said:
        modules = sources.discover()
        reads, at = dict(said.reads), dict(said.at)
        common = self._defaults(said, frozenset(modules), refused)
        if DEFAULTS not in at or common.of != said.common:
            at[DEFAULTS] = self.clock.now_at()
        for kind, module in modules.items():
            asking = Asking(
                clients=self.clients,
                settings=self.settings,
                table=self.table,
                now_at=self.clock.now_at(),
                before=said.reads.get(kind, Read()),
                inventory=inventory,
                common=common.of.get(kind, {}),
            )
            read = self._read(module, asking, refused)
            if read is not None:
                reads[kind] = read
            if kind not in at or reads.get(kind) != said.reads.get(kind):
                at[kind] = self.clock.now_at()
            if kind in reads and reads[kind].refused:
                refused.setdefault(kind, reads[kind].refused)
        reads[DEFAULTS] = Read(problems=common.problems)
        return Said(reads=reads, at=at, common=common.of)

    def _defaults(self, said: Said, kinds: frozenset[str], refused: dict[str, str]) -> Defaults:
        try:
            return defaults_read.read(self.clients, self.settings, kinds)
        except SourceRefused as error:
            refused[DEFAULTS] = str(error)
            problems = said.reads.get(DEFAULTS, Read()).problems
            return Defaults(of=said.common, problems=problems)

    def _read(self, module: ModuleType, asking: Asking, refused: dict[str, str]) -> Read | None:
        try:
            read: Read | None = module.read(asking)
        except SourceRefused as error:
            refused[module.KIND] = str(error)
            return None
        except Exception as error:  # whatever one source holds, the others go on
            logger.exception("source not read", kind=module.KIND)
            refused[module.KIND] = f"{type(error).__name__} while it was read"
            return None
        return read

    def _tags(
        self, placed: tuple[str, ...], inventory: Inventory | None
    ) -> dict[str, Mapping[str, str] | None]:
        """The tags of each placed VPC; None while they are not known."""
        found = {vpc.id: vpc.tags for vpc in inventory.vpcs} if inventory else {}
        return {vpc_id: found.get(vpc_id) for vpc_id in placed}

    def _resumed_at(self, before: Registry, now: Registry) -> float:
        ended = before.paused and not now.paused
        return self.clock.now_at() if ended else before.resumed_at

    def _told(self, said: Said, registry: Registry) -> list[MemberProblem]:
        now_at = self.clock.now_at()
        shared = {kind for kind, module in sources.discover().items() if module.SHARED}
        silent = frozenset() if self.settings.is_home else shared
        told = [
            _refused(kind, why, said.at.get(kind, now_at), now_at)
            for kind, why in registry.refused.items()
            # A text that is broken is broken for all; a refusal may be this member's alone.
            if not (kind in silent and why == said.reads.get(kind, Read()).refused)
        ]
        if registry.paused and self.settings.is_home:
            told.append(_paused(now_at))
        return [*told, *reports.of_registry(registry.problems, now_at)]


DEFAULTS = "defaults"


def _refused(kind: str, why: str, said_at: float, now_at: float) -> MemberProblem:
    return MemberProblem(
        key=f"registry_refused:{kind}",
        what=f"the registry source {kind} cannot be read: {why}. What it said last stays in force, "
        f"as it is since {moment(said_at)}; the other sources go on",
        mend="see what the text says; else the role of the checker in member.yaml, service control "
        "policies and the permissions boundary",
        at=now_at,
    )


def _paused(now_at: float) -> MemberProblem:
    return MemberProblem(
        key=PAUSED,
        what="all looks are paused by `pause: true` in the organisation's endpoints.yaml: nothing "
        "is looked at, and nothing that breaks is told",
        mend="set `pause: false` there when it may go on; looks start within two minutes",
        at=now_at,
    )
