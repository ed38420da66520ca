"""Incident 000 as records: an endpoint with private DNS takes over names of public APIs."""

from datetime import UTC, datetime

from reasoning.case import RouteClass
from reasoning.change import Actor, Change, Tool
from reasoning.changes import KINDS
from reasoning.diagnose import Diagnosis
from reasoning.transition import DigestPair, EndpointFacts, Health, Transition
from reasoning.vantage import Vantage

ACCOUNT, REGION, VPC = "111122223333", "us-east-1", "vpc-0a1"
CAPTOR = "vpce-0abc"
NAMES = ["*.execute-api.us-east-1.amazonaws.com", "execute-api.us-east-1.amazonaws.com"]
CAPTURED = "private_dns_captured"


def at(clock: str) -> float:
    """Epoch seconds of a time of the day of the story: at("10:04:00")."""
    return datetime.fromisoformat(f"2026-11-21T{clock}+00:00").astimezone(UTC).timestamp()


def kind_of(event_name: str) -> str:
    wanted = ("ec2.amazonaws.com", event_name)
    return next(name for name, kind in KINDS.items() if wanted in kind.EVENTS)


def creation(**fields) -> Change:
    values = {
        "id": "5f0c1b2a-0000-4000-8000-000000000001",
        "kind": kind_of("CreateVpcEndpoint"),
        "event_name": "CreateVpcEndpoint",
        "event_source": "ec2.amazonaws.com",
        "at": at("10:02:51"),
        "account": ACCOUNT,
        "region": REGION,
        "resource_ids": (CAPTOR,),
        "scope": {"vpc_id": VPC, "service": "execute-api", "names": NAMES},
        "actor": Actor(name="netadmin@example.com", type="sso"),
        "tool": Tool(name="Terraform"),
        "after": {"private_dns": True},
        **fields,
    }
    return Change(**values)


def switch_off(**fields) -> Change:
    return creation(
        **{
            "id": "5f0c1b2a-0000-4000-8000-000000000002",
            "kind": kind_of("ModifyVpcEndpoint"),
            "event_name": "ModifyVpcEndpoint",
            "at": at("10:20:00"),
            "actor": Actor(name="oncall@example.com", type="sso"),
            "tool": Tool(name="AWS CLI"),
            "before": {"private_dns": True},
            "after": {"private_dns": False},
            **fields,
        }
    )


def endpoint(name: str = "orders-api", **fields) -> EndpointFacts:
    host = f"{name}.execute-api.us-east-1.amazonaws.com"
    return EndpointFacts(id=name, url=f"https://{host}/v1", host=host, **fields)


def captured(proof: bool = True, subject: str = CAPTOR, **facts) -> Diagnosis:
    return Diagnosis(
        cause=CAPTURED,
        subject=subject,
        subject_account=ACCOUNT,
        host="orders-api.execute-api.us-east-1.amazonaws.com",
        evidence=("inside 10.0.0.91 is an interface of the endpoint",),
        change_kinds=(kind_of("CreateVpcEndpoint"), kind_of("ModifyVpcEndpoint")),
        proof=proof,
        facts={
            "summary": f"{subject} took over *.execute-api.us-east-1 (private DNS); "
            "public APIs answer 403 through it",
            "vpc_id": VPC,
            "names": NAMES,
            "captured_name": NAMES[0],
            "private_dns": True,
            "described_at": at("10:05:10"),
            "command": {
                "action": "modify_vpc_endpoint",
                "account": ACCOUNT,
                "region": REGION,
                "vpc_endpoint_id": subject,
                "private_dns_enabled": False,
            },
            **facts,
        },
    )


def withdrawn(subject: str) -> Diagnosis:
    """The loss that the undo of a capture brings to what was served through the endpoint."""
    return Diagnosis(cause="private_dns_withdrawn", subject=subject, subject_account=ACCOUNT)


def vantage(**fields) -> Vantage:
    values = {"account": ACCOUNT, "region": REGION, "vpc_id": VPC, "label": "payments-prod"}
    return Vantage(**{**values, **fields})


def loss(name: str = "orders-api", seq: int = 1, **fields) -> Transition:
    values = {
        "endpoint": endpoint(name, owner="payments"),
        "vantage": vantage(),
        "seq": seq,
        "before": Health.GOOD,
        "after": Health.FAILING,
        "at": at("10:04:40"),
        "seen_at": at("10:04:38"),
        "first_bad_at": at("10:04:20"),
        "last_good_at": at("10:03:58"),
        "good_since_at": at("04:00:00"),
        "route_before": RouteClass.PUBLIC,
        "route_after": RouteClass.VPCE,
        "structural": True,
        "looks": {
            "inside": f"10.0.0.91 (interface eni-0d2 of {CAPTOR}) 403",
            "pinned": "203.0.113.10 200",
            "outside": "203.0.113.10 200",
        },
        "diagnosis": captured(),
        **fields,
    }
    return Transition(**values)


def recovery(name: str = "orders-api", seq: int = 2, **fields) -> Transition:
    values = {
        "before": Health.FAILING,
        "after": Health.GOOD,
        "at": at("10:22:06"),
        "seen_at": at("10:22:05"),
        "first_bad_at": None,
        "structural": False,
        "diagnosis": None,
        "route_before": RouteClass.VPCE,
        "route_after": RouteClass.PUBLIC,
        "looks": {"inside": "203.0.113.10 200"},
        **fields,
    }
    return loss(name, seq, **values)


def known(name: str, **fields) -> DigestPair:
    values = {
        "endpoint": endpoint(name, owner="payments"),
        "vpc_id": VPC,
        "health": Health.GOOD,
        "route_class": RouteClass.PUBLIC,
        "good_since_at": at("04:00:00"),
        **fields,
    }
    return DigestPair(**values)
