"""A TCP connection and nothing more: `tcp://host:port`."""

from contextlib import ExitStack

from probing.attempt import Attempt, Seen
from probing.kind import ProbeKind
from probing.stages import Stages


def probe(attempt: Attempt) -> Seen:
    def speak(stages: Stages, opened: ExitStack) -> None:
        opened.enter_context(stages.connect())

    return Stages(attempt).run(speak)


KIND = ProbeKind(name="tcp", schemes={"tcp": 0}, probe=probe)
