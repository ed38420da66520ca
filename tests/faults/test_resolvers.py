"""Name servers by turns: what one cannot or will not say, the next or the second try does."""

import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread

import pytest
from dnslib import QTYPE

from probing import libc
from probing.clock import Clock
from probing.deadline import Deadline
from probing.outcome import Failure
from probing.records import query
from probing.resolve import NameServer, resolve
from tests.zoo import names, resolver_rows, resolvers
from tests.zoo.names import Behaviour

ROOT = Path(__file__).parents[2]
HOST = "api.example"
GOOD = names.addresses("127.0.0.1")


def ask(*behaviours: Behaviour, seconds: float = 3.0, rdtype: str = ""):
    """What is told of HOST by name servers that behave so, in the order of resolv.conf."""
    with ExitStack() as opened:
        ports = [opened.enter_context(names.serve({HOST: one})).port for one in behaviours]
        servers = tuple(NameServer(address="127.0.0.1", port=port) for port in ports)
        deadline = Deadline.after(Clock(), seconds)
        if rdtype:
            return query(HOST, rdtype, servers, deadline)
        return resolve(HOST, servers, deadline)


def once(first: Behaviour, then: Behaviour, rdtype: int) -> Behaviour:
    """`first` for the first question of that type, `then` for every other."""
    asked: list[int] = []

    def answer(question, over_tcp):
        asked.append(question.q.qtype)
        return (first if asked.count(rdtype) == 1 == len(asked) else then)(question, over_tcp)

    return answer


@pytest.mark.parametrize(
    "bad",
    [
        names.garbage,
        names.silent,
        resolvers.wrong_id,
        names.rcode("SERVFAIL"),
        names.rcode("REFUSED"),
    ],
    ids=["garbage", "silent", "wrong id", "SERVFAIL", "REFUSED"],
)
def test_a_bad_first_name_server_makes_way_for_a_good_next(bad):
    assert ask(bad, GOOD).addresses == ("127.0.0.1",)
    assert ask(bad, GOOD, rdtype="A").records == ("127.0.0.1",)


def test_a_good_first_name_server_is_the_only_one_asked():
    assert ask(GOOD, names.rcode("NXDOMAIN")).failure is None


def test_the_word_of_the_last_that_spoke_stands_beside_a_silent_one():
    assert ask(names.silent, names.rcode("SERVFAIL"), seconds=0.8).failure is Failure.DNS_SERVFAIL
    assert ask(names.rcode("SERVFAIL"), names.silent, seconds=0.8).failure is Failure.DNS_SERVFAIL


def test_a_lost_answer_for_a_beside_an_empty_one_for_aaaa_is_not_taken_for_no_address():
    lost = once(names.silent, GOOD, QTYPE.A)
    assert ask(lost, seconds=1.0).addresses == ("127.0.0.1",)


def test_an_answer_for_a_that_never_comes_is_a_time_out_and_not_no_address():
    def only_aaaa(question, over_tcp):
        return None if question.q.qtype == QTYPE.A else GOOD(question, over_tcp)

    assert ask(only_aaaa, seconds=0.6).failure is Failure.DNS_TIMEOUT


def test_a_long_answer_whose_tcp_is_refused_is_told_so():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        server = names.NameServer({HOST: names.truncated(GOOD)})
        answering = _answer_over_udp_alone(udp, server)
        servers = (NameServer(address="127.0.0.1", port=udp.getsockname()[1]),)
        told = resolve(HOST, servers, Deadline.after(Clock(), 2.0))
        answering.wait(5)
    assert told.failure is Failure.DNS_REFUSED and "over TCP" in told.detail


def _answer_over_udp_alone(udp: socket.socket, server: names.NameServer) -> Event:
    done = Event()

    def run() -> None:
        for _ in range(2):
            packet, sender = udp.recvfrom(65535)
            for said in server.answer(packet, False):
                udp.sendto(said.data, sender)
        done.set()

    Thread(target=run, daemon=True).start()
    return done


def test_a_name_that_flips_is_told_each_time_as_it_is():
    flips = resolvers.flipping(
        names.rcode("NXDOMAIN"), names.rcode("NXDOMAIN"), names.rcode("SERVFAIL"), GOOD, GOOD
    )
    with names.serve({HOST: flips}) as server:
        servers = (NameServer(address="127.0.0.1", port=server.port),)
        told = [resolve(HOST, servers, Deadline.after(Clock(), 2.0)).failure for _ in range(2)]
    assert told == [Failure.DNS_NXDOMAIN, Failure.DNS_SERVFAIL]


def test_a_late_answer_is_not_taken_for_that_of_the_next_question():
    """The first question is answered while the second is being asked, with another address."""

    def late(question, _):
        said = names.addresses("127.0.0.9")(question, False)
        return [names.Packet(data=said, after_seconds=0.5)]

    flips = resolvers.flipping(late, late, GOOD, GOOD)
    with names.serve({HOST: flips}) as server:
        servers = (NameServer(address="127.0.0.1", port=server.port),)
        told = resolve(HOST, servers, Deadline.after(Clock(), 0.8))
        again = resolve(HOST, servers, Deadline.after(Clock(), 0.8))
    assert told.addresses == again.addresses == ("127.0.0.1",)


def test_what_the_c_library_finds_is_kept_to_64_addresses_and_its_errors_are_none():
    many = tuple(f"10.0.{n >> 8}.{n & 255}" for n in range(3800))
    deadline = Deadline.after(Clock(), 5.0)
    assert libc.Beside(lambda host: many, HOST).wait(deadline) == many[:64]

    def broken(host: str) -> tuple[str, ...]:
        raise MemoryError

    assert libc.Beside(broken, HOST).wait(deadline) == ()


def test_each_name_of_the_zoo_is_its_own():
    hosts = [row.host for row in resolver_rows.ROWS]
    assert len(set(hosts)) == len(hosts)


ROOTS = """
import os, resource, sys
from probing.trust import BadAuthority, Trust, context
held = os.open(os.devnull, os.O_RDONLY)
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (held + 1, hard))
try:
    context(Trust())
except BadAuthority as error:
    print(error)
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
print(context(Trust()).cert_store_stats()["x509"])
"""


def test_roots_that_could_not_be_read_are_our_trouble_and_are_read_again(authority):
    """Else every certificate would be untrusted for as long as the process lives."""
    done = subprocess.run(
        [sys.executable, "-c", ROOTS],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"SSL_CERT_FILE": authority.ca_file},
        check=True,
    )
    assert done.stdout.splitlines() == ["the system's roots cannot be read", "1"]
