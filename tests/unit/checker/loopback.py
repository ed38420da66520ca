"""What the checker makes, sent by a real look to real peers on loopback."""

from pathlib import Path

from probing import guard
from probing.clock import Clock
from probing.deadline import Deadline
from probing.means import Means
from probing.run import look
from probing.wire import Work

HOST = "api.example"


def allow_loopback(address, own_addresses):
    return None if address == "127.0.0.1" else guard.check(address)


def deadline(seconds=10.0):
    return Deadline.after(Clock(), seconds)


def outcome_of(probe, name_server, authority, folder: Path):
    """The outcome of that one probe."""
    work = Work(look="l1", probes=(probe,), probe_timeout_seconds=3.0)
    means = Means(
        guard=allow_loopback,
        ca_file=authority.ca_file,
        dns_port=name_server.port,
        lookup=lambda host: ("127.0.0.1",),
    )
    conf = name_server.resolv_conf(folder)
    return look(work, Clock(), resolv_conf=conf, means=means).outcomes[0]
