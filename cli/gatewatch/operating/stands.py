"""What of Gatewatch stands, as records; what of it an uninstallation must wait for. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gatewatch.operating.hub_table import Hub
from gatewatch.operating.members import Instance, Member
from gatewatch.publishing.plan import Present
from reasoning.blind import SILENT_SECONDS
from reasoning.placements import WITHDRAW

NONE = "none"
"""Value of the parameter Placement under which a placer places nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A stack of this account: the hub's, or a member's that no StackSet made. `nested`: it goes
    with the hub's. `of_stack_set`: it goes with that StackSet. `part_of`: it goes with that other
    stack, of another hub. `tells`: the bus of another hub, whose it is."""

    name: str
    region: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    canaries: tuple[str, ...] = ()
    interfaces: int = 0
    nested: bool = False
    of_stack_set: bool = False
    part_of: str = ""
    tells: str = ""

    @property
    def apart(self) -> bool:
        """Whether it is taken away by itself."""
        return not (self.nested or self.of_stack_set or self.part_of or self.tells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bucket with the code of releases. `ours`: this account's, tagged as `publish` tags it."""

    name: str
    region: str
    ours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything that was found. `members` are those that the hub has heard of, `instances` the
    StackSet's, `regions` those that were looked into; `hub_stack` is the hub's own stack,
    `members_here` the members' of this account; `notes` say what is not known; in the Regions
    `untold` a stack of this account could not be told to place nothing."""

    account: str
    region: str
    now_at: float
    stack_set_name: str = ""
    stack_set: Present | None = None
    instances: tuple[Instance, ...] = ()
    hub: Hub | None = None
    hub_stack: Stack | None = None
    members: tuple[Member, ...] = ()
    members_here: tuple[Stack, ...] = ()
    buckets: tuple[Bucket, ...] = ()
    hub_buckets: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()

    @property
    def plain(self) -> tuple[Stack, ...]:
        """Members of this account that are taken away one by one."""
        return tuple(stack for stack in self.members_here if stack.apart)

    @property
    def heard(self) -> tuple[Member, ...]:
        """Members that report still; one that is silent is gone, or tells nothing true any more."""
        since_at = self.now_at - SILENT_SECONDS
        return tuple(m for m in self.members if m.digest and m.digest.at > since_at)

    @property
    def strangers(self) -> tuple[Member, ...]:
        """Members that neither the StackSet nor this account takes away."""
        return tuple(m for m in self.heard if not self._ours(m))

    @property
    def awaited(self) -> int:
        """Canaries that placers are to withdraw, as far as our members told. One that was placed
        by hand stays when nothing is to be placed, and goes with its member; so do those of a
        member that could not be told."""
        behind = {(i.account, i.region) for i in self.instances if i.state != "CURRENT"}
        behind |= {(self.account, region) for region in self.untold}
        vpcs = (
            vpc
            for m in self.heard
            if self._ours(m) and m.placements and (m.account, m.region) not in behind
            for vpc in m.placements.vpcs
            if m.placements.mode != NONE or vpc.act == WITHDRAW
        )
        return sum(len(vpc.canaries) for vpc in vpcs)

    @property
    def interfaces(self) -> int:
        """Interfaces of this account whose canaries are gone."""
        here = (stack for stack in self.members_here if not stack.tells)
        return sum(stack.interfaces for stack in here if not stack.canaries)

    def _ours(self, member: Member) -> bool:
        ours = {(one.account, one.region) for one in self.instances}
        ours |= {(self.account, stack.region) for stack in self.members_here}
        return (member.account, member.region) in ours
