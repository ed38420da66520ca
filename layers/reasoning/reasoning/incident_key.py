"""Which incident a bad transition belongs to: one root cause, one key, one incident."""

import hashlib

from reasoning.transition import Transition

FAILING_EVERYWHERE = "failing_everywhere"
UNEXPLAINED = "unexplained"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ID_LENGTH = 8


def key_of(transition: Transition) -> str:
    """The incident key, parts joined by `|`.

    (cause, subject resource id, its account); (failing_everywhere, host); and
    (unexplained, endpoint, vantage) where no rule spoke or the cause has no subject.
    """
    found = transition.diagnosis
    endpoint, vantage = transition.endpoint, transition.vantage
    if found is not None and found.cause == FAILING_EVERYWHERE:
        return "|".join((FAILING_EVERYWHERE, found.host or endpoint.host))
    if found is None or found.cause == UNEXPLAINED or not found.subject:
        return "|".join((UNEXPLAINED, endpoint.id, vantage.key))
    return "|".join((found.cause, found.subject, found.subject_account or vantage.account))


def id_of(key: str, transition: Transition) -> str:
    """A short id that people can say (base 32 without I, L, O, U), the same at every delivery."""
    name = f"{key}#{transition.id}"
    digest = hashlib.sha256(name.encode("utf-8", "backslashreplace")).digest()
    number = int.from_bytes(digest[:8], "big")
    return "".join(_ALPHABET[(number >> (5 * place)) & 31] for place in range(_ID_LENGTH))
