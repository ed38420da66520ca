"""Records that outgrow one item: split, read whole, replaced without a trace."""

import random

import pytest

from checker import digest, kept, snapshot
from checker.digest import Told
from checker.registry import SOURCES
from tests.unit.checker.world import make_table

KEY = ("registry", "snapshot")


def told(number, seed=1):
    draw = random.Random(seed)
    return Told(pairs={str(n): f"{draw.getrandbits(512):x}" for n in range(number)})


def items(table):
    found = table.dynamodb.scan(TableName="split")["Items"]
    return {item["sk"]["S"]: len(item.get("body", {}).get("B", b"")) for item in found}


@pytest.fixture
def table(world):
    make_table(world.clients.dynamodb, "split")
    kept.forget()
    return type(world.table)(dynamodb=world.clients.dynamodb, name="split")


@pytest.mark.parametrize(("number", "pieces"), [(0, 0), (10, 0), (3_000, 1), (12_000, 3)])
def test_a_large_record_is_read_as_it_was_written(table, number, pieces):
    kept.save(table, KEY, told(number))
    assert len(items(table)) == 1 + pieces
    assert max(items(table).values()) <= kept.PIECE_BYTES
    kept.forget()
    assert kept.load(table, Told, KEY) == told(number)


def test_what_was_never_written_is_none(table):
    assert kept.load(table, Told, KEY) is None


def test_the_pieces_of_the_one_before_are_gone(table):
    kept.save(table, KEY, told(12_000))
    kept.save(table, KEY, told(12_000, seed=2))
    assert len(items(table)) == 4
    kept.save(table, KEY, told(1))
    assert list(items(table)) == ["snapshot"]
    assert kept.load(table, Told, KEY) == told(1)


def test_what_a_worker_has_read_is_not_read_again(table):
    kept.save(table, KEY, told(12_000))
    assert kept.load(table, Told, KEY) is kept.load(table, Told, KEY)


def test_a_record_that_is_written_meanwhile_is_read_anew_or_said_to_be_torn(table):
    kept.save(table, KEY, told(12_000))
    old = table.get(KEY)
    kept.save(table, KEY, told(12_000, seed=2))
    kept.forget()
    assert kept.load(table, Told, KEY, old) == told(12_000, seed=2)
    kept.forget()
    for name in items(table):
        if name != "snapshot":
            table.drop((KEY[0], name))
    with pytest.raises(kept.Torn):
        kept.load(table, Told, KEY)


def test_an_item_of_another_release_is_as_if_it_were_not_there(table):
    table.put(KEY, {"body": {"B": b"gzip of an older form"}})
    assert kept.load(table, Told, KEY) is None
    kept.save(table, KEY, told(1))
    assert kept.load(table, Told, KEY) == told(1)


def test_a_torn_registry_is_made_anew_by_the_tick(world):
    torn = {"digest": {"S": "0123456789abcdef"}, "pieces": {"N": "2"}}
    for key in (SOURCES, snapshot.REGISTRY, digest.PAIRS):
        world.table.put(key, torn)
    world.tick()
    assert [e.id for e in snapshot.load_registry(world.table).endpoints] == ["orders"]
