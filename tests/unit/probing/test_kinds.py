"""The kinds of probe beside the web's, against real servers."""

from dataclasses import replace

import pytest

from probing.outcome import Failure, Stage, State
from tests.support.entries import HOST, entry, only
from tests.zoo import authority as authorities
from tests.zoo import names, peers

# --- tcp, tls -----------------------------------------------------------------------------------


def test_a_tcp_probe_connects_and_says_nothing(looks):
    with peers.serve(peers.closing) as p:
        outcome = only(looks(entry(f"tcp://{HOST}:{p.port}")))
    assert (outcome.state, [s.stage for s in outcome.steps]) == (
        State.OK,
        [Stage.RESOLVE, Stage.CONNECT],
    )
    # Where the test ends before the peer has taken the connection, there is no request at all.
    assert set(p.requests) <= {b""}


def test_a_tls_probe_tells_the_whole_chain(looks, authority):
    with peers.serve(peers.closing, context=authority.context(HOST, alpn=())) as p:
        outcome = only(looks(entry(f"tls://{HOST}:{p.port}")))
    facts = outcome.step(Stage.TLS).evidence
    assert outcome.state is State.OK and facts["sans"] == [HOST] and facts["alpn"] == ""
    assert (
        facts["chain"][0]["subject"] == facts["subject"] and len(facts["chain"][0]["sha256"]) == 64
    )


@pytest.mark.parametrize(
    ("expect", "failure"),
    [
        ({"certificate_days": 1}, None),
        ({"certificate_days": 800}, Failure.TLS_ASSERTION),
        ({"certificate_names": [HOST]}, None),
        ({"certificate_names": [HOST, "b.example"]}, Failure.TLS_ASSERTION),
        ({"tls_version": "TLSv1.3"}, None),
        ({"tls_version": "TLSv1.2"}, Failure.TLS_ASSERTION),
    ],
)
def test_what_is_expected_of_a_certificate(looks, authority, expect, failure):
    with peers.serve(peers.closing, context=authority.until(HOST, days=400)) as p:
        outcome = only(looks(entry(f"tls://{HOST}:{p.port}", expect=expect)))
    assert outcome.failure is failure


def test_every_name_of_a_certificate_counts_in_either_case_though_a_record_shows_twenty(
    looks, authority
):
    names_of_it = [f"n{number:02}.example" for number in range(30)]
    expect = {"certificate_names": ["N29.example", HOST]}
    with peers.serve(peers.closing, context=authority.context(*names_of_it, HOST)) as p:
        outcome = only(looks(entry(f"tls://{HOST}:{p.port}", expect=expect)))
    assert outcome.failure is None
    assert len(outcome.step(Stage.TLS).evidence["sans"]) == 20


def test_a_refused_certificate_is_shown_with_its_chain(looks):
    context = authorities.untrusted(HOST)
    with peers.serve(peers.closing, context=context) as p:
        outcome = only(looks(entry(f"tls://{HOST}:{p.port}")))
    facts = outcome.step(Stage.TLS).evidence
    assert outcome.failure is Failure.TLS_UNTRUSTED
    assert facts["sans"] == [HOST] and facts["chain"]


def test_nobody_is_verified_only_where_the_entry_says_so_and_every_outcome_shows_it(looks):
    with peers.serve(peers.answer("200 OK"), context=authorities.untrusted("x.example")) as p:
        trusting = entry(f"https://{HOST}:{p.port}", insecure_tls=True)
        insecure, secure = looks(trusting, replace(trusting, insecure_tls=False)).outcomes
    assert insecure.state is State.OK and insecure.step(Stage.TLS).evidence["insecure"] is True
    assert insecure.step(Stage.TLS).evidence["sans"] == ["x.example"]
    assert (insecure.insecure_tls, secure.insecure_tls) == (True, False)
    assert secure.failure in (Failure.TLS_UNTRUSTED, Failure.TLS_NAME_MISMATCH)


def test_a_private_authority_is_trusted_by_its_endpoint_alone(looks, tmp_path):
    private = authorities.Authority(tmp_path)
    with peers.serve(peers.answer("200 OK"), context=private.context(HOST)) as p:
        url = f"https://{HOST}:{p.port}"
        with_ca = entry(url, ca=(tmp_path / "ca.pem").read_text())
        told = looks(with_ca, replace(with_ca, id="b", ca="")).outcomes
    assert [outcome.failure for outcome in told] == [None, Failure.TLS_UNTRUSTED]


def test_a_private_authority_that_cannot_be_read_is_no_failure_of_the_endpoint(looks, authority):
    with peers.serve(peers.answer("200 OK"), context=authority.context(HOST)) as p:
        endpoint = replace(entry(f"https://{HOST}:{p.port}"), ca="ssm:/never/read")
        outcome = only(looks(endpoint))
    assert (outcome.state, outcome.failure) == (State.UNKNOWN, Failure.CANARY_ERROR)


# --- dns ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("behave", "query", "expect", "failure", "records"),
    [
        (names.addresses("10.0.0.1", "fd12::1"), "", {}, None, ["10.0.0.1", "fd12::1"]),
        (names.addresses("10.0.0.1"), "", {"answers": ["10.0.0.0/8"]}, None, ["10.0.0.1"]),
        (
            names.addresses("10.0.0.1"),
            "",
            {"answers": ["203.0.113.0/24"]},
            Failure.DNS_ASSERTION,
            ["10.0.0.1"],
        ),
        (names.addresses("10.0.0.1", "fd12::1"), "?type=AAAA", {}, None, ["fd12::1"]),
        (
            names.addresses(chain=("b.example.",)),
            "?type=CNAME",
            {"answers": ["B.example"]},
            None,
            ["b.example"],
        ),
        (names.texts("v=spf1 -all"), "?type=TXT", {"answers": ["v=spf1 -all"]}, None, None),
        (names.texts("other"), "?type=txt", {"answers": ["v=1"]}, Failure.DNS_ASSERTION, ["other"]),
        (
            names.texts("key=AbC."),
            "?type=TXT",
            {"answers": ["key=aBc."]},
            Failure.DNS_ASSERTION,
            None,
        ),
        (
            names.texts("key=AbC"),
            "?type=TXT",
            {"answers": ["key=AbC."]},
            Failure.DNS_ASSERTION,
            None,
        ),
        (names.addresses("10.0.0.1"), "", {"answers": ["10.0.0.7/24"]}, None, None),
        (names.rcode("NXDOMAIN"), "", {}, Failure.DNS_NXDOMAIN, []),
        (names.rcode("NXDOMAIN"), "", {"rcode": "NXDOMAIN"}, None, []),
        (names.rcode("NXDOMAIN"), "?type=TXT", {"rcode": "NXDOMAIN"}, None, []),
        (names.addresses("10.0.0.1"), "", {"rcode": "NXDOMAIN"}, Failure.DNS_ASSERTION, None),
        (names.addresses(), "?type=A", {"rcode": "NODATA"}, None, []),
        (names.addresses(), "?type=A", {}, Failure.DNS_NODATA, []),
        (names.silent, "?type=TXT", {"rcode": "NXDOMAIN"}, Failure.DNS_TIMEOUT, []),
        (names.rcode("SERVFAIL"), "", {"rcode": "NXDOMAIN"}, Failure.DNS_ASSERTION, []),
        (names.garbage, "?type=TXT", {}, Failure.DNS_SERVFAIL, []),
    ],
)
def test_a_dns_probe(looks, zone, behave, query, expect, failure, records):
    zone[HOST] = behave
    outcome = only(looks(entry(f"dns:{HOST}{query}", expect=expect), timeout=1.0))
    assert outcome.failure is failure
    assert outcome.state is (State.OK if failure is None else State.FAILING)
    assert [step.stage for step in outcome.steps] == [Stage.RESOLVE]
    if records is not None:
        assert outcome.steps[0].evidence["records"] == records
