"""`gatewatch preflight`: an account before anything is installed in it, each line with a way out.

Decided here: which Regions are looked at and how it is told. Not decided here: what is looked at
(`gatewatch.preflight.checks`). It makes and changes nothing.
"""

import json
from collections.abc import Iterator, Sequence

from gatewatch.failure import CHECK_FAILED, OK
from gatewatch.preflight.checks import check_all
from gatewatch.preflight.findings import Account, Finding
from gatewatch.publishing.aws import ask, clients, home_region
from gatewatch.verdict import Verdict


def run(
    regions: Sequence[str],
    *,
    publishes: bool = False,
    region: str | None = None,
    profile: str | None = None,
    as_json: bool = False,
) -> int:
    """Print what was found; 1 when something is bad, 0 when nothing is (unknown is not bad)."""
    client = clients(profile)
    home = home_region(profile, region)
    caller = ask(client("sts", home), "get_caller_identity", "your credentials")
    found = []
    for one in regions or (home,):
        account = Account(
            client=client,
            region=one,
            account=str(caller["Account"]),
            caller_arn=str(caller["Arn"]),
            publishes=publishes,
        )
        rows = list(check_all(account))
        found += [(one, row) for row in rows]
        if not as_json:
            print(f"account {account.account}, {one}, as {account.caller_arn}")
            for line in _lines(rows):
                print(line)
    if as_json:
        print(json.dumps([row.as_data() | {"region": one} for one, row in found], indent=1))
    bad = any(row.verdict is Verdict.BAD for _, row in found)
    return CHECK_FAILED if bad else OK


def _lines(rows: Sequence[Finding]) -> Iterator[str]:
    for row in rows:
        yield f"{row.verdict:<8}{row.check}: {row.told}"
        if row.mend:
            yield f"        -> {row.mend}"
