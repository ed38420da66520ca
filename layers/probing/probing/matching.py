"""A registered pattern held against what a peer said: whose failure it is when they do not meet."""

import re

from probing.failures import Told
from probing.outcome import Failure
from probing.patterns import Matches, PatternError, PatternTimeout

_SHOWN_CHARS = 80


def matched(what: str, pattern: str, text: str, matches: Matches, failure: Failure) -> Told | None:
    """`failure` where `pattern` is not found in `text`; a pattern that takes too long, or cannot be
    matched, is our own."""
    try:
        if matches(pattern, text):
            return None
    except PatternTimeout as error:
        return Failure.PATTERN_TIMEOUT, f"{what}: {error}"
    except (PatternError, OSError) as error:
        return Failure.CANARY_ERROR, f"{what}: no pattern can be matched ({type(error).__name__})"
    return failure, f"{what} does not match {shown(pattern)}"


def shown(text: str) -> str:
    """A registered text, quoted and cut: long patterns fill a page."""
    flat = re.sub(r"\s+", " ", text)
    return repr(flat if len(flat) <= _SHOWN_CHARS else flat[:_SHOWN_CHARS] + "…")
