"""The deny table, by literal and by every form that hides one, and the text of a URL."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probing import guard

DENIED = [
    "0.0.0.0",
    "0.1.2.3",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "169.254.169.253",
    "169.254.170.2",
    "169.254.100.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fd00:ec2::254",
    "fd00:ec2::253",
    "ff02::1",
    "100::1",
]
ALLOWED = [
    "10.0.0.91",
    "172.16.3.4",
    "192.168.1.1",
    "100.64.0.5",
    "203.0.113.9",
    "52.1.2.3",
    "fd12:3456::1",
    "2600:1f18::1",
    "64:ff9b::a00:5b",
    "::ffff:10.0.0.91",
]


@pytest.mark.parametrize("address", DENIED)
def test_addresses_of_the_environment_itself_are_denied_with_a_reason(address):
    assert guard.check(address)


@pytest.mark.parametrize("address", ALLOWED)
def test_private_and_public_hosts_are_allowed(address):
    assert guard.check(address) is None


def hidden_forms(v4: str) -> list[str]:
    low = int(IPv4Address(v4))
    inverted = low ^ 0xFFFFFFFF
    return [
        str(IPv6Address(value))
        for value in (
            0xFFFF << 32 | low,  # mapped
            low,  # compatible
            0xFFFF0000 << 32 | low,  # translated
            0x0064FF9B << 96 | low,  # NAT64, well-known prefix
            0x0064FF9B0001 << 80 | low,  # NAT64, local prefix
            0x2002 << 112 | low << 80,  # 6to4
            0x20010000 << 96 | 0xCB007101 << 64 | inverted,  # Teredo client
            0x20010000 << 96 | low << 64 | 0x34FF8EFE,  # Teredo server
            0x20010DB8 << 96 | 0x00005EFE << 32 | low,  # ISATAP
            0x20010DB8 << 96 | 0x02005EFE << 32 | low,  # ISATAP, universal
        )
    ]


@given(st.sampled_from(["127.0.0.1", "169.254.169.254", "169.254.100.1", "0.0.0.0", "224.0.0.9"]))
def test_no_embedding_hides_a_denied_address(v4):
    for form in hidden_forms(v4):
        assert guard.check(form), form


def test_an_embedding_of_our_own_address_is_denied():
    assert guard.check("10.0.0.7", ("10.0.0.7",))
    assert all(guard.check(form, ("10.0.0.7",)) for form in hidden_forms("10.0.0.7"))
    assert guard.check("10.0.0.8", ("10.0.0.7",)) is None


@given(st.ip_addresses().map(str))
def test_any_literal_is_judged_without_an_error(address):
    reason = guard.check(address)
    assert reason is None or reason.startswith(str(address)) or "carries" in reason


def test_what_is_no_literal_is_denied():
    assert guard.check("2130706433") and guard.check("localhost") and guard.check("")


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
    "https://a..example/",
    "https://" + "a" * 64 + ".example/",
    "https://a.example/" + "x" * 2048,
]


@pytest.mark.parametrize("url", GOOD_URLS)
def test_a_url_of_an_ordinary_host_can_be_registered(url):
    assert guard.target_problem(url) is None


@pytest.mark.parametrize("url", BAD_URLS)
def test_a_url_that_cannot_be_a_target_is_refused_with_a_sentence(url):
    assert guard.target_problem(url)


@given(st.text(max_size=60))
def test_any_text_is_judged_without_an_error(text):
    guard.target_problem(text)
    guard.target_problem(f"https://{text}/")
