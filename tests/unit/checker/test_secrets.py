import time

import pytest

from checker.aws import secretsmanager_in
from checker.secrets_read import SecretRefused, Secrets
from probing.outcome import View
from reasoning.wire import PROBLEM
from tests.unit.checker.stores import Store, secrets
from tests.unit.checker.stubs import Sight, VirtualClock
from tests.unit.checker.world import HOST


def test_a_credential_is_kept_for_five_minutes():
    store = Store({"/key": "s3cret"})
    found = secrets(store)
    assert [found.read("ssm:/key").value for _ in range(3)] == ["s3cret"] * 3
    assert store.reads == 1
    found.clock.sleep_seconds(301)
    found.read("ssm:/key")
    assert store.reads == 2


def test_a_key_of_a_json_secret_is_taken_out():
    store = Store({"api": '{"key": "s3cret"}'})
    assert secrets(store).read("secretsmanager:api#key").value == "s3cret"


@pytest.mark.parametrize(
    "reference",
    [
        "ssm:/gone",
        "secretsmanager:api#other",
        "secretsmanager:no",
        "secretsmanager:list#key",
        "secretsmanager:deep#key",
    ],
)
def test_a_credential_that_cannot_be_read_says_which_and_never_its_text(reference):
    kept = {"api": '{"key": "s3cret"}', "no": "s3cret", "list": '["s3cret"]', "deep": "[" * 99_999}
    store = Store(kept)
    reference = reference + "#key" if reference.endswith(":no") else reference
    with pytest.raises(SecretRefused) as told:
        secrets(store).read(reference)
    assert reference in str(told.value) and "s3cret" not in str(told.value)


def test_a_credential_is_shown_in_no_repr():
    assert "s3cret" not in repr(secrets(Store({"/key": "s3cret"})).read("ssm:/key"))


def keyed(world, secret="ssm:/gatewatch/secrets/orders"):
    world.register(
        "orders",
        url=f"https://{HOST}/orders",
        auth={"header": {"name": "x-api-key", "secret": secret}},
    )
    world.tick()


def test_a_refused_credential_makes_that_endpoint_unknown_and_is_told(world):
    world.register("plain")
    keyed(world)
    world.look()
    rows = world.last_look().pairs
    assert (rows["orders"].state, rows["plain"].state) == ("unknown", "ok")
    told = [p for body in world.bus.bodies(PROBLEM) for p in body if "credential" in p["key"]]
    assert [(p["key"], p["open"]) for p in told] == [("credential:orders", True)]


def test_a_credential_that_can_be_read_again_closes_its_problem(world):
    keyed(world)
    world.look()
    world.clients.ssm.put_parameter(
        Name="/gatewatch/secrets/orders", Value="v", Type="SecureString"
    )
    world.minute()
    told = [p for body in world.bus.bodies(PROBLEM) for p in body if "credential" in p["key"]]
    assert [p["open"] for p in told] == [True, False]
    assert world.last_look().pairs["orders"].state == "ok"


def test_the_canary_gets_the_credential_and_nobody_else_does(world):
    world.clients.ssm.put_parameter(
        Name="/gatewatch/secrets/orders", Value="s3cret", Type="SecureString"
    )
    keyed(world)
    world.look()
    given = [p.secret_headers for _, work in world.sights.works for p in work.probes]
    assert given[0] == {"x-api-key": "s3cret"}
    assert "s3cret" not in str(world.bus.taken)
    assert "s3cret" not in str(world.clients.dynamodb.scan(TableName="member"))


def test_a_refused_credential_that_changed_is_tried_again_at_once(world):
    name = "/gatewatch/secrets/orders"
    world.clients.ssm.put_parameter(Name=name, Value="old", Type="SecureString")
    keyed(world)
    world.look()
    world.clients.ssm.put_parameter(Name=name, Value="new", Type="SecureString", Overwrite=True)
    world.sights.inside["orders"] = [Sight(status=403), Sight()]
    world.sights.works.clear()
    world.minute()
    given = [p.secret_headers["x-api-key"] for _, w in world.sights.works for p in w.probes]
    assert given == ["old", "new"]
    assert world.last_look().pairs["orders"].state == "ok"


def rotated(world, seconds_ago):
    """`orders` was good with its credential, which changed that long ago, and is denied now."""
    name = "/gatewatch/secrets/orders"
    world.clients.ssm.put_parameter(Name=name, Value="v", Type="SecureString")
    keyed(world)
    changed = world.clients.ssm.get_parameter(Name=name)["Parameter"]["LastModifiedDate"]
    world.clock.time.at = changed.timestamp() + seconds_ago
    world.look()
    world.sights.inside["orders"] = Sight(status=403)


def test_a_denial_with_a_new_credential_that_never_worked_is_unknown(world):
    world.sights.inside["orders"] = Sight(status=403)
    rotated(world, seconds_ago=60)
    world.minute()
    assert world.last_look().pairs["orders"].state == "unknown"


def test_a_denial_with_a_credential_that_worked_is_a_failure_however_new(world):
    rotated(world, seconds_ago=5)
    world.minute()
    assert world.pair("orders").state.hard == "failing"


def test_a_good_look_with_the_old_credential_proves_nothing_of_the_new_one(world):
    """Workers keep a credential for five minutes: one looks well with the old, another is denied
    with the new, as the API follows later."""
    name = "/gatewatch/secrets/orders"
    world.clients.ssm.put_parameter(Name=name, Value="old", Type="SecureString")
    keyed(world)
    first = world.clients.ssm.get_parameter(Name=name)["Parameter"]["LastModifiedDate"]
    world.clock.time.at = first.timestamp() + 5
    world.look()
    time.sleep(1.1)  # moto tells the times of versions in whole seconds
    world.clients.ssm.put_parameter(Name=name, Value="new", Type="SecureString", Overwrite=True)
    world.minute()
    assert world.last_look().pairs["orders"].state == "ok"
    world.member = world.new_member()
    world.sights.inside["orders"] = Sight(status=403)
    world.minute()
    assert world.last_look().pairs["orders"].state == "unknown"
    assert world.pair("orders").state.hard == "good"


@pytest.mark.parametrize(
    ("seconds_ago", "state"), [(800, "unknown"), (839, "unknown"), (841, "failing")]
)
def test_a_credential_is_new_for_fifteen_minutes(world, seconds_ago, state):
    """Never seen to work; the look that is denied comes a minute after."""
    world.sights.inside["orders"] = Sight(status=403)
    rotated(world, seconds_ago=seconds_ago)
    world.minute()
    assert world.last_look().pairs["orders"].state == state


def test_a_denial_reads_the_credential_once_more_and_asks_no_more_where_it_is_the_same(world):
    world.sights.inside["orders"] = Sight(status=401)
    rotated(world, seconds_ago=5000)
    store = world.clients.ssm
    reads = []
    store.meta.events.register("before-call.ssm.GetParameter", lambda **_: reads.append(1))
    world.sights.works.clear()
    world.minute()
    assert len(reads) == 1 and len(world.sights.probes(View.INSIDE)) == 1


def test_a_denial_whose_credential_cannot_be_read_any_more_is_unknown(world):
    rotated(world, seconds_ago=5000)
    world.clients.ssm.delete_parameter(Name="/gatewatch/secrets/orders")
    world.minute()
    row = world.last_look().pairs["orders"]
    assert row.state == "unknown" and world.pair("orders").state.hard == "good"


def test_a_refusal_by_a_waf_is_no_denial_of_the_credential(world):
    rotated(world, seconds_ago=60)
    reads = []
    world.clients.ssm.meta.events.register(
        "before-call.ssm.GetParameter", lambda **_: reads.append(1)
    )
    waf = (("x-amzn-errortype", "WafFilteredException"),)
    world.sights.inside["orders"] = Sight(status=403, headers=waf)
    world.minute()
    assert world.pair("orders").load is not None and not reads


ARN = "arn:aws:secretsmanager:eu-west-1:999988887777:secret:gatewatch/ledger-AbCdEf"


def test_a_secret_of_another_region_is_read_there_by_its_arn():
    here, there, asked = Store({}), Store({ARN: '{"token": "s3cret"}'}), []

    def elsewhere(region):
        asked.append(region)
        return there

    found = Secrets(ssm=here, secretsmanager=here, clock=VirtualClock(), elsewhere=elsewhere)
    assert found.read(f"secretsmanager:{ARN}#token").value == "s3cret"
    assert asked == ["eu-west-1"] and here.reads == 0


@pytest.mark.parametrize("arn", ["arn:aws", "arn:aws:secretsmanager:no where:1:secret:x"])
def test_an_arn_that_is_none_is_refused(arn):
    found = Secrets(
        ssm=Store({}), secretsmanager=Store({}), clock=VirtualClock(), elsewhere=secretsmanager_in
    )
    with pytest.raises(SecretRefused):
        found.read(f"secretsmanager:{arn}")
