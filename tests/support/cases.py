"""Outcomes, cases and changes to judge, short to write: one VPC, one API, one endpoint."""

from dataclasses import replace

from probing.endpoint import Auth, AuthKind, Endpoint
from probing.outcome import Failure, Outcome, Resolution, Sentinel, Stage, State, Step, View
from reasoning.case import Case, LastGood, RouteClass
from reasoning.change import Actor, Change
from reasoning.inventory import Inventory, Vpc, VpcEndpoint
from reasoning.vantage import Vantage

T0 = 1_763_719_200.0
ACCOUNT, REGION = "111122223333", "us-east-1"
VPC, VPCE, ENI = "vpc-0a1b2c3d", "vpce-0abc0abc", "eni-0d20d20d"
SERVICE = "com.amazonaws.us-east-1.execute-api"
HOST = "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"
NAMES = ("execute-api.us-east-1.amazonaws.com", "*.execute-api.us-east-1.amazonaws.com")
INSIDE, PUBLIC = "10.0.0.91", "203.0.113.10"
CERTIFICATE = {"subject": "CN=*.execute-api.us-east-1.amazonaws.com", "sans": [NAMES[1]]}

ORDERS = Endpoint(
    id="orders-api",
    url=f"https://{HOST}/prod/health",
    auth=Auth(kind=AuthKind.API_KEY, header="x-api-key", secret="ssm:/k"),
)
VANTAGE = Vantage(account=ACCOUNT, region=REGION, vpc_id=VPC)


def outcome(
    status=200,
    *,
    address=PUBLIC,
    failure=None,
    view=View.INSIDE,
    at=T0,
    cnames=(),
    headers=None,
    host=HOST,
):
    """One probe. `failure` without a status ends it there; address None: it did not resolve."""
    resolution = Resolution(
        host=host,
        name_server="10.0.0.2",
        rcode="NXDOMAIN" if address is None else "NOERROR",
        addresses=(address,) if address else (),
        cname_chain=tuple(cnames),
        failure=failure if address is None else None,
    )
    steps = [Step(stage=Stage.RESOLVE, elapsed_ms=1.0, failure=failure if not address else None)]
    if address and failure and status is None:
        steps.append(Step(stage=Stage.CONNECT, elapsed_ms=1.0, failure=failure))
    elif address:
        evidence = {"status": status, "headers": headers or {}}
        steps.append(Step(stage=Stage.TLS, elapsed_ms=1.0, evidence=dict(CERTIFICATE)))
        steps.append(Step(stage=Stage.HTTP, elapsed_ms=1.0, failure=failure, evidence=evidence))
    return Outcome(
        endpoint="orders-api",
        view=view,
        state=State.FAILING if failure else State.OK,
        started_at=at - 1,
        ended_at=at,
        steps=tuple(steps),
        resolution=resolution,
        address=address,
    )


def refused(**other):
    """403 through the endpoint."""
    told = {"Server": "Server", "x-amzn-ErrorType": "ForbiddenException"}
    return outcome(
        403, **{"address": INSIDE, "failure": Failure.HTTP_STATUS, "headers": told, **other}
    )


def vpce(**other):
    known = VpcEndpoint(
        id=VPCE,
        vpc_id=VPC,
        service=SERVICE,
        private_dns=True,
        names=NAMES,
        addresses=(INSIDE,),
        interface_ids=(ENI,),
        interface_of={INSIDE: ENI},
        created_at=T0 - 60,
    )
    return replace(known, **other)


def inventory(*endpoints, taken_at=T0 - 600):
    return Inventory(
        account=ACCOUNT,
        region=REGION,
        taken_at=taken_at,
        vpcs=(Vpc(id=VPC, cidrs=("10.0.0.0/16",)),),
        endpoints=endpoints,
    )


def last_good(**other):
    good = LastGood(
        at=T0 - 60, route_class=RouteClass.PUBLIC, addresses=(PUBLIC,), status=200, fingerprint={}
    )
    return replace(good, **other)


def captured_case(**other):
    """The incident as it was found: 403 inside, 200 pinned and outside, endpoint described."""
    case = Case(
        endpoint=ORDERS,
        vantage=VANTAGE,
        inside=refused(),
        route_class=RouteClass.VPCE,
        inventory=inventory(),
        last_good=last_good(),
        pinned=outcome(view=View.PINNED),
        outside=outcome(view=View.OUTSIDE),
        outside_ever_good=True,
        public_ever_answered=True,
        described=(vpce(),),
        described_at=T0,
    )
    return replace(case, **other)


def sentinel(address=INSIDE):
    found = Resolution(
        host=f"gw-x7.{NAMES[0]}", name_server="10.0.0.2", rcode="NOERROR", addresses=(address,)
    )
    return Sentinel(service="execute-api", resolution=found)


ANNA = Actor(name="netadmin@example.com", type="sso")


def created(at=T0 - 60, **other):
    change = Change(
        id=f"create-{at}-{other.get('resource_ids', '')}",
        kind="create_vpc_endpoint",
        event_name="CreateVpcEndpoint",
        event_source="ec2.amazonaws.com",
        at=at,
        account=ACCOUNT,
        region=REGION,
        resource_ids=(VPCE,),
        scope={"vpc_id": VPC, "service": SERVICE, "names": list(NAMES)},
        actor=ANNA,
        before={"state": "absent"},
        after={"state": "pending", "private_dns": True},
    )
    return replace(change, **other)


def modified(on, at=T0 - 60, **other):
    change = created(at)
    return replace(
        change,
        **{
            "id": f"modify-{at}-{on}",
            "kind": "modify_vpc_endpoint",
            "event_name": "ModifyVpcEndpoint",
            "scope": {"names": []},
            "before": {},
            "after": {"private_dns": on},
            "typed": False,
            **other,
        },
    )


def deleted(at=T0 - 60, **other):
    change = created(at)
    return replace(
        change,
        **{
            "id": f"delete-{at}",
            "kind": "delete_vpc_endpoints",
            "event_name": "DeleteVpcEndpoints",
            "scope": {"names": []},
            "before": {"state": "available"},
            "after": {"state": "deleted"},
            **other,
        },
    )
