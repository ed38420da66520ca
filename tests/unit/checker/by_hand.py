"""One canary that is asked by hand, and what it was asked."""

from dataclasses import dataclass, field, replace

from checker.asking import Asker
from checker.canary_call import NoAnswer
from probing.endpoint import Endpoint
from probing.outcome import Sentinel, View
from probing.wire import Answer, Work
from tests.unit.checker.loopback import HOST
from tests.unit.checker.stubs import Sight, VirtualClock, outcome, resolution


class Lease:
    """Counts how long it was held for."""

    def __init__(self):
        self.renewed = []

    def renew(self, seconds):
        self.renewed.append(seconds)


@dataclass(slots=True)
class Canary:
    """Answers each probe by `outcomes`, in turn, the last again; remembers what it was asked."""

    outcomes: list
    asked: list[Work] = field(default_factory=list)
    answers: int = 99

    def __call__(self, function, work):
        self.asked.append(work)
        if len(self.asked) > self.answers:
            raise NoAnswer("the canary hangs")
        made = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        sentinels = (Sentinel(service=s, resolution=resolution(s, Sight())) for s in work.sentinels)
        return Answer(
            look=work.look,
            outcomes=tuple(replace(made, endpoint=p.endpoint.id) for p in work.probes),
            sentinels=tuple(sentinels),
        )


ORDERS = Endpoint(id="orders", url=f"https://{HOST}/")
WELL = outcome(ORDERS, View.INSIDE, Sight(), 0.0)


def asker(canary, found, **fields):
    clock = VirtualClock()
    return Asker(
        look="l1",
        function="canary",
        call=canary,
        showing=found,
        lease=Lease(),
        clock=clock,
        probe_timeout_seconds=5.0,
        **fields,
    )
