import pytest

from reasoning.harvest import harvest, ids_of


@pytest.mark.parametrize(
    ("said", "ids"),
    [
        ({"a": "see vpce-0a1b2c3d and (subnet-0a1b2c3d4e5f60718)."},
         ("vpce-0a1b2c3d", "subnet-0a1b2c3d4e5f60718")),
        ({"a": [{"tag": 1, "content": "sg-0a1b2c3d"}, {"tag": 2, "content": "sg-0a1b2c3d"}]},
         ("sg-0a1b2c3d",)),
        ({"a": "tgw-attach-0a1b2c3d4e5f60718"}, ("tgw-attach-0a1b2c3d4e5f60718",)),
        ({"a": "rslvr-rr-0a1b2c3d4e5f60718"}, ("rslvr-rr-0a1b2c3d4e5f60718",)),
        ({"a": "vpc-0a1b2c3d4"}, ()),
        ({"a": "not-a-vpc-thing"}, ()),
        ({"a": "myvpc-0a1b2c3d"}, ()),
        ({"hostedZone": {"id": "/hostedzone/Z0123"}}, ("Z0123",)),
        ({"restApiId": "a1b2c3"}, ("a1b2c3",)),
        ({"resourceId": {"value": 42}}, ("42",)),
        ({"requestId": "1-2", "clientToken": "x", "ownerId": "111122223333"}, ()),
        ({"a": '{"inside": "eni-0a1b2c3d"}'}, ("eni-0a1b2c3d",)),
    ],
)  # fmt: skip
def test_an_id_is_known_by_its_form_or_its_key(said, ids):
    assert harvest(said).ids == ids


@pytest.mark.parametrize(
    ("said", "hosts"),
    [
        ({"name": "\\052.Api.Example.com."}, ("*.api.example.com",)),
        ({"url": "https://api.example.com/v1?x=1"}, ("api.example.com",)),
        ({"serviceName": "com.amazonaws.us-east-1.sqs"}, ()),
        ({"a": "com.amazonaws.us-east-1.sqs"}, ()),
        ({"handler": "index.handler"}, ()),
        ({"owner": "alice@example.com"}, ()),
        ({"xmlns": "http://ec2.amazonaws.com/doc/2016-11-15/"}, ()),
        ({"a": "10.0.0.1"}, ()),
    ],
)
def test_a_host_name_is_known_by_its_form(said, hosts):
    assert harvest(said).hosts == hosts


@pytest.mark.parametrize(
    ("said", "ports"),
    [
        ({"fromPort": 443, "toPort": 443}, ("443",)),
        ({"FromPort": "1024", "ToPort": "65535"}, ("1024-65535",)),
        ({"portRange": {"from": 1, "to": 2}}, ("1-2",)),
        ({"port": 8443}, ("8443",)),
        ({"fromPort": 80}, ("80",)),
        ({"port": "traffic-port"}, ()),
        ({"from": 1, "to": 2}, ()),
        ([{"fromPort": -1, "toPort": -1}], ("-1",)),
    ],
)
def test_ports_are_told_with_both_ends_of_their_range(said, ports):
    assert harvest(said).ports == ports


@pytest.mark.parametrize(
    ("said", "cidrs"),
    [
        ({"a": "10.0.0.0/8"}, ("10.0.0.0/8",)),
        ({"a": "10.0.0.7/24"}, ("10.0.0.0/24",)),
        ({"a": "2001:db8::/32"}, ("2001:db8::/32",)),
        ({"a": "::/0"}, ("::/0",)),
        ({"a": "10.0.0.0/99"}, ()),
        ({"a": "2026/11"}, ()),
        ({"a": "arn:aws:x:y:1:a/b/c"}, ()),
    ],
)
def test_a_network_is_one_that_parses(said, cidrs):
    assert harvest(said).cidrs == cidrs


def test_ids_inside_a_policy_are_not_what_a_call_is_about():
    said = {"VpcEndpointId": "vpce-0a1b2c3d", "PolicyDocument": '{"a": "vpce-0d1d1d1d"}'}
    assert ids_of("vpce-", said) == ("vpce-0a1b2c3d",)
