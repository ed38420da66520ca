"""Problems that people must mend: each told to the hub when it appears, changes or is gone."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from checker.hub import Hub
from checker.packed import pack, unpack
from checker.state import Key, Table
from probing.endpoint import Problem
from probing.wire import from_json, to_json
from reasoning import wire
from reasoning.transition import MemberProblem

KEY: Key = ("problems", "told")
MOST_OF_A_SOURCE = 50
"""Broken entries of one source that are told each for itself: ten thousand are one mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Open problems by key, as the hub's bus took them; `trail_at`: the last look at trails."""

    open: dict[str, MemberProblem] = field(default_factory=dict)
    trail_at: float = 0.0


def load(table: Table) -> Told:
    item = table.get(KEY)
    return Told() if item is None else from_json(Told, unpack(item))


def save(table: Table, told: Told) -> None:
    table.put(KEY, {"body": {"B": pack(to_json(told))}})


def tell(hub: Hub, told: Told, now: Iterable[MemberProblem], now_at: float) -> Told:
    """Send what differs from `told`, all in one message; what is told after that. A bus that
    refuses leaves `told` as it was: the next tick tries again."""
    wanted = {problem.key: problem for problem in now if problem.open}
    appeared = [p for key, p in wanted.items() if not _same(told.open.get(key), p)]
    gone = [replace(p, open=False, at=now_at) for k, p in told.open.items() if k not in wanted]
    if not (appeared or gone):
        return told
    if not hub.send(wire.PROBLEM, [[problem] for problem in (*appeared, *gone)]):
        return told
    kept = {key: told.open.get(key, p) for key, p in wanted.items()}
    return replace(told, open=kept | {p.key: p for p in appeared})


def of_registry(problems: Iterable[Problem], now_at: float) -> tuple[MemberProblem, ...]:
    """One for each broken entry, with everything that is wrong with it; of very many in one source
    the first, and one for the rest."""
    by_kind: dict[str, dict[str, list[Problem]]] = {}
    for problem in problems:
        of_kind = by_kind.setdefault(problem.source.partition(":")[0], {})
        of_kind.setdefault(problem.source, []).append(problem)
    told: list[MemberProblem] = []
    for kind, by_entry in sorted(by_kind.items()):
        each = _of_entries(by_entry, now_at)
        told += each[:MOST_OF_A_SOURCE]
        if len(each) > MOST_OF_A_SOURCE:
            told.append(_rest(kind, len(each) - MOST_OF_A_SOURCE, now_at))
    return tuple(told)


def _rest(kind: str, count: int, now_at: float) -> MemberProblem:
    return MemberProblem(
        key=f"registry_rest:{kind}",
        what=f"{count} further entries of the registry source {kind} are broken and left out",
        mend="`gatewatch endpoints` lists them all",
        at=now_at,
    )


def _of_entries(by_entry: dict[str, list[Problem]], now_at: float) -> tuple[MemberProblem, ...]:
    return tuple(
        MemberProblem(
            key=f"registry:{source}",
            what=f"registry entry {source} is left out: "
            + "; ".join(f"{_where(p)}: {p.what}" for p in found),
            mend="; ".join(dict.fromkeys(p.mend for p in found)),
            at=now_at,
            owner=next((p.owner for p in found if p.owner), ""),
        )
        for source, found in sorted(by_entry.items())
    )


def _where(problem: Problem) -> str:
    return f"line {problem.line}, {problem.path}" if problem.line else problem.path


def _same(one: MemberProblem | None, two: MemberProblem) -> bool:
    return one is not None and replace(one, at=0.0) == replace(two, at=0.0)
