"""All that is run to find a leak, one after the other."""

import threading
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.leaks import echoes, matrix, oddities, zoo_run
from tests.leaks.campaign import prepared
from tests.leaks.haul import Haul


def leaks(folder: Path, *, seed: int, every: int = 1) -> Haul:
    """What came out, searched. `every`: of so many echoes, failures and peers one is tried."""
    with ExitStack() as opened:
        campaign = opened.enter_context(prepared(folder, seed=seed, every=every))
        broken = opened.enter_context(_broken_echoes())
        campaign.echoed()
        oddities.run(campaign)
        if campaign.haul.kinds["traceback"]:
            raise RuntimeError(
                "a look ended for an endpoint's credential: what followed is unsearched"
            )
        matrix.run(campaign, every=every)
        zoo_run.run(campaign, every=every)
    if broken:
        raise RuntimeError(f"{len(broken)} echoes said nothing: {broken[0]!r}")
    return campaign.haul


@contextmanager
def _broken_echoes() -> Iterator[list[BaseException]]:
    """Errors of our own peers: one that breaks says nothing back, and nothing would be found."""
    found: list[BaseException] = []
    before = threading.excepthook

    def hook(told: threading.ExceptHookArgs) -> None:
        frames = traceback.extract_tb(told.exc_traceback)
        if told.exc_value is not None and any(f.filename == echoes.__file__ for f in frames):
            found.append(told.exc_value)
        else:
            before(told)

    threading.excepthook = hook
    try:
        yield found
    finally:
        threading.excepthook = before
