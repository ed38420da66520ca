"""Answers that ask us to ask less: what is kept of them, and that no further request follows."""

import pytest

from probing.addresses import worth_trying_others
from probing.attempt import Seen
from probing.endpoint import Endpoint
from probing.outcome import Failure, Stage, Step
from probing.refusal import refuses
from tests.zoo import peers

HOST = "api.example"
# As CloudFront writes it (AWS Knowledge Center, 403 errors from CloudFront): the words that tell a
# block come after some 300 characters, where a snippet has ended.
PAGE = (
    b'<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" '
    b'"http://www.w3.org/TR/html4/loose.dtd">\n<HTML><HEAD><META HTTP-EQUIV="Content-Type" '
    b'CONTENT="text/html; charset=iso-8859-1">\n<TITLE>ERROR: The request could not be satisfied'
    b"</TITLE>\n</HEAD><BODY>\n<H1>403 ERROR</H1>\n<H2>The request could not be satisfied.</H2>\n"
    b'<HR noshade size="1px">\nRequest blocked.\nWe can\'t connect to the server for this app or '
    b"website at this time.\n</BODY></HTML>\n"
)


def http_of(looks, speak):
    with peers.serve(speak) as p:
        asked = Endpoint(id="orders", url=f"http://{HOST}:{p.port}/", kind="http")
        (outcome,) = looks(asked).outcomes
    return outcome.step(Stage.HTTP), len(p.requests)


@pytest.mark.parametrize(
    ("what", "speak", "refused"),
    [
        ("429", peers.answer("429 Too Many Requests", b"", retry_after="7"), True),
        ("a page", peers.answer("403 Forbidden", PAGE, x_cache="Error from cloudfront"), True),
        ("the page of another", peers.answer("403 Forbidden", PAGE), False),
        ("a challenge", peers.answer("202 Accepted", b"", x_amzn_waf_action="challenge"), True),
        ("a captcha", peers.answer("405 No", b"", x_amzn_waf_action="captcha"), True),
        ("403", peers.answer("403 Forbidden", b'{"message":"Forbidden"}'), False),
        ("503", peers.answer("503 Service Unavailable", b"", retry_after="7"), False),
    ],
)
def test_a_refusal_is_known_by_what_is_kept_of_the_answer(looks, what, speak, refused):
    http, requests = http_of(looks, speak)
    assert refuses(http) is refused, what
    assert requests == 1


def test_what_asks_us_to_wait_is_kept(looks):
    speak = peers.answer("429 No", b"", retry_after="7", x_amzn_waf_action="captcha", cookie="c")
    http, _ = http_of(looks, speak)
    assert http.evidence["headers"] == {"retry-after": "7", "x-amzn-waf-action": "captcha"}


@pytest.mark.parametrize(("status", "others"), [(429, False), (503, True), (403, True)])
def test_other_addresses_are_not_tried_after_a_refusal(status, others):
    evidence = {"status": status, "headers": {}}
    step = Step(stage=Stage.HTTP, elapsed_ms=1.0, failure=Failure.HTTP_STATUS, evidence=evidence)
    assert worth_trying_others(Seen(steps=(step,))) is others
