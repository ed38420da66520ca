"""Whether a VPC is looked from at all: its tags, its age, whose it is, what the member asks for.

To withdraw takes positive evidence; what could not be read only holds things as they are.
"""

from dataclasses import dataclass
from enum import Enum

from placer.decision import Mode, Terms
from placer.facts import TAG, CanaryStack, Estate, Part, Vpc
from placer.standing import tagged
from placer.teardown import leaving

OWN_EXECUTIONS = 4
"""Recorder and placer hold two each at most (member.yaml)."""


class Wish(Enum):
    """GO: a canary shall be there. HOLD: what is there stays, nothing new comes. LEAVE: none may
    be there, unless it was placed by hand. OUT: none may be there."""

    GO = "go"
    HOLD = "hold"
    LEAVE = "leave"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`problem`: a canary is wanted and cannot be, until people mend what the reason says."""

    wish: Wish
    reason: str = ""
    problem: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One VPC, the canary stacks in it, and what else decides about it."""

    vpc: Vpc
    stacks: tuple[CanaryStack, ...]
    estate: Estate
    terms: Terms
    now_at: float

    @property
    def asked(self) -> bool:
        """Whether a tag asks for a canary: on the VPC or on one of its subnets."""
        return vpc_tag(self.vpc) == "yes" or any(tagged(s) == "yes" for s in self.vpc.subnets)

    def unread(self, *parts: Part) -> str:
        """What of these parts could not be read, with the reason; "" when all were."""
        return "; ".join(
            f"{part} are not readable ({self.estate.unreadable[part]})"
            for part in parts
            if part in self.estate.unreadable
        )


def vpc_tag(vpc: Vpc) -> str:
    return vpc.tags.get(TAG, "").strip().lower()


def wanted(case: Case) -> Verdict:
    """What shall be in this VPC, and why."""
    for rule in (
        _barred, _torn_down, _unclear, _impossible, _shared, _by_mode, _default, _unread, _young,
    ):  # fmt: skip
        verdict = rule(case)
        if verdict is not None:
            return verdict
    return _short_of_executions(case) or Verdict(Wish.GO)


def _barred(case: Case) -> Verdict | None:
    if vpc_tag(case.vpc) != "no":
        return None
    return Verdict(Wish.OUT, f"tagged {TAG}=no: take the tag away to have it looked from")


def _unclear(case: Case) -> Verdict | None:
    tag = vpc_tag(case.vpc)
    if tag in ("", "yes"):
        return None
    return Verdict(Wish.HOLD, f"tag {TAG}={tag} is neither yes nor no: nothing is changed here")


def _torn_down(case: Case) -> Verdict | None:
    unread = bool(case.unread(Part.SUBNETS, Part.INTERFACES))
    reason = leaving(case.vpc, case.stacks, case.estate.teardowns, unread, case.now_at)
    return Verdict(Wish.OUT, reason) if reason else None


def _impossible(case: Case) -> Verdict | None:
    if not case.vpc.dedicated:
        return None
    return Verdict(
        Wish.HOLD,
        "its tenancy is dedicated, where Lambda cannot stand: change it to default "
        f"(aws ec2 modify-vpc-tenancy), or tag the VPC {TAG}=no",
        problem=True,
    )


def _shared(case: Case) -> Verdict | None:
    vpc, account = case.vpc, case.estate.account
    if vpc.owner == account:
        if not vpc.canaries_of:
            return None
        return Verdict(
            Wish.LEAVE,
            f"account {' and '.join(vpc.canaries_of)} looks from this shared VPC: take tag "
            f"{TAG}=yes away there to have its owner look",
        )
    if case.asked:
        return None
    return _unless_unread(
        case,
        f"shared by account {vpc.owner}, which looks from it itself: where that has no member, "
        f"tag the VPC or a subnet {TAG}=yes in this account, and in no other",
    )


def _by_mode(case: Case) -> Verdict | None:
    if case.terms.mode is Mode.NONE:
        return Verdict(Wish.LEAVE, "parameter Placement is none: the placer places nothing")
    if case.terms.mode is Mode.ALL or case.asked:
        return None
    return _unless_unread(
        case, f"parameter Placement is tagged, and neither it nor a subnet is tagged {TAG}=yes"
    )


def _unless_unread(case: Case, reason: str) -> Verdict:
    """LEAVE for want of a tag, where the tags of subnets are known."""
    unread = case.unread(Part.SUBNETS)
    return Verdict(Wish.HOLD, unread) if unread else Verdict(Wish.LEAVE, reason)


def _default(case: Case) -> Verdict | None:
    if not case.vpc.is_default or case.asked or case.unread(Part.SUBNETS, Part.INTERFACES):
        return None
    if any(subnet.others for subnet in case.vpc.subnets):
        return None
    return Verdict(
        Wish.HOLD,
        f"the default VPC, and nobody uses it: tag it {TAG}=yes to look from it all the same",
    )


def _unread(case: Case) -> Verdict | None:
    unread = case.unread(*(part for part in Part if part is not Part.FUNCTIONS))
    if not unread:
        return None
    # Throttling and time-outs pass; a denial is for people.
    denied = any(word in unread for word in ("Denied", "Unauthorized"))
    todo = "let the placer's role read them" if denied else "asked again within five minutes"
    return Verdict(Wish.HOLD, f"{unread}: {todo}", problem=True)


def _young(case: Case) -> Verdict | None:
    age, least = case.now_at - case.vpc.since, case.terms.min_vpc_age
    if case.asked or case.stacks or age >= least:
        return None
    return Verdict(
        Wish.HOLD,
        f"{age / 60:.0f} min old, and younger than {least / 60:.0f} min (MinVpcAge) is left "
        f"alone: tag it {TAG}=yes to look from it now",
    )


def needed_executions(terms: Terms) -> int:
    """Executions that Gatewatch holds at most, however many VPCs: looks take turns in a queue. A
    look holds one for the checker and one for each canary of its VPC."""
    return terms.look_concurrency * (1 + terms.max_canaries) + OWN_EXECUTIONS


def _short_of_executions(case: Case) -> Verdict | None:
    has, needed = case.estate.concurrency, needed_executions(case.terms)
    if has is None or has.unreserved >= needed:
        return None
    return Verdict(
        Wish.HOLD,
        f"the account has {has.unreserved} unreserved concurrent executions of Lambda here, and "
        f"Gatewatch may hold {needed}: other functions would be throttled. Raise the quota "
        "(L-B99A9384), or lower LookConcurrency of the member",
        problem=True,
    )
