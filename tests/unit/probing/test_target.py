"""The text of a URL and of a host: what can be registered, and that all read it alike."""

import socket
from ipaddress import ip_address

import dns.name
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from probing import guard, registration, target
from probing.endpoint import Endpoint

GOOD_URLS = [
    "https://abc.execute-api.us-east-1.amazonaws.com/prod/orders?a=b",
    "http://10.0.0.9:8080/health",
    "https://[fd12::1]/",
    "https://bücher.example/",
    "https://a_b.example/",
    "https://orders.example.:443/",
]
BAD_URLS = [
    "ftp://a.example/",
    "a.example",
    "https:///x",
    "https://user:pw@a.example/",
    "https://a.example:99999/",
    "https://a.example:0/",
    "https://a.example/\nx",
    "https://a b.example/",
    "https://localhost/",
    "https://x.localhost./",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://①②⑦.⓪.⓪.①/",
    "https://169.254.169.254/latest/meta-data",
    "https://[::ffff:7f00:1]/",
    "https://[::1/",
    "https://a[fd12::1]/",
    "https://[v1.a.example]/",
    "https://a.example:８０/",
    "https://a.example:8_0/",
    "https://a.example\\@169.254.169.254/",
    "https://169.254.169.254\\.a.example/",
    "https://%31%32%37.0.0.1/",
    "https://@a.example/",
    "https://a.example/\x85x",
    "https:169.254.169.254/",
    "https:/\\169.254.169.254/",
    "https://fd12::1/",
    "https://[fd12::1%25eth0]/",
    "https://a..example/",
    "https://" + "a" * 64 + ".example/",
    "https://a.example/" + "x" * 2048,
]


@pytest.mark.parametrize("url", GOOD_URLS)
def test_a_url_of_an_ordinary_host_can_be_registered(url):
    assert target.target_problem(url) is None


@pytest.mark.parametrize("url", BAD_URLS)
def test_a_url_that_cannot_be_a_target_is_refused_with_a_sentence(url):
    assert target.target_problem(url)


@given(st.text(max_size=60))
def test_any_text_is_judged_without_an_error(text):
    target.target_problem(text)
    target.target_problem(f"https://{text}/")


def test_the_schemes_are_the_callers():
    assert target.target_problem("wss://a.example/", ("wss", "ws")) is None
    assert "write one of ws, wss" in target.target_problem("https://a.b/", ("wss", "ws"))


@pytest.mark.parametrize("url", ["dns://[", "dns:a\tb.example", "dns:127.1", "dns:a b.example"])
def test_a_name_to_ask_for_is_judged_like_any_host(url):
    endpoint, problems = registration.parse({"name": "a", "url": url}, source="test")
    assert endpoint is None and problems


GOOD_HOSTS = [
    "a.example",
    "A.Example.",
    "bücher.example",
    "xn--bcher-kva.example",
    "a_b",
    "fd12::1",
]
GOOD_HOSTS += ["10.0.0.9", "64:ff9b::a00:9", "4a.example", "1.2.3.example", "ｅxample.com"]
BAD_HOSTS = {
    "": "no host",
    "127.0.0.1": "loopback",
    "::ffff:169.254.169.254": "IPv4-mapped",
    "fe80::1%eth0": "zone id",
    "fd12::1%25eth0": "zone id",
    "127.1": "short form",
    "0x7f.1": "short form",
    "0177.0.0.1": "short form",
    "2130706433": "short form",
    "0x7f000001": "short form",
    "127.0.0.1.": "short form",
    "１２７.0.0.1": "short form",
    "127。0。0。1": "short form",
    "127．0｡0.1": "short form",
    "①②⑦.⓪.⓪.①": "short form",
    "𝟏𝟐𝟕.0.0.𝟏": "short form",
    "a.example.0x10": "short form",
    "127.0.0.1\u00ad": "U+00AD",
    "local\u200bhost": "U+200B",
    "straße.example": "U+00DF",
    "lOcalhost": "the canary itself",
    "x.localhost。": "the canary itself",
    "a..example": "no DNS name",
    ".example": "no DNS name",
    ".": "no DNS name",
    "a.example..": "no DNS name",
    "a b": "no DNS name",
    "a.example:80": "no DNS name",
    "[fd12::1]": "no DNS name",
    "user@a.example": "no DNS name",
    "a%2eexample": "no DNS name",
    "a\\.example": "no DNS name",
    "a／b.example": "no DNS name",
    "a\u00a0b.example": "no DNS name",
    "a" * 64: "no DNS name",
    ".".join(["a" * 63] * 4): "no DNS name",
}


@pytest.mark.parametrize("host", GOOD_HOSTS)
def test_a_host_that_all_read_alike_can_be_registered(host):
    assert target.host_problem(host) is None


@pytest.mark.parametrize(("host", "words"), BAD_HOSTS.items())
def test_a_host_that_some_read_otherwise_is_refused_with_its_reason(host, words):
    assert words in target.host_problem(host)


def is_literal(host):
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def read_alike(host):
    """Of an accepted host: DNS asks for the very name, and nobody reads an address in it."""
    if is_literal(host):
        assert guard.check(host) is None
        return
    name = target.ascii_host(host)
    assert dns.name.from_text(name).to_text() == f"{name.rstrip('.')}."
    with pytest.raises(OSError, match="illegal IP address"):
        socket.inet_aton(name)  # the C library's own reading
    endpoint = Endpoint(id="a", url=f"https://{host}:8443/x")
    assert (endpoint.host, endpoint.port) == (host.lower(), 8443)


@given(st.text(st.sampled_from("0123456789abxX.-_:%[]@/\\①２．。ß\u00ad éΣ"), max_size=16))
@example("0x7f.0x0.0x0.0x1")
@example("1.1.1.1a")
@example("0x.a")
def test_whatever_host_is_accepted_is_read_alike_by_all(host):
    if target.host_problem(host) is None:
        read_alike(host)


@pytest.mark.parametrize(
    "url",
    [
        "https://watch:s3cret/word@api.example/",
        "https://watch:s3cret#word@api.example/",
        "https://watch:s3cret\u2488@api.example/",
        "https://watch:s3cret@api.example/",
        "https://[watch:s3cret@api.example/",
    ],
)
def test_a_password_in_a_url_is_quoted_in_no_part(url):
    told = target.target_problem(url)
    assert told and "s3cret" not in told
