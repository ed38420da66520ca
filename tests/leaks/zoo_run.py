"""The whole zoo, looked at with a credential: none of its peers says it back, all bring errors."""

import json

from probing.wire import Probe, Work, to_json
from tests.leaks.campaign import Campaign
from tests.zoo import stand


def run(campaign: Campaign, *, every: int = 1) -> None:
    secrets = {kind.name: kind for kind in campaign.kinds}
    key = secrets["api_key"].secrets["API key"]
    pem = secrets["client_certificate"].manager["team/client"]
    told = json.loads(pem)
    with stand.beside(campaign.folder) as zoo, campaign.member() as member:
        probes = tuple(
            Probe(
                endpoint=row.endpoint(zoo.ports[row.name]),
                pin="127.0.0.1",
                secret_headers={"X-Api-Key": key},
                client_certificate=told["certificate"] + told["key"],
            )
            for row in stand.ROWS[::every]
        )
        work = Work(look="zoo", probes=probes, probe_timeout_seconds=1.5, deadline_seconds=40.0)
        answer = member.canary(json.dumps(to_json(work)).encode())
        campaign.haul.put("canary's answer", "zoo", answer)
    campaign.haul.files(campaign.temporary, "zoo")
