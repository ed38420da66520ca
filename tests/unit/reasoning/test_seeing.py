from dataclasses import replace

import pytest

from probing.endpoint import Endpoint, Expect
from probing.outcome import Failure, Stage, State, Step
from reasoning.case import RouteClass
from reasoning.health import judge
from reasoning.pair import new_pair
from reasoning.route import fingerprint
from reasoning.seeing import seen_of
from reasoning.transition import Health
from tests.support import cases
from tests.support.cases import HOST, INSIDE, VANTAGE, VPCE, inventory, last_good, outcome, refused

OPEN = Endpoint(id="o", url=f"https://{HOST}/", expect=Expect(status=((403, 403),)))
WITH_KEY = replace(OPEN, auth=cases.ORDERS.auth)
WITH_CERTIFICATE = replace(OPEN, client_certificate="ssm:/gatewatch/secrets/client")
ANYBODY = replace(OPEN, expect=replace(OPEN.expect, fingerprint="any"))
ASIDE = replace(VANTAGE, not_representative="no IPv4 way out")
HEALTHY = outcome(403, headers={"x-amzn-ErrorType": "ForbiddenException"})
THROUGH = refused(failure=None)
GOOD = last_good(status=403, fingerprint=fingerprint(HEALTHY))
OTHER_SERVER = outcome(403, headers={"Server": "awselb/2.0"})
TIMEOUT = outcome(None, failure=Failure.CONNECT_TIMEOUT)


def see(endpoint, probe, good=None, vantage=VANTAGE):
    return seen_of(endpoint, probe, vantage, inventory(cases.vpce()), good)


@pytest.mark.parametrize(
    ("endpoint", "probe", "good", "state", "failure"),
    [
        (OPEN, HEALTHY, GOOD, "ok", ""),
        (OPEN, THROUGH, GOOD, "failing", "route_changed"),
        (OPEN, OTHER_SERVER, GOOD, "failing", "fingerprint_changed"),
        (OPEN, THROUGH, None, "ok", ""),
        (WITH_KEY, THROUGH, GOOD, "ok", ""),
        (WITH_CERTIFICATE, THROUGH, GOOD, "ok", ""),
        (ANYBODY, OTHER_SERVER, GOOD, "ok", ""),
        (ANYBODY, THROUGH, GOOD, "failing", "route_changed"),
        (OPEN, THROUGH, last_good(), "ok", ""),
        (cases.ORDERS, refused(), None, "failing", "http_status"),
        (replace(cases.ORDERS, expect=Expect(resolves_to="public")), outcome(address=INSIDE), None,
         "failing", "resolves_elsewhere"),
        (OPEN, replace(HEALTHY, state=State.UNKNOWN), GOOD, "unknown", ""),
    ],
)  # fmt: skip
def test_who_answers_decides_where_the_status_cannot(endpoint, probe, good, state, failure):
    seen = see(endpoint, probe, good)
    assert (seen.state, seen.failure) == (State(state), failure)


@pytest.mark.parametrize(
    ("probe", "good", "state"),
    [
        (TIMEOUT, None, "ok"),
        (TIMEOUT, last_good(), "ok"),
        (outcome(None, address=INSIDE, failure=Failure.CONNECT_TIMEOUT), last_good(), "failing"),
        (outcome(None, address=None, failure=Failure.DNS_NXDOMAIN), last_good(), "failing"),
        (replace(TIMEOUT, state=State.UNKNOWN), last_good(), "unknown"),
    ],
)
def test_a_vantage_that_is_not_representative_sees_route_classes_alone(probe, good, state):
    assert see(cases.ORDERS, probe, good, ASIDE).state is State(state)


def test_what_was_seen_becomes_the_last_good_look():
    seen = see(cases.ORDERS, outcome(address=INSIDE))
    good = judge(new_pair(cases.T0), [seen], cases.T0).state.last_good
    assert (good.route_class, good.vpc_endpoint_id, good.status) == (RouteClass.VPCE, VPCE, 200)
    assert good.addresses == (INSIDE,) and good.fingerprint == seen.fingerprint


def test_where_anybody_may_answer_another_certificate_is_no_change_of_structure():
    def certified(name):
        tls = Step(stage=Stage.TLS, elapsed_ms=1.0, evidence={"sans": [name], "alpn": "http/1.1"})
        return replace(TIMEOUT, steps=(*TIMEOUT.steps, tls))

    good = last_good(fingerprint=fingerprint(certified("api.example")))
    judged = [
        judge(
            replace(new_pair(cases.T0), hard=Health.GOOD, last_good=good),
            [see(endpoint, certified("other.example"), good)] * 3,
            cases.T0,
        )
        for endpoint in (OPEN, ANYBODY)
    ]
    assert [told.structural for told in judged] == [True, False]
