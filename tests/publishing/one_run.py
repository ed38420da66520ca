"""`gatewatch publish` as a process of its own, so that a test can end it in the middle.

usage: one_run.py FOLDER UNIT (what the lab's organisation exports stands in the environment)
"""

import sys
from pathlib import Path

from gatewatch.commands import publish
from gatewatch.publishing.request import HubAt, Request
from tests.publishing.standing import HUB_BUS, member

if __name__ == "__main__":
    folder, unit = sys.argv[1:]
    request = Request(
        hub=HubAt(bus_arn=HUB_BUS), waves=((unit,),), regions=("eu-west-1", "us-east-1")
    )
    sys.exit(publish.run(request, yes=True, member=member(Path(folder))))
