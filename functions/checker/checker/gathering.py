"""All sources put together for one member: which entries are its own, which of two with one name
stands, and which VPCs look at each."""

from collections.abc import Mapping
from dataclasses import replace

from checker import sources
from checker.settings import Settings
from checker.snapshot import Nowhere, Registry
from checker.sources import Read
from probing.endpoint import Endpoint, Problem
from probing.looked_from import From
from probing.registration import duplicates

Tags = Mapping[str, Mapping[str, str] | None]
"""By placed VPC; None while they are not known."""


def gather(reads: Mapping[str, Read], tags: Tags, settings: Settings) -> Registry:
    """What this member looks at. Without `said_at`, `refused` and `resumed_at`."""
    modules = sources.discover()
    own: list[Endpoint] = []
    nowhere: list[Nowhere] = []
    for kind, module in modules.items():
        for endpoint in reads.get(kind, Read()).endpoints:
            if _is_ours(endpoint, settings):
                own.append(endpoint)
            elif not module.SHARED:
                # Of the organisation's file most entries are others'; these are meant to be here.
                nowhere.append(_nowhere(endpoint, "its 'from' means other accounts or Regions"))
    twice = duplicates(own)
    lost = {problem.source for problem in twice}
    endpoints: list[Endpoint] = []
    for endpoint in own:
        if endpoint.source in lost:
            continue
        found, why = _placed(endpoint, tags, settings)
        if found is None:
            nowhere.append(_nowhere(endpoint, why))
        else:
            endpoints.append(found)
    return Registry(
        endpoints=tuple(endpoints),
        problems=(*_problems(reads, settings), *(p for p in twice if _is_told(p))),
        nowhere=tuple(nowhere),
        paused=any(read.paused for read in reads.values()),
    )


def _nowhere(endpoint: Endpoint, why: str) -> Nowhere:
    return Nowhere(endpoint=endpoint.id, source=endpoint.source, why=why)


def _is_ours(endpoint: Endpoint, settings: Settings) -> bool:
    chosen = endpoint.chosen
    return chosen is None or chosen.wanted.in_member(settings.account_id, settings.aws_region)


def _placed(endpoint: Endpoint, tags: Tags, settings: Settings) -> tuple[Endpoint | None, str]:
    """The endpoint with the VPCs that look at it, or why none does."""
    chosen = endpoint.chosen or From()
    known = {vpc_id: of for vpc_id, of in tags.items() if of is not None}
    if not tags:
        # Nothing is looked at anyway, and the first canary must find its work.
        return replace(endpoint, chosen=None), ""
    if chosen.by_tags and len(known) < len(tags):
        missing = sorted(set(tags) - set(known))
        if not known:
            return None, f"the tags of {', '.join(missing)} are not known yet"
    asked = known if chosen.by_tags else {vpc_id: of or {} for vpc_id, of in tags.items()}
    found = chosen.vpcs(settings.account_id, settings.aws_region, asked)
    if not found:
        return None, "no VPC here that has a canary is meant by its 'from'"
    everywhere = len(found) == len(tags)
    return replace(endpoint, from_vpcs=() if everywhere else found, chosen=None), ""


def _problems(reads: Mapping[str, Read], settings: Settings) -> list[Problem]:
    """Those of entries; of what every member reads, only the hub's own member tells them."""
    modules = sources.discover()
    return [
        problem
        for kind, read in reads.items()
        for problem in read.problems
        if settings.is_home or kind not in modules or not modules[kind].SHARED
    ]


def _is_told(problem: Problem) -> bool:
    """An entry of one's own over one of the built-in pack is how the pack is tuned."""
    return not problem.source.startswith("aws-basics:")
