"""Whether an answer refuses its caller for asking too much, or for what it is: 429, or a WAF.

Only explicit marks are taken for a WAF. API Gateway answers its blocks with the ForbiddenException
that wrong keys and captured names get too (so a public recording; WafFilteredException is what
an emulator guesses), and an own block response may look like anything. Sources: AWS WAF Developer
Guide, "CAPTCHA and Challenge action behavior" (202 and 405 with x-amzn-waf-action); AWS Knowledge
Center, "How do I troubleshoot 403 errors from CloudFront?" ("Request blocked").
"""

from typing import Any

from probing.outcome import Failure, Stage, Step

_CHALLENGES = frozenset({"challenge", "captcha"})
_ANSWERED = frozenset({None, Failure.HTTP_STATUS, Failure.HTTP_ASSERTION, Failure.OUR_LOAD})


def refuses(step: Step) -> bool:
    """Whether this step is such an answer. A status that is expected is none; a challenge always
    is: a WAF answers it in the API's stead, with 202 or 405."""
    if step.stage is not Stage.HTTP or step.failure not in _ANSWERED:
        return False
    if str(headers(step).get("x-amzn-waf-action", "")).strip().lower() in _CHALLENGES:
        return True
    if step.failure not in (Failure.HTTP_STATUS, Failure.OUR_LOAD):
        return False
    status = step.evidence.get("status")
    return status == 429 or (status == 403 and _blocked(step))


def headers(step: Step) -> dict[str, Any]:
    """The headers kept of an HTTP step, names in lower case; {} when none are."""
    return step.evidence.get("headers") or {}


def _blocked(step: Step) -> bool:
    kind = str(headers(step).get("x-amzn-errortype", "")).partition(":")[0]
    page = (
        "error from cloudfront" in str(headers(step).get("x-cache", "")).lower()
        and step.evidence.get("request_blocked") is True
    )
    return page or kind == "WafFilteredException"
