"""Hold what a probe saw against what its endpoint expects.

Not decided here: `resolves_to`, which needs the account's inventory, and whether an answer differs
from the last good one; both are judged outside the VPC.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from probing import json_rules
from probing.attempt import Attempt
from probing.endpoint import Expect, Rule
from probing.evidence import Answer
from probing.failures import Told
from probing.matching import matched, shown
from probing.outcome import Failure, Step
from probing.patterns import Matches

DAY_SECONDS = 86_400.0


def judge(expect: Expect, answer: Answer, matches: Matches) -> Told | None:
    """The first expectation that an HTTP answer does not meet, in words; None when all are met.

    A pattern that takes too long is our own failure, whatever it would have found.
    """
    status = answer.status or 0
    if not any(low <= status <= high for low, high in expect.status):
        return Failure.HTTP_STATUS, f"status {answer.status}, expected {ranges(expect.status)}"
    told = _headers(expect.headers, answer.headers, matches)
    told = told or text_of(
        "the body",
        answer.body.decode("utf-8", "replace"),
        (expect.body_contains, expect.body_matches),
        matches,
        Failure.HTTP_ASSERTION,
    )
    if told or not expect.json:
        return told
    return json_rules.judge(expect.json, answer.body, matches, truncated=answer.truncated)


def _headers(rules: Iterable[Rule], headers: Mapping[str, str], matches: Matches) -> Told | None:
    for rule in rules:
        value = headers.get(rule.at)
        if (value is not None) != rule.exists:
            what = "is missing" if rule.exists else "is there, and must not be"
            return Failure.HTTP_ASSERTION, f"header {rule.at} {what}"
        if rule.equals is not None and value != rule.equals:
            return Failure.HTTP_ASSERTION, f"header {rule.at} is not {rule.equals!r}"
        if rule.matches is not None:
            told = matched(
                f"header {rule.at}", rule.matches, value or "", matches, Failure.HTTP_ASSERTION
            )
            if told:
                return told
    return None


def text_of(
    what: str,
    text: str,
    wanted: tuple[str | None, str | None],
    matches: Matches,
    failure: Failure,
) -> Told | None:
    """What `text` lacks of (a part, a pattern), told as `failure`."""
    contains, pattern = wanted
    if contains is not None and contains not in text:
        return failure, f"{what} does not contain {shown(contains)}"
    if pattern is not None:
        return matched(what, pattern, text, matches, failure)
    return None


def of_certificate(
    attempt: Attempt, facts: Mapping[str, Any], names: Collection[str] = ()
) -> Told | None:
    """What the TLS facts of `certificate.facts`, and `certificate.names`, do not meet."""
    expect = attempt.endpoint.expect
    until = facts.get("not_after_at")
    if expect.certificate_days is not None and until is not None:
        days = (until - attempt.deadline.clock.now_at()) / DAY_SECONDS
        if days < expect.certificate_days:
            what = f"the certificate is valid for {days:.1f} days more"
            return Failure.TLS_ASSERTION, f"{what}, expected {expect.certificate_days}"
    version = facts.get("version")
    if expect.tls_version is not None and version != expect.tls_version:
        return Failure.TLS_ASSERTION, f"{version} was agreed on, expected {expect.tls_version}"
    missing = sorted(name for name in expect.certificate_names if name.lower() not in names)
    if missing:
        return Failure.TLS_ASSERTION, f"the certificate is not for {', '.join(missing)}"
    return None


def too_slow(expect: Expect, steps: Iterable[Step]) -> Told | None:
    """Which bound on time a probe that is otherwise well does not keep."""
    whole = 0.0
    for step in steps:
        whole += step.elapsed_ms
        bound = expect.stage_latency_ms.get(step.stage.value)
        if bound is not None and step.elapsed_ms > bound:
            took = f"{step.stage.value} took {step.elapsed_ms:.0f} ms"
            return Failure.TOO_SLOW, f"{took}, expected at most {bound:.0f} ms"
    if expect.latency_ms is not None and whole > expect.latency_ms:
        return (
            Failure.TOO_SLOW,
            f"took {whole:.0f} ms, expected at most {expect.latency_ms:.0f} ms",
        )
    return None


def ranges(status: tuple[tuple[int, int], ...]) -> str:
    """`200-399, 403`."""
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in status)
