"""Which VPCs an entry is looked at from: what its `from:` says, and whether a VPC is meant.

Decided here: what selects a VPC. Not decided here: how `from:` is read (`reading_from`), and which
VPCs have a canary.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

ANY_VALUE = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Conditions on a VPC; an empty one asks nothing. `tags` maps a key to the values allowed, of
    which `*` is any."""

    vpcs: tuple[str, ...] = ()
    tags: dict[str, tuple[str, ...]] = field(default_factory=dict)
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def in_member(self, account: str, region: str) -> bool:
        """Whether VPCs of that account and Region can be meant."""
        return _asks(self.accounts, account) and _asks(self.regions, region)

    def has(self, vpc_id: str, tags: Mapping[str, str]) -> bool:
        """Whether a VPC of such a member is meant: it fits every condition."""
        return _asks(self.vpcs, vpc_id) and all(
            key in tags and (ANY_VALUE in values or tags[key] in values)
            for key, values in self.tags.items()
        )

    def any_of(self, account: str, region: str, vpc_id: str, tags: Mapping[str, str]) -> bool:
        """Whether one condition alone fits: so `except` takes a VPC out."""
        alone = (
            Choice(vpcs=self.vpcs),
            Choice(accounts=self.accounts),
            Choice(regions=self.regions),
            *(Choice(tags={key: values}) for key, values in self.tags.items()),
        )
        return any(
            one != Choice() and one.in_member(account, region) and one.has(vpc_id, tags)
            for one in alone
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class From:
    """`wanted` is what a VPC must fit, all of it; `excepted` takes out what fits any of it."""

    wanted: Choice = field(default_factory=Choice)
    excepted: Choice = field(default_factory=Choice)

    @property
    def by_tags(self) -> bool:
        return bool(self.wanted.tags or self.excepted.tags)

    def vpcs(
        self, account: str, region: str, placed: Mapping[str, Mapping[str, str]]
    ) -> tuple[str, ...]:
        """The VPCs meant of one member, in order of id; `placed` maps each to its tags."""
        if not self.wanted.in_member(account, region):
            return ()
        return tuple(
            vpc_id
            for vpc_id, tags in sorted(placed.items())
            if self.wanted.has(vpc_id, tags)
            and not self.excepted.any_of(account, region, vpc_id, tags)
        )


def _asks(wanted: tuple[str, ...], value: str) -> bool:
    return not wanted or value in wanted
