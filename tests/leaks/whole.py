"""All that is run to find a leak, one after the other."""

from pathlib import Path

from tests.leaks import matrix, oddities, zoo_run
from tests.leaks.campaign import prepared
from tests.leaks.haul import Haul


def leaks(folder: Path, *, seed: int, every: int = 1) -> Haul:
    """What came out, searched. `every`: of so many echoes, failures and peers one is tried."""
    with prepared(folder, seed=seed, every=every) as campaign:
        campaign.echoed()
        oddities.run(campaign)
        if campaign.haul.kinds["traceback"]:
            raise RuntimeError(
                "a look ended for an endpoint's credential: what followed is unsearched"
            )
        matrix.run(campaign, every=every)
        zoo_run.run(campaign, every=every)
    return campaign.haul
