"""The deny table, by literal and by every form that hides one."""

from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

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
    "100:0:0:1::9",
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
    "198.18.0.1",
    "192.0.0.9",
    "192.88.99.1",
    "2001:db8::1",
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
            0x0064FF9B0001 << 80 | low,  # NAT64, local prefix of 96 bits
            0x0064FF9B0001 << 80 | 0xFEED << 32 | low,  # the same, within the reserved range
            0x0064FF9B0001 << 80 | low >> 16 << 64 | (low & 0xFFFF) << 40,  # of 48 bits
            0x0064FF9B0001AB << 72 | low >> 24 << 64 | (low & 0xFFFFFF) << 32,  # of 56 bits
            0x0064FF9B0001ABCD << 64 | low << 24,  # of 64 bits
            0x2002 << 112 | low << 80,  # 6to4
            0x20010000 << 96 | 0xCB007101 << 64 | inverted,  # Teredo client
            0x20010000 << 96 | low << 64 | 0x34FF8EFE,  # Teredo server
            0x20010DB8 << 96 | 0x00005EFE << 32 | low,  # ISATAP
            0x20010DB8 << 96 | 0x02005EFE << 32 | low,  # ISATAP, universal
            0x20010DB8 << 96 | 0x01005EFE << 32 | low,  # ISATAP, group
        )
    ]


FORBIDDEN = ["127.0.0.1", "169.254.169.254", "169.254.100.1", "224.0.0.9", "255.1.2.3"]


@pytest.mark.parametrize("v4", FORBIDDEN)
def test_no_embedding_hides_a_denied_address(v4):
    for form in hidden_forms(v4):
        assert guard.check(form), form


def test_an_embedding_of_a_private_address_is_allowed():
    refused = [form for form in hidden_forms("10.0.0.91") if guard.check(form)]
    assert not refused


def test_a_local_nat64_address_of_any_prefix_is_read_in_every_way():
    # 48 bits: 10.1.127.3; 64 bits: 127.3.0.0. Nobody tells which prefix is in use.
    assert "127.3.0.0 (NAT64" in guard.check("64:ff9b:1:a01:7f:300::")
    assert guard.check("64:ff9b:1:a01:9:300::") is None
    assert all(guard.check(one) for one in ("64:ff9b:1::", "64:ff9b:1::1", "64:ff9b::1", "2002::"))


def test_a_zone_id_is_denied_with_any_address():
    assert all("zone id" in guard.check(one) for one in ("fd12::1%eth0", "fe80::1%1", "::1%lo"))


def test_our_own_address_is_known_in_any_spelling():
    assert guard.check("10.0.0.7", ("::ffff:10.0.0.7",))
    assert guard.check("fd12:0:0:0::7", ("fd12::7",)) and guard.check("fd12::7", ["FD12::7%eth0"])


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


def test_the_page_of_the_guard_shows_every_class_with_its_reason():
    page = (Path(__file__).parents[3] / "docs" / "guard.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    lost = [
        str(one.network)
        for one in guard.DENIED
        if not any(str(one.network) in row and one.why.partition(":")[0] in row for row in rows)
    ]
    assert not lost
