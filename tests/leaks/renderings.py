"""Every record that can hold a secret, as a careless line of code would write it out."""

import copy
import dataclasses
import pickle
from collections.abc import Iterator
from typing import Any

from checker.credential import Made
from checker.secrets_read import Secret as ReadSecret
from checker.showing import Given
from checker.tokens import Grant, Granted
from probing import request
from probing.attempt import Attempt
from probing.clock import Clock
from probing.deadline import Deadline
from probing.patterns import MATCHER
from probing.secret import Secret
from probing.trust import Trust
from probing.wire import Probe
from tests.leaks.haul import Haul
from tests.leaks.member import Leaky

SAMPLES = 5


def put(haul: Haul, member: Leaky) -> None:
    """Records of that member after its looks: what it keeps, and what its last probes hold."""
    showing = member.member.look.looking.showing
    kept = (member.settings, member.clients, member.member, showing, showing.means)
    for record in (*kept, *_of_works(member)):
        written(haul, record)


def written(haul: Haul, record: Any) -> None:
    """One record in each way. Pickled are those whose secrets are of the opaque type: the others
    hold what has to be sent."""
    name = type(record).__name__
    haul.put("rendering", name, f"{record!r}\n{record!s}\n{record}\n{[record]}\n{({'a': record},)}")
    if dataclasses.is_dataclass(record) and not isinstance(record, type):
        shown = {
            f.name: repr(getattr(record, f.name)) for f in dataclasses.fields(record) if f.repr
        }
        haul.json("rendering", name, shown)
    if isinstance(record, Secret | Trust):
        haul.put("pickle", name, pickle.dumps(record))
        haul.put("pickle", name, repr(copy.deepcopy(record)))


def _of_works(member: Leaky) -> Iterator[Any]:
    for work in member.works:
        yield work
        for probe in work.probes[:SAMPLES]:
            yield from _of_probe(probe)


def _of_probe(probe: Probe) -> Iterator[Any]:
    deadline = Deadline.after(Clock(), 1.0)
    hidden = {name: Secret(value) for name, value in probe.secret_headers.items()}
    client = Secret(probe.client_certificate) if probe.client_certificate else None
    attempt = Attempt(
        endpoint=probe.endpoint,
        address="127.0.0.1",
        deadline=deadline,
        user_agent="x",
        matches=MATCHER,
        trust=Trust(client=client),
        secret_headers=hidden,
    )
    yield from (probe, attempt, attempt.trust, *attempt.secrets, Given(ready=(probe,)))
    try:
        yield request.build(probe.endpoint, hidden, "x")
    except request.CannotSend as error:
        yield error
    for value in probe.secret_headers.values():
        yield ReadSecret(value=value, read_at=0.0)
        yield Grant(token_url="https://t.example", client_id="c", secret=value)
        yield Granted(token=value)
        yield Made(headers=dict(probe.secret_headers), of=(value,))
