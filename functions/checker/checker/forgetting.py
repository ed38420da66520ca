"""Pairs that the hub was told are no longer looked at: it forgets that they failed, so what is kept
of them here does, too. Else one that is looked at again and fails still would be told to nobody."""

from collections.abc import Iterable
from dataclasses import replace

from checker import pairs
from checker.state import Conflict, Table
from reasoning.pair import forgotten


def forget(table: Table, names: Iterable[str], now_at: float) -> tuple[str, ...]:
    """Forget that the pairs `<endpoint>@<vpc>` failed. May be done twice. Those that a look wrote
    meanwhile are given back: they must be told again."""
    parts = {name: name.rpartition("@") for name in names}
    keys = {pairs.key(endpoint, vpc_id): name for name, (endpoint, _, vpc_id) in parts.items()}
    overtaken = []
    for key, item in table.get_many(keys).items():
        name = keys[key]
        pair, (endpoint, _, vpc_id) = pairs.load(item), parts[name]
        after = forgotten(pair.state, now_at) if pair else None
        if pair is None or after is None or after == pair.state:
            continue
        try:
            pairs.save(table, endpoint, vpc_id, replace(pair, state=after))
        except Conflict:
            overtaken.append(name)
    return tuple(overtaken)
