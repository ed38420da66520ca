import pytest

from reasoning.security_groups import GroupRule, Peer, covers, passes

CANARY = Peer(address="10.0.0.10", groups=("sg-canary",))
OVER_V6 = Peer(address="fd00:ec2::10", groups=("sg-canary",))
HTTPS = {"protocol": "tcp", "first_port": 443, "last_port": 443}


@pytest.mark.parametrize(
    ("rule", "peer", "admitted"),
    [
        (GroupRule(cidrs=("0.0.0.0/0",)), CANARY, True),
        (GroupRule(**HTTPS, cidrs=("10.0.0.0/16",)), CANARY, True),
        (GroupRule(**HTTPS, cidrs=("10.0.0.10/32",)), CANARY, True),
        (GroupRule(**HTTPS, cidrs=("10.1.0.0/16",)), CANARY, False),
        (GroupRule(**HTTPS, groups=("sg-canary",)), CANARY, True),
        (GroupRule(**HTTPS, groups=("sg-workload",)), CANARY, False),
        (GroupRule(**HTTPS, cidrs=("::/0",)), CANARY, False),
        (GroupRule(**HTTPS, cidrs=("::/0",)), OVER_V6, True),
        (GroupRule(**HTTPS, cidrs=("0.0.0.0/0",)), OVER_V6, False),
        (GroupRule(**HTTPS, cidrs=("fd00:ec2::/64",)), OVER_V6, True),
        (GroupRule(protocol="6", first_port=0, last_port=65535, cidrs=("10.0.0.0/8",)), CANARY,
         True),
        (GroupRule(protocol="tcp", first_port=80, last_port=442, cidrs=("10.0.0.0/8",)), CANARY,
         False),
        (GroupRule(protocol="udp", first_port=443, last_port=443, cidrs=("10.0.0.0/8",)), CANARY,
         False),
        (GroupRule(protocol="icmp", first_port=-1, last_port=-1, cidrs=("10.0.0.0/8",)), CANARY,
         False),
        (GroupRule(**HTTPS, prefix_lists=("pl-known",)), CANARY, True),
        (GroupRule(**HTTPS, prefix_lists=("pl-other",)), CANARY, False),
        (GroupRule(**HTTPS, prefix_lists=("pl-unread",)), CANARY, None),
        (GroupRule(**HTTPS, prefix_lists=("pl-unread",), cidrs=("10.0.0.0/16",)), CANARY, True),
        (GroupRule(**HTTPS, cidrs=("what its caller wrote",)), CANARY, False),
        (GroupRule(**HTTPS), CANARY, False),
    ],
)  # fmt: skip
def test_a_rule_admits_whom_its_source_and_port_cover(rule, peer, admitted):
    lists = {"pl-known": ("10.0.0.0/24",), "pl-other": ("192.0.2.0/24",)}
    assert covers(rule, peer, 443, lists) is admitted


OPEN, SHUT = GroupRule(cidrs=("10.0.0.0/16",)), GroupRule(**HTTPS, cidrs=("192.0.2.0/24",))
UNREAD = GroupRule(prefix_lists=("pl-unread",))
ELSEWHERE = Peer(address="10.9.0.10")


@pytest.mark.parametrize(
    ("rules", "peers", "verdict"),
    [
        ([SHUT, OPEN], [CANARY], True),
        ([SHUT], [CANARY], False),
        ([], [CANARY], False),
        ([SHUT, UNREAD], [CANARY], None),
        ([UNREAD, OPEN], [CANARY], True),
        ([OPEN], [CANARY, ELSEWHERE], None),
        ([OPEN], [], None),
    ],
)
def test_rules_together_admit_all_none_or_it_cannot_be_told(rules, peers, verdict):
    assert passes(rules, peers, 443, {}) is verdict
