"""Lambda's concurrency: a fresh account may have 10 executions in all (Lambda quotas)."""

from collections.abc import Iterator

from gatewatch.preflight.findings import Account, Finding
from gatewatch.verdict import Verdict
from placer.wanted import OWN_EXECUTIONS

NAME = "concurrency"
LOOKS = 3
"""The member's default of LookConcurrency; a look holds a checker and one canary."""
NEEDED = LOOKS * 2 + OWN_EXECUTIONS
"""As the placer counts it: it places nothing where there are fewer."""
ROOMY = 40
"""Below it, other functions feel a look of all VPCs."""
RAISE = "ask for more: Service Quotas, AWS Lambda, Concurrent executions (it is free)"


def check(account: Account) -> Iterator[Finding]:
    answer = account.ask("lambda", "get_account_settings")
    limit = answer["AccountLimit"]
    whole, free = limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]
    told = f"{whole} executions at once, {free} of them unreserved; a member takes {NEEDED}"
    verdict, mend = Verdict.OK, ""
    if free < NEEDED:
        verdict, mend = (
            Verdict.BAD,
            f"{RAISE}, or lower LookConcurrency: till then nothing is placed",
        )
    elif free < ROOMY:
        verdict, mend = Verdict.WARN, f"{RAISE}; until then keep LookConcurrency at 2 or 3"
    yield Finding(check=NAME, verdict=verdict, told=told, mend=mend)
    used, most = answer["AccountUsage"]["TotalCodeSize"], limit["TotalCodeSize"]
    if used > 0.9 * most:
        yield Finding(
            check="code storage",
            verdict=Verdict.WARN,
            told=f"{used / 1e9:.1f} of {most / 1e9:.1f} GB of Lambda code are taken",
            mend="delete old versions of functions and layers",
        )
