"""Name servers are asked by turns: which speaks for the name when some are silent or unwilling."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from probing.deadline import Deadline
from probing.dns_exchange import Truncated
from probing.dns_message import Malformed
from probing.outcome import Failure

_WILL_NOT_SERVE = (Failure.DNS_SERVFAIL, Failure.DNS_REFUSED)


class Answered(Protocol):
    @property
    def failure(self) -> Failure | None: ...


Server = TypeVar("Server")
Told = TypeVar("Told", bound=Answered)


def in_turn(
    servers: tuple[Server, ...],
    deadline: Deadline,
    ask: Callable[[Server, Deadline, bool], Told],
) -> Told:
    """What `ask(server, slot, edns)` told of the server that speaks. Raises its last error
    (OSError, Malformed, Truncated) when none answered; ValueError without servers.

    Each server once, then those that were silent again: a lost packet is no outage. One that
    answers that it will not serve (SERVFAIL, REFUSED), that cannot be reached or not be
    understood, makes way for the next, as with the C library; the last one's word stands. The
    second time goes without EDNS, which old middleboxes drop.
    """
    turns = [(server, True) for server in servers]
    refused: Told | None = None
    error: Exception = ValueError("no name server")
    done = 0
    while turns:
        server, first = turns.pop(0)
        turns_left = 2 * len(servers) - done if first else 1 + len(turns)
        done += 1
        try:
            seconds = deadline.remaining_seconds() / turns_left
            told = ask(server, Deadline.after(deadline.clock, seconds, within=deadline), first)
        except (OSError, Malformed, Truncated) as failed:
            error = failed
            if first and isinstance(failed, TimeoutError):
                turns.append((server, False))
        else:
            if told.failure not in _WILL_NOT_SERVE:
                return told
            refused = told
    if refused is not None:
        return refused
    raise error
