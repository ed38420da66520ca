"""Makes an answer fit into what Lambda gives back from a synchronous call: 6 MB of JSON
(docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, "Invocation payload").

What is left out, in this order, until it fits: snippets of bodies; chains of certificates; what
`getaddrinfo` said and the second opinions; what other addresses did; at last all evidence but
status and address. State, failure, detail, times and addresses always stay. What is left out of
a fingerprint is left out as a whole, so that it is not taken for a change.
"""

import json
from collections.abc import Callable
from typing import Any

from probing.wire import Answer, to_json

LIMIT_BYTES = 5_500_000
"""Half a megabyte is left for what Lambda's own encoding adds."""
_BYTES_MOST = 16_384
"""More than any outcome has: so many of them are not even counted."""


def fitted(answer: Answer, limit_bytes: int = LIMIT_BYTES) -> dict[str, Any]:
    """`answer` as JSON-able data of at most about `limit_bytes`."""
    data = to_json(answer)
    if len(answer.outcomes) * _BYTES_MOST <= limit_bytes:
        return data
    for trim in (*_TRIMS, None):
        if len(json.dumps(data, separators=(",", ":"))) <= limit_bytes or trim is None:
            break
        for outcome in data["outcomes"]:
            trim(outcome)
            outcome["trimmed"] = True
    return data


def _without_snippets(outcome: dict[str, Any]) -> None:
    for step in outcome["steps"]:
        step["evidence"].pop("snippet", None)


def _without_chains(outcome: dict[str, Any]) -> None:
    for step in outcome["steps"]:
        step["evidence"].pop("chain", None)


def _without_other_views(outcome: dict[str, Any]) -> None:
    if outcome["resolution"]:
        outcome["resolution"] |= {"getaddrinfo": (), "second_opinion": ""}


def _without_others(outcome: dict[str, Any]) -> None:
    outcome["tried"] = ()


def _bare(outcome: dict[str, Any]) -> None:
    for step in outcome["steps"]:
        kept = {
            key: step["evidence"][key] for key in ("status", "address") if key in step["evidence"]
        }
        step["evidence"] = kept


_TRIMS: tuple[Callable[[dict[str, Any]], None], ...] = (
    _without_snippets,
    _without_chains,
    _without_other_views,
    _without_others,
    _bare,
)
