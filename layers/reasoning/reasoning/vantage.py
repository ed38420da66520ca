"""Where a look is made from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Vantage:
    """Account, Region and VPC name a vantage; subnet, zone and groups are attributes of it, so
    that a moved canary keeps its history. `not_representative` says why the canary cannot stand
    where the workload stands ("" when it can)."""

    account: str
    region: str
    vpc_id: str
    label: str = ""
    subnet_id: str = ""
    zone: str = ""
    security_groups: tuple[str, ...] = ()
    not_representative: str = ""

    @property
    def key(self) -> str:
        return f"{self.account}/{self.region}/{self.vpc_id}"
