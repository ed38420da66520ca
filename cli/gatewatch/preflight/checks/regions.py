"""Whether the Region is on: an opt-in Region that is off gets no member."""

from collections.abc import Iterator

from gatewatch.preflight.findings import Account, Finding
from gatewatch.verdict import Verdict

NAME = "region"


def check(account: Account) -> Iterator[Finding]:
    # Asked without a filter by status: one that is off is told too.
    rows = account.ask("ec2", "describe_regions", AllRegions=True)["Regions"]
    status = {row["RegionName"]: row.get("OptInStatus", "opt-in-not-required") for row in rows}
    found = status.get(account.region)
    if found in ("opted-in", "opt-in-not-required"):
        yield Finding(check=NAME, verdict=Verdict.OK, told=f"{account.region} is on")
        return
    yield Finding(
        check=NAME,
        verdict=Verdict.BAD,
        told=f"{account.region} is {found or 'no Region of this partition'}",
        mend="switch it on (Account, AWS Regions), or leave it out of --regions",
    )
