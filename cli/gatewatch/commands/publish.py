"""`gatewatch publish`: the member to every account and Region; what changes is shown first.

Decided here: when something is done, and how it is told. Not decided here: what changes
(`gatewatch.publishing`).
"""

import json
import sys
from collections.abc import Callable, Sequence

from gatewatch.commands.render import Member, rendered_member
from gatewatch.failure import ENVIRONMENT, OK, PARTIAL, USAGE, Failed
from gatewatch.publishing import showing, surroundings
from gatewatch.publishing.aws import clients, home_region
from gatewatch.publishing.publication import Outlook, Publisher
from gatewatch.publishing.request import Request
from gatewatch.publishing.stackset import Ended
from probing.clock import Clock


def run(
    request: Request,
    yes: bool = False,
    region: str | None = None,
    profile: str | None = None,
    as_json: bool = False,
    member: Callable[[str], Member] = rendered_member,
) -> int:
    """Show what would change and, with `yes`, do it. 0 done, 4 some instances failed, 3 all.

    `member` makes the template and its packages for a prefix of buckets.
    """
    client = clients(profile)
    around = surroundings.read(client, home_region(profile, region), request.hub.stack)
    publisher = Publisher(
        client=client, clock=Clock.from_environment(), request=request, around=around
    )
    present = publisher.present()
    if yes and present:
        publisher.settle(_say)
        present = publisher.present()
    outlook = publisher.look(*member(publisher.prefix(present)), present)
    if outlook.plan.problems:
        raise Failed(outlook.plan.problems[0], code=USAGE)
    if not as_json:
        for line in showing.lines(outlook, request, around):
            print(line)
    ended = publisher.do(outlook, _say) if yes and outlook.changes else ()
    if as_json:
        print(json.dumps(_data(outlook, request, ended, yes), indent=1))
    else:
        _sum_up(outlook, ended, yes)
    return code_of(ended)


def code_of(ended: Sequence[Ended]) -> int:
    """0 when every operation went well; 4 when some instance did; 3 when none."""
    if all(one.well for one in ended):
        return OK
    done = any(one.counts.get("SUCCEEDED") for one in ended)
    return PARTIAL if done else ENVIRONMENT


def _sum_up(outlook: Outlook, ended: Sequence[Ended], yes: bool) -> None:
    if not outlook.changes:
        print(f"no change: release {outlook.rendered.release} is published")
    elif not yes:
        print("nothing was done; --yes does it")
    elif code_of(ended) == OK:
        print(f"published release {outlook.rendered.release}")
    for one in ended:
        if not one.well:
            print(f"operation {one.operation} {one.status}:", file=sys.stderr)
        for line in one.failed:
            print(f"  {line}", file=sys.stderr)
    if code_of(ended) != OK:
        print("mend what is named, then publish again: it goes on from here", file=sys.stderr)


def _data(
    outlook: Outlook, request: Request, ended: Sequence[Ended], yes: bool
) -> dict[str, object]:
    done = [
        {
            "operation": one.operation,
            "status": one.status,
            "counts": dict(one.counts),
            "failed": list(one.failed),
        }
        for one in ended
    ]
    return showing.as_data(outlook, request) | {"done": yes, "operations": done}


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
