"""The organisation's file as a whole: pause, poison, and a bucket that cannot be read."""

import pytest

from checker import registry, reports
from checker.sources import organisation
from reasoning.wire import DIGEST, PROBLEM
from tests.unit.checker.org import BUCKET, entry, ids, known, open_problems


def test_pause_stops_looks_of_the_tick_and_of_events_and_the_hub_is_told(world, org):
    org(entry())
    world.look()
    world.queued()
    org(entry(), pause=True)
    assert world.queued() == []
    asked = len(world.sights.works)
    world.look(why="change")
    assert len(world.sights.works) == asked
    digest = world.bus.bodies(DIGEST)[-1][0]
    assert digest["paused"] and digest["looked"] == {} and digest["endpoints"] == []
    assert digest["gone"] == []
    assert registry.PAUSED in open_problems(world)


def test_a_pause_ends_and_nothing_seems_to_have_been_silent(world, org):
    world.look()
    org(entry(), pause=True)
    world.clock.sleep_seconds(3600)
    world.queued()
    org(entry())
    assert {message["vpc_id"] for message in world.queued()} == {world.vpc}
    digest = world.bus.bodies(DIGEST)[-1][0]
    assert not digest["paused"] and digest["looked"] == {world.vpc: world.clock.now_at()}
    assert registry.PAUSED not in open_problems(world)


def test_the_file_is_read_when_it_changed_and_costs_no_write_when_not(world, org):
    org(entry())
    before = known(world)
    calls = world.calls_of("s3", "GetObject")
    world.tick()
    assert known(world) == before
    assert [status for _, status in world.calls_of("s3", "GetObject")[len(calls) :]] == [304]


def test_a_file_that_is_not_there_is_no_entry_and_no_problem(world):
    world.with_bucket(BUCKET)
    world.tick()
    assert ids(world) == ["orders"] and open_problems(world).keys() == {"no_trail"}


def test_a_file_that_is_gone_keeps_what_it_said_until_a_file_says_otherwise(world, org):
    org(entry())
    for _ in range(2):
        world.clients.s3.delete_object(Bucket=BUCKET, Key="endpoints.yaml")
        world.tick()
    assert ids(world) == ["ledger", "orders"]
    assert (
        "is gone from its bucket" in open_problems(world)["registry_refused:organisation"]["what"]
    )
    org(entry())
    assert ids(world) == ["ledger", "orders"]
    assert "registry_refused:organisation" not in open_problems(world), "the same text, put back"
    world.clients.s3.delete_object(Bucket=BUCKET, Key="endpoints.yaml")
    world.tick()
    org()
    assert ids(world) == ["orders"]
    assert "registry_refused:organisation" not in open_problems(world)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "endpoints.yaml is empty; write `endpoints: []`"),
        ("endpoints: [", "endpoints.yaml"),
        ("a: &a [x]\nendpoints: [*a, *a]", "alias"),
        ("endpoints: " + "[" * 40 + "]" * 40, "nested deeper"),
        ("[" * 100_000, "nested deeper"),
        ("x" * 4_000_001, "longer than"),
        (b"\xff\xfe\x00", "UTF-8"),
        ("- name: x", "is a list"),
        ("pause: true\npause: false", "twice"),
    ],
    ids=["empty", "cut", "aliases", "deep", "deeper", "huge", "binary", "list", "key twice"],
)
def test_a_poisoned_file_keeps_what_it_said_and_stops_no_other_source(world, org, text, told):
    org(entry())
    org(text=text)
    world.register("further")
    world.tick()
    assert ids(world) == ["further", "ledger", "orders"]
    problem = open_problems(world)["registry_refused:organisation"]
    assert told in problem["what"] and "What it said last stays in force" in problem["what"]
    org(entry("mended"))
    assert ids(world) == ["further", "mended", "orders"]
    assert "registry_refused:organisation" not in open_problems(world)


def test_a_file_too_large_to_fetch_is_not_fetched(world, org):
    org(entry())
    org(text="#" * (organisation.MOST_BYTES + 1))
    assert ids(world) == ["ledger", "orders"]
    assert "bytes, more than" in open_problems(world)["registry_refused:organisation"]["what"]


def test_a_text_that_a_worker_died_of_is_not_read_again(world, org):
    org(entry())
    s3 = world.clients.s3
    version = s3.put_object(Bucket=BUCKET, Key="endpoints.yaml", Body="endpoints: []")["ETag"]
    world.table.put(organisation.TRYING, {"version": {"S": version}})
    world.tick()
    assert ids(world) == ["ledger", "orders"]
    assert "took too long" in open_problems(world)["registry_refused:organisation"]["what"]


def test_a_bucket_that_cannot_be_read_keeps_what_it_said_and_says_since_when(world, org):
    org(entry())
    world.lose_bucket()
    world.register("further")
    world.tick()
    assert ids(world) == ["further", "ledger", "orders"]
    told = open_problems(world)["registry_refused:organisation"]
    assert "as it is since 20" in told["what"]
    reported = len(world.bus.bodies(PROBLEM))
    world.clock.sleep_seconds(60)
    world.tick()
    assert len(world.bus.bodies(PROBLEM)) == reported, "told once, not every minute"


def test_a_member_elsewhere_leaves_the_files_mistakes_to_the_hubs_own(world, org):
    world.move_hub("999999999999")
    lacking = entry("lacking")
    del lacking["from"]
    org(entry(), lacking, pause=True)
    assert known(world).paused
    assert not [key for key in open_problems(world) if key != "no_trail"]
    org(text="[")
    assert "registry_refused:organisation" not in open_problems(world)
    world.lose_bucket()
    world.tick()
    assert "registry_refused:organisation" in open_problems(world)


def test_a_file_full_of_mistakes_is_told_by_its_first_ones_and_a_number(world, org):
    world.register("broken", urll="https://x.example.com")
    org(*(entry(f"e{number:03}", severity="loud") for number in range(200)))
    told = open_problems(world)
    each = [key for key in told if key.startswith("registry:organisation:")]
    assert len(each) == reports.MOST_OF_A_SOURCE
    assert "150 further entries" in told["registry_rest:organisation"]["what"]
    assert "registry:ssm:/gatewatch/endpoints/broken" in told
