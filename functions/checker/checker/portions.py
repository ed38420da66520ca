"""How the probes of one round go into invocations: Lambda takes a request of 6 MB at most.

Source: AWS Lambda Developer Guide, "Lambda quotas", invocation payload, synchronous: 6 MB.
"""

import json
from collections.abc import Sequence

from probing.wire import Probe, to_json

PORTION_BYTES = 5_000_000
"""Less than 6,291,456, for what stands around the probes."""


def portions(probes: Sequence[Probe], limit_bytes: int = PORTION_BYTES) -> list[tuple[Probe, ...]]:
    """The probes in order, in as few portions as that order allows; [()] for none. A probe that
    is too large by itself stands alone."""
    found: list[list[Probe]] = [[]]
    left = limit_bytes
    for probe in probes:
        # As the invocation writes it: in ASCII, so that characters are bytes.
        size = len(json.dumps(to_json(probe))) + 2
        if size > left and found[-1]:
            found.append([])
            left = limit_bytes
        found[-1].append(probe)
        left -= size
    return [tuple(portion) for portion in found]
