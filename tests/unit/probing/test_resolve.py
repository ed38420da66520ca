"""Resolution against a real name server that behaves well, badly or not at all."""

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probing.clock import Clock
from probing.deadline import Deadline
from probing.dns_exchange import parse
from probing.dns_message import A, Malformed, Question
from probing.outcome import Failure
from probing.resolve import NameServer, name_servers, resolve
from tests.zoo import names, peers

HOST = "api.example"
NEVER_HEARD = NameServer(address="127.0.0.1", port=1)


def ask(zone, host=HOST, seconds=2.0, also=()):
    with names.serve(zone) as server:
        servers = (*also, NameServer(address="127.0.0.1", port=server.port))
        return resolve(host, servers, Deadline.after(Clock(), seconds))


def test_addresses_chain_and_lowest_ttl_are_told():
    chain = ("d-1.example.", "D-2.EXAMPLE.")
    zone = {HOST: names.addresses("10.0.0.1", "10.0.0.2", "fd12::1", chain=chain, ttl=30)}
    told = ask(zone)
    assert told.addresses == ("10.0.0.1", "10.0.0.2", "fd12::1")
    assert told.cname_chain == ("d-1.example", "d-2.example")
    assert (told.rcode, told.failure, told.ttl_seconds) == ("NOERROR", None, 30)
    assert told.elapsed_ms > 0 and told.name_server.startswith("127.0.0.1:")


@pytest.mark.parametrize(
    ("behave", "failure", "rcode"),
    [
        (names.rcode("NXDOMAIN"), Failure.DNS_NXDOMAIN, "NXDOMAIN"),
        (names.rcode("SERVFAIL"), Failure.DNS_SERVFAIL, "SERVFAIL"),
        (names.rcode("REFUSED"), Failure.DNS_REFUSED, "REFUSED"),
        (names.rcode("NOTIMP"), Failure.DNS_SERVFAIL, "NOTIMP"),
        (names.addresses(), Failure.DNS_NODATA, "NOERROR"),
        (names.addresses(chain=("gone.example.",)), Failure.DNS_NODATA, "NOERROR"),
        (names.garbage, Failure.DNS_SERVFAIL, ""),
        (names.silent, Failure.DNS_TIMEOUT, ""),
    ],
)
def test_each_answer_without_an_address_has_its_own_failure(behave, failure, rcode):
    started = time.monotonic()
    told = ask({HOST: behave}, seconds=0.5)
    assert (told.failure, told.rcode) == (failure, rcode)
    assert told.detail and time.monotonic() - started < 1.0


def test_a_truncated_answer_is_asked_again_over_tcp():
    many = [f"10.0.1.{n}" for n in range(1, 80)]
    told = ask({HOST: names.truncated(names.addresses(*many))})
    assert told.failure is None and len(told.addresses) == 64


def test_a_lost_packet_is_no_outage():
    assert ask({HOST: names.lost_once(names.addresses("10.0.0.1"))}).failure is None


def test_an_answer_to_a_alone_is_enough():
    told = ask({HOST: names.no_aaaa(names.addresses("10.0.0.1"))}, seconds=0.6)
    assert told.addresses == ("10.0.0.1",) and told.failure is None


def test_a_loop_of_names_ends():
    told = ask({HOST: names.addresses(chain=("b.example.", HOST + ".", "b.example."))})
    assert told.failure is Failure.DNS_NODATA


def test_a_dead_first_name_server_makes_way_for_the_next():
    told = ask({HOST: names.addresses("10.0.0.1")}, also=(NEVER_HEARD,))
    assert told.addresses == ("10.0.0.1",)


def test_a_name_server_port_where_nothing_listens_is_refused():
    with peers.refusing() as closed:
        servers = (NameServer(address="127.0.0.1", port=closed.port),)
        told = resolve(HOST, servers, Deadline.after(Clock(), 1.0))
    assert told.failure is Failure.DNS_REFUSED


def test_no_name_server_at_all_is_our_own_trouble():
    assert resolve(HOST, (), Deadline.after(Clock(), 1.0)).failure is Failure.CANARY_ERROR


def test_a_literal_address_resolves_to_itself_without_a_question():
    told = resolve("10.0.0.9", (), Deadline.after(Clock(), 1.0))
    assert told.addresses == ("10.0.0.9",) and told.failure is None


def test_international_names_are_asked_for_in_their_ascii_form():
    assert ask(
        {"xn--bcher-kva.example": names.addresses("10.0.0.1")}, host="bücher.example"
    ).addresses


def test_resolv_conf_is_read_as_the_c_library_reads_it(tmp_path):
    path = tmp_path / "resolv.conf"
    path.write_text(
        "# nameserver 10.9.9.9\noptions timeout:1\nnameserver 10.0.0.2\nnameserver nonsense\n"
        "nameserver fd00:ec2::253\nnameserver 10.0.0.3\nnameserver 10.0.0.4\nnameserver\n"
    )
    found = [server.address for server in name_servers(str(path))]
    assert found == ["10.0.0.2", "fd00:ec2::253", "10.0.0.3"]
    assert name_servers(str(tmp_path / "absent")) == ()


@given(st.binary(max_size=300))
def test_no_packet_ends_in_anything_but_an_answer_or_malformed(tail):
    question = Question(id=7, name=HOST, rdtype=A)
    for packet in (tail, question.to_wire()[:12] + tail, question.to_wire() + tail):
        with contextlib.suppress(Malformed):
            parse(packet, question)
