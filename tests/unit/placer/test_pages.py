"""How many interfaces are asked for at once."""

from placer.remains import interfaces
from tests.unit.placer.member_stand import ACCOUNT
from tests.unit.placer.runs import run


def test_interfaces_are_asked_for_in_pages(stand):
    """Of an account with many, DescribeNetworkInterfaces without a size fails."""
    asked, ec2 = [], stand.clients.ec2.inner
    event = "provide-client-params.ec2.DescribeNetworkInterfaces"
    ec2.meta.events.register(event, lambda params, **_: asked.append(dict(params)))
    run(stand)
    interfaces(ec2, ACCOUNT)
    assert [one.get("MaxResults") for one in asked] == [1000, 1000]
