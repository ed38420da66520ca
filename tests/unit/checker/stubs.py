"""Stand-ins at the edges of a member: a clock that only moves when told, the hub's bus, Describe
calls, and what canary and outside looks see."""

import json
from dataclasses import dataclass, field

from botocore.exceptions import ClientError

from checker.canary_call import NoAnswer
from probing.clock import Clock
from probing.outcome import Failure, Outcome, Resolution, Sentinel, Stage, State, Step, View
from probing.wire import Answer

START_AT = 1_790_000_040.0
PUBLIC = "203.0.113.10"


@dataclass(slots=True)
class Time:
    at: float = START_AT


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualClock(Clock):
    """Sleeping moves it; nothing waits."""

    time: Time = field(default_factory=Time)

    def now_at(self):
        return self.time.at

    def real_now_at(self):
        return self.time.at

    def monotonic_seconds(self):
        return self.time.at

    def sleep_seconds(self, seconds):
        self.time.at += max(0.0, seconds)


@dataclass(slots=True)
class Bus:
    """The hub's bus: remembers what it took; `refusing` refuses each entry, as AWS does, in an
    answer that is a success."""

    taken: list = field(default_factory=list)
    refusing: bool = False

    def put_events(self, Entries):
        if self.refusing:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}
        self.taken += Entries
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}

    def bodies(self, detail_type):
        """The bodies of the messages of one kind, one list for each message."""
        found = (e for e in self.taken if e["DetailType"] == detail_type)
        return [json.loads(entry["Detail"])["body"] for entry in found]


@dataclass(frozen=True, slots=True)
class Sight:
    """What a probe is to see: `status` None is a connect time-out, `address` "" is NXDOMAIN."""

    address: str = PUBLIC
    status: int | None = 200
    headers: tuple = (("server", "Server"),)


class Sights:
    """What inside, pinned and outside looks see, by endpoint id; a list is used up, its last
    entry stays."""

    def __init__(self, clock):
        self.clock, self.asked, self.works = clock, [], []
        self.inside, self.outside, self.pinned = {}, {}, {}
        self.sentinel, self.broken = Sight(address=""), None

    def see(self, view, endpoint):
        sights = getattr(self, view.value).get(endpoint, Sight())
        if isinstance(sights, list):
            sights = sights.pop(0) if len(sights) > 1 else sights[0]
        return sights

    def canary(self, function, work):
        self.works.append((self.clock.now_at(), work))
        self.clock.sleep_seconds(0.1)
        if self.broken:
            raise NoAnswer(self.broken)
        return self._answer(work)

    def from_here(self, work):
        self.works.append((self.clock.now_at(), work))
        return self._answer(work)

    def probes(self, view):
        return [p for _, work in self.works for p in work.probes if p.view is view]

    def _answer(self, work):
        outcomes = tuple(
            outcome(p.endpoint, p.view, self.see(p.view, p.endpoint.id), self.clock.now_at())
            for p in work.probes
        )
        sentinels = tuple(
            Sentinel(service=domain, resolution=resolution(f"gw-1.{domain}", self.sentinel))
            for domain in work.sentinels
        )
        return Answer(look=work.look, outcomes=outcomes, sentinels=sentinels)


def resolution(host, sight):
    if not sight.address:
        return Resolution(
            host=host, name_server="10.0.0.2", rcode="NXDOMAIN", failure=Failure.DNS_NXDOMAIN
        )
    return Resolution(
        host=host, name_server="10.0.0.2", rcode="NOERROR", addresses=(sight.address,)
    )


def outcome(endpoint, view, sight, at):
    found = resolution(endpoint.host, sight)
    steps = [Step(stage=Stage.RESOLVE, elapsed_ms=2.0, failure=found.failure)]
    if found.failure is None:
        failure = Failure.CONNECT_TIMEOUT if sight.status is None else None
        steps.append(Step(stage=Stage.CONNECT, elapsed_ms=3.0, failure=failure))
        if failure is None:
            good = any(low <= sight.status <= high for low, high in endpoint.expect.status)
            steps.append(
                Step(
                    stage=Stage.HTTP,
                    elapsed_ms=20.0,
                    failure=None if good else Failure.HTTP_STATUS,
                    evidence={"status": sight.status, "headers": dict(sight.headers)},
                )
            )
    bad = any(step.failure for step in steps)
    return Outcome(
        endpoint=endpoint.id,
        view=view,
        state=State.FAILING if bad else State.OK,
        started_at=at,
        ended_at=at,
        steps=tuple(steps),
        resolution=found if view is not View.PINNED else None,
        address=sight.address or None,
    )


class Ec2:
    """Describe calls, answered from lists: the emulators know no private DNS. `refused` maps an
    operation to an error code."""

    def __init__(self):
        self.endpoints, self.interfaces, self.refused = [], [], {}
        self.groups, self.lists, self.asked = [], {}, []
        self.vpcs = [{"VpcId": "vpc-0a1", "CidrBlock": "10.0.0.0/16"}]

    def get_paginator(self, operation):
        return Pages(self, operation)

    def describe_vpc_attribute(self, VpcId, Attribute):
        return {Attribute[0].upper() + Attribute[1:]: {"Value": True}}

    def pages(self, operation, arguments):
        self.asked.append(operation)
        names = {one["Name"] for one in arguments.get("Filters", [])}
        if operation == "describe_network_interfaces" and not names & {"vpc-id", "group-id"}:
            # As of an account with many (EC2 API, DescribeNetworkInterfaces): it fails unpaged.
            assert arguments.get("PaginationConfig", {}).get("PageSize"), "asked without a size"
        code = self.refused.get(operation)
        if code:
            raise ClientError({"Error": {"Code": code, "Message": "no"}}, operation)
        return {
            "describe_vpc_endpoints": [{"VpcEndpoints": self.endpoints}],
            "describe_network_interfaces": [{"NetworkInterfaces": self.interfaces}],
            "describe_vpcs": [{"Vpcs": self.vpcs}],
            "describe_security_groups": [{"SecurityGroups": self.groups}],
            "get_managed_prefix_list_entries": [
                {
                    "Entries": [
                        {"Cidr": one} for one in self.lists.get(arguments.get("PrefixListId"), [])
                    ]
                }
            ],
        }[operation]


@dataclass(slots=True)
class Pages:
    ec2: Ec2
    operation: str

    def paginate(self, **filters):
        return self.ec2.pages(self.operation, filters)
