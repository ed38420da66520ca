"""Incident headers, their members and their outbox, in one transaction a step.

`Work` gathers what a few observations change; `commit` writes all of it at once, on condition
that nobody else moved a header or a pair since it was read. Layout: `incident#<id>`/`header`,
`incident#<id>`/`pair#<pair>`, `seq#<pair>`/`last`, `key#<key>`/`open`, `incidents`/`<id>`,
`ended`/`<when>#<id>`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from alerter import outbox
from alerter.hub import Hub
from alerter.table import Delete, Item, Put, Write
from probing.wire import from_json, to_json
from reasoning.incident import Incident, Stage
from reasoning.notice import decide
from reasoning.transition import Transition

ENDED = "ended"
AFTER_SECONDS = 900.0
"""How long a resolved incident stays in the index: foretold losses and repairs still join it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairState:
    """What the hub holds of a pair: the last `seq` applied, and its incident, if any."""

    seq: int = 0
    health: str = ""
    incident: str = ""
    failing: bool = False


@dataclass(slots=True, kw_only=True)
class Work:
    """Headers as read and as they are to be, and the pairs that moved, of one transaction."""

    hub: Hub
    read: dict[str, Incident | None] = field(default_factory=dict)
    now: dict[str, Incident] = field(default_factory=dict)
    pairs: dict[str, tuple[PairState, Transition]] = field(default_factory=dict)
    memberships: dict[tuple[str, str], Transition] = field(default_factory=dict)

    def header(self, incident_id: str) -> Incident | None:
        """The header as it is to be; a merged one leads to the one that it went into, one whose
        stragglers left to theirs (its other pairs are good, and name no header any more)."""
        if incident_id not in self.now:
            found = load(self.hub, incident_id)
            if found is None:
                return None
            self.read[incident_id], self.now[incident_id] = found, found
        found = self.now[incident_id]
        onward = found.merged_into or found.left_to
        return self.header(onward) if onward else found

    def open_at(self, key: str) -> Incident | None:
        """The open incident of that key, among those of this work too."""
        for incident in self.now.values():
            if incident.key == key and incident.stage is Stage.OPEN:
                return incident
        item = self.hub.table.get(f"key#{key}", "open")
        found = self.header(item.body["incident"]) if item else None
        return found if found and found.stage is Stage.OPEN and found.key == key else None

    def set(self, incident: Incident) -> None:
        self.read.setdefault(incident.id, None)
        self.now[incident.id] = incident

    def move(self, transition: Transition, state: PairState) -> None:
        """Note where the pair stands after `transition`."""
        self.pairs[transition.pair] = (state, transition)
        if state.incident:
            self.memberships[state.incident, transition.pair] = transition

    @property
    def size(self) -> int:
        """At most how many writes this becomes: kept below DynamoDB's limit of a transaction."""
        return 8 * len(self.now) + len(self.pairs) + len(self.memberships)


def load(hub: Hub, incident_id: str) -> Incident | None:
    item = hub.table.get(f"incident#{incident_id}", "header")
    return from_json(Incident, item.body) if item else None


def pairs(hub: Hub, keys: Iterable[str]) -> dict[str, PairState]:
    """What the hub holds of these pairs; a new one has seq 0."""
    wanted = list(keys)
    found = hub.table.many((f"seq#{pair}", "last") for pair in wanted)
    return {
        pair: from_json(PairState, found[f"seq#{pair}", "last"].body)
        if (f"seq#{pair}", "last") in found
        else PairState()
        for pair in wanted
    }


def failing_members(hub: Hub, incident_id: str, most: int) -> list[Transition]:
    """The last transitions of the incident's pairs that still fail, at most `most` of them."""
    items = hub.table.query(f"incident#{incident_id}", "pair#", "pair#~")
    held = {item.sk.removeprefix("pair#"): item for item in items}
    states = pairs(hub, held)
    failing = [key for key in held if states[key].failing and states[key].incident == incident_id]
    return [from_json(Transition, held[key].body) for key in failing[:most]]


def recent(hub: Hub) -> list[Incident]:
    """Incidents that are open, or were resolved less than `AFTER_SECONDS` ago."""
    ids = [item.sk for item in hub.table.query("incidents")]
    found = hub.table.many((f"incident#{one}", "header") for one in ids)
    return sorted(
        (from_json(Incident, item.body) for item in found.values()),
        key=lambda incident: (incident.opened_at, incident.id),
    )


def commit(work: Work, refresh: Callable[[Incident], Incident]) -> None:
    """Write the work. `refresh` brings suspects, costs and repair up to date first.

    Raises Stale when somebody else was first: nothing was written, read and decide again.
    """
    steps = [
        (before, settled(work.hub, before, refresh(now)))
        for before, now in ((work.read.get(name), now) for name, now in work.now.items())
        if before != now
    ]
    write(work.hub, steps, _pair_writes(work))


Step = tuple[Incident | None, Incident]


def write(hub: Hub, steps: list[Step], more: list[Write]) -> None:
    """Write headers, keys, index and outbox of `steps` (before, after), and `more`, at once."""
    writes = [write for before, after in steps for write in header_writes(hub, before, after)]
    writes += [*_key_writes(steps), *more]
    if writes:
        hub.table.transact(writes)
    for before, after in steps:
        waiting = before.pending if before else ()
        fresh = tuple(notice for notice in after.pending if notice not in waiting)
        outbox.wake(hub, fresh, after.id)


def settled(hub: Hub, before: Incident | None, incident: Incident) -> Incident:
    """`incident` with its next version and what is to be said of it now."""
    waiting = before.pending if before else ()
    wanted = decide(incident, hub.settings.rules)
    pending = outbox.keep_due(waiting, wanted, hub.clock.now_at())
    return replace(incident, pending=pending, version=incident.version + 1)


def header_writes(hub: Hub, before: Incident | None, after: Incident) -> list[Write]:
    """Header, key, index and outbox from `before` (None: new) to `after`."""
    item = Item(
        pk=f"incident#{after.id}",
        sk="header",
        body=to_json(after),
        number=float(after.version),
        expires_at=_header_expires_at(hub, after),
    )
    condition = Put(item=item, absent=True)
    if before is not None:
        condition = Put(item=item, equals=float(before.version))
    writes: list[Write] = [condition]
    writes += outbox.writes(hub, before.pending if before else (), after)
    if before is None or before.stage is not after.stage:
        index = Item(pk="incidents", sk=after.id, body={"stage": after.stage.value})
        writes.append(Put(item=index))
        if after.stage is not Stage.OPEN:
            key = ended_key(after.resolved_at or after.changed_at, after.id)
            writes.append(Put(item=Item(pk=ENDED, sk=key, body={"incident": after.id})))
    return writes


def ended_key(at: float, incident_id: str) -> str:
    return f"{at:017.3f}#{incident_id}"


def _header_expires_at(hub: Hub, incident: Incident) -> float:
    """An open one never expires, nor does by itself one that leads on to another, which may be
    open: `retention` takes it away in its time. Members have their incident's time."""
    leads_on = incident.merged_into or incident.left_to
    if incident.stage is Stage.OPEN or leads_on:
        return 0.0
    return hub.incident_expires_at()


def _key_writes(steps: list[Step]) -> list[Write]:
    """The claims on keys: one open incident per key, whoever else tries at the same time.

    Reckoned over all steps: when incidents merge, a key changes hands, and one transaction may
    name an item only once.
    """
    was = {b.key: b.id for b, _ in steps if b is not None and b.stage is Stage.OPEN}
    now = {after.key: after.id for _, after in steps if after.stage is Stage.OPEN}
    writes: list[Write] = [Delete(pk=f"key#{key}", sk="open") for key in was if key not in now]
    for key, incident_id in now.items():
        if was.get(key) != incident_id:
            claim = Item(pk=f"key#{key}", sk="open", body={"incident": incident_id})
            writes.append(Put(item=claim, absent=key not in was))
    return writes


def _pair_writes(work: Work) -> list[Write]:
    writes: list[Write] = []
    for pair, (state, _) in work.pairs.items():
        item = Item(pk=f"seq#{pair}", sk="last", body=to_json(state), number=float(state.seq))
        writes.append(Put(item=item, below=float(state.seq)))
    for (incident_id, pair), transition in work.memberships.items():
        item = Item(
            pk=f"incident#{incident_id}",
            sk=f"pair#{pair}",
            body=to_json(transition),
        )
        writes.append(Put(item=item))
    return writes
