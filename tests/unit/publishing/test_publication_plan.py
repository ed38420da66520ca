"""From what is wanted and what is there to steps: a table, and what holds of every plan."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewatch.publishing.plan import (
    Act,
    Instance,
    Model,
    Present,
    Step,
    Wanted,
    effective,
    ordered,
    plan,
)

NEW, OLD = {"Resources": {"A": 2}}, {"Resources": {"A": 1}}
REGIONS = ("eu-west-1", "us-east-1")


def instances(*places, regions=REGIONS):
    return frozenset(Instance(place, region) for place in places for region in regions)


def wanted(*waves, **changed):
    base = Wanted(template=NEW, parameters={"HubBusArn": "bus"}, regions=REGIONS, waves=waves)
    return replace(base, **changed)


def present(*places, **changed):
    base = Present(
        template=NEW,
        parameters={"HubBusArn": "bus"},
        model=Model.SERVICE,
        auto_deployment=True,
        managed_execution=True,
        instances=instances(*places),
    )
    return replace(base, **changed)


def add(*places, regions=REGIONS):
    return Step(act=Act.ADD, places=places, regions=regions)


UPDATE = Step(act=Act.UPDATE, new_template=True)
SETTLE = Step(act=Act.SETTLE)


@pytest.mark.parametrize(
    ("asked", "there", "steps"),
    [
        pytest.param(
            wanted(("a",), ("b", "c")),
            None,
            [Step(act=Act.CREATE), add("a"), add("b", "c")],
            id="nothing there: the StackSet, then its waves",
        ),
        pytest.param(wanted(("a",)), present("a"), [], id="all there"),
        pytest.param(wanted(("a",)), present("a", template=OLD), [UPDATE], id="newer template"),
        pytest.param(wanted(("a",)), present("a", parameters={}), [UPDATE], id="a parameter"),
        pytest.param(wanted(("a",)), present("a", auto_deployment=False), [SETTLE], id="a setting"),
        pytest.param(
            wanted(("a",)), present("a", managed_execution=False), [SETTLE], id="not queueing"
        ),
        pytest.param(
            wanted(("a",)), present("a", behind=instances("a")), [SETTLE], id="some are behind"
        ),
        pytest.param(
            wanted(("a",), ("b",)),
            present("a", "b", template=OLD),
            [
                Step(act=Act.UPDATE, places=("a",), regions=REGIONS, new_template=True),
                Step(act=Act.SETTLE, places=("b",), regions=REGIONS),
                SETTLE,
            ],
            id="newer template in waves",
        ),
        pytest.param(
            wanted(("a",), ("b",)),
            present("a", "b", behind=instances("a", "b")),
            [
                Step(act=Act.SETTLE, places=("a",), regions=REGIONS),
                Step(act=Act.SETTLE, places=("b",), regions=REGIONS),
            ],
            id="behind after a wave that failed: in waves again",
        ),
        pytest.param(
            wanted(("a",), ("b",)),
            present("a", "b", "c", behind=instances("b", "c")),
            [Step(act=Act.SETTLE, places=("b",), regions=REGIONS), SETTLE],
            id="a wave that is behind, and a place of none, which comes last",
        ),
        pytest.param(
            wanted(("a",), ("b",)),
            present("a", template=OLD),
            [UPDATE, add("b")],
            id="a newer template before new places, which get it at once",
        ),
        pytest.param(
            wanted(("a",)),
            present(instances=instances("a", regions=("us-east-1",))),
            [add("a", regions=("eu-west-1",))],
            id="a Region more",
        ),
        pytest.param(
            wanted(("a", "b")),
            present(instances=instances("a") | instances("b", regions=("us-east-1",))),
            [add("b", regions=("eu-west-1",))],
            id="what lacks alone",
        ),
        pytest.param(
            wanted(("a",), remove=True),
            present("a", "b"),
            [Step(act=Act.REMOVE, places=("b",), regions=REGIONS)],
            id="a place less, and said so",
        ),
        pytest.param(wanted(("a",)), present("a", "b"), [], id="a place less, and not said so"),
    ],
)
def test_what_is_done(asked, there, steps):
    assert list(plan(asked, there).steps) == steps


def test_what_is_wanted_no_more_is_told_where_it_stays():
    assert plan(wanted(("a",)), present("a", "b")).left == tuple(sorted(instances("b")))


def test_a_stack_set_of_the_other_model_is_a_problem_and_no_step():
    found = plan(wanted(("a",), model=Model.SELF), present("a"))
    assert not found.steps and "another --name" in found.problems[0]


def test_a_default_that_cloudformation_tells_is_no_difference():
    template = {"Parameters": {"HubBusArn": {}, "MaxRate": {"Default": 1}}, "Resources": {}}
    told = present("a", template=template, parameters={"HubBusArn": "bus", "MaxRate": "1"})
    assert plan(wanted(("a",), template=template), told).steps == ()
    assert effective(template, {"HubBusArn": "x"}) == {"HubBusArn": "x", "MaxRate": "1"}


@pytest.mark.parametrize(
    ("regions", "expected"),
    [
        ((), ("us-east-1",)),
        (("eu-west-1",), ("eu-west-1", "us-east-1")),
        (("us-east-1", "eu-west-1", "us-east-1"), ("us-east-1", "eu-west-1")),
    ],
)
def test_us_east_1_is_always_there_once(regions, expected):
    assert ordered(regions) == expected


@pytest.mark.parametrize(
    ("partition", "expected"),
    [
        ("aws-us-gov", ("here", "us-gov-west-1")),
        ("aws-cn", ("here", "cn-north-1")),
        ("aws-iso", ("here",)),
    ],
)
def test_another_partition_has_its_own_region_of_global_events(partition, expected):
    assert ordered(("here",), partition) == expected


GRID = [Instance(place, region) for place, region in product("abc", ("r1", "r2", "us-east-1"))]


@given(
    there=st.frozensets(st.sampled_from(GRID)),
    places=st.lists(st.sampled_from("abc"), unique=True, min_size=1),
    cut=st.integers(0, 3),
    remove=st.booleans(),
)
def test_whatever_is_there_the_steps_lead_to_what_is_wanted(there, places, cut, remove):
    waves = tuple(wave for wave in (tuple(places[:cut]), tuple(places[cut:])) if wave)
    asked = wanted(*waves, regions=("r1", "us-east-1"), remove=remove)
    found = plan(asked, present(instances=there, template=OLD))
    after = set(there)
    for step in found.steps:
        touched = {Instance(p, r) for p in step.places for r in step.regions}
        if step.act is Act.ADD:
            assert not touched & after, "an instance is added once"
            after |= touched
        elif step.act is Act.REMOVE:
            assert touched <= after, "only what is there is removed"
            after -= touched
        else:
            assert touched <= there, "only what is there is updated"
    assert after == set(asked.instances) | set(() if remove else found.left)
