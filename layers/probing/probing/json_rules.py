"""Rules on a JSON body, by JMESPath (jmespath.org): which expressions are taken, and judging.

A path that copies grows its result with every step (`[@,@][]|[@,@][]|…` doubles it), so those
forms are refused: what is left can make nothing larger than the body is.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from probing.endpoint import Rule
from probing.failures import Told
from probing.http_answer import BODY_LIMIT_BYTES
from probing.matching import matched
from probing.outcome import Failure
from probing.patterns import Matches

_READ = f"{BODY_LIMIT_BYTES // 1024} kB"
_REFUSED = frozenset({"multi_select_list", "multi_select_dict", "function_expression", "expref"})


def path_problem(path: str) -> str | None:
    """Why a path cannot be used, with what can; None when it can."""
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        parsed = jmespath.compile(path).parsed
    except (JMESPathError, RecursionError):
        return "is no JMESPath expression"
    refused = sorted(_REFUSED & set(_nodes(parsed)))
    return (
        f"uses {', '.join(refused)}, which can make more of a body than it is" if refused else None
    )


def _nodes(parsed: Mapping[str, Any]) -> Iterable[str]:
    yield str(parsed["type"])
    for child in parsed.get("children", ()):
        if isinstance(child, dict):
            yield from _nodes(child)


def judge(
    rules: Iterable[Rule], body: bytes, matches: Matches, *, truncated: bool = False
) -> Told | None:
    """The first rule that the body does not keep, in words; None when it keeps all. One that may
    be JSON, but is not read whole (`truncated`), can be held to none: that is our own limit."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        if truncated and body.lstrip()[:1] in (b"{", b"["):
            return Failure.CANARY_ERROR, f"the body is longer than the {_READ} that are read of it"
        return Failure.HTTP_ASSERTION, "the body is not JSON"
    for rule in rules:
        told = _rule(rule, document, matches)
        if told:
            return told
    return None


def _rule(rule: Rule, document: Any, matches: Matches) -> Told | None:
    import jmespath

    found = jmespath.search(rule.at, document)
    if (found is not None) != rule.exists:
        what = "is missing" if rule.exists else "is there, and must not be"
        return Failure.HTTP_ASSERTION, f"JSON {rule.at} {what}"
    if rule.equals is not None and not _same(found, json.loads(rule.equals)):
        return Failure.HTTP_ASSERTION, f"JSON {rule.at} is not {rule.equals}"
    if rule.matches is None:
        return None
    text = found if isinstance(found, str) else json.dumps(found)
    what = f"JSON {rule.at}"
    return matched(what, rule.matches, text, matches, Failure.HTTP_ASSERTION)


def _same(found: Any, wanted: Any) -> bool:
    """Equality as JSON has it: Python's own holds true for 1 and True."""
    return found == wanted and isinstance(found, bool) == isinstance(wanted, bool)
