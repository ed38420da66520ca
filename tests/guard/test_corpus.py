"""The corpus itself: nothing left out, and the forbidden apart from the allowed."""

from ipaddress import ip_address

import pytest

from probing import guard
from tests.guard import corpus, vectors

ALLOWED = (*corpus.ALLOWED_V4, *corpus.ALLOWED_V6, *corpus.ALLOWED_CARRIERS)
PLAIN = (*corpus.FORBIDDEN_V4, *corpus.FORBIDDEN_V6)


@pytest.mark.parametrize("denied", guard.DENIED, ids=lambda denied: str(denied.network))
def test_every_class_that_the_guard_denies_is_aimed_at(denied):
    assert any(ip_address(aim) in denied.network for aim in PLAIN)


def test_no_forbidden_literal_lies_where_the_kernel_counts_no_leak():
    literals = map(corpus.canonical, corpus.forbidden_literals())
    assert not [one for one in literals if any(corpus.lies_in(one, net) for net in ALLOWED)]


def test_every_allowed_literal_lies_where_the_kernel_counts_no_leak():
    literals = map(corpus.canonical, corpus.allowed_literals())
    assert not [one for one in literals if not any(corpus.lies_in(one, net) for net in ALLOWED)]


def test_there_are_as_many_targets_as_promised_and_none_is_made_twice():
    ways = [vectors.Way(kind="http", scheme="http")]
    forbidden, allowed = list(vectors.forbidden(ways)), list(vectors.allowed(ways))
    assert len(forbidden) >= 2000 and len(allowed) >= 500
    assert len(forbidden) + len(allowed) >= 4000
    names = [target.probe.endpoint.id for target in forbidden]
    assert len(set(names)) == len(names)


def test_the_spellings_of_an_address_differ():
    spelled = corpus.spellings("169.254.169.254")
    assert len(set(spelled)) == len(spelled) > 25
    assert {"2852039166", "0xa9fea9fe", "0251.0376.0251.0376"} <= set(spelled)
