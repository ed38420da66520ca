"""A token that is kept as it is sent (RFC 6750)."""

from checker.credential import Asked, Made
from probing.endpoint import AuthKind

KIND = AuthKind.BEARER


def make(asked: Asked) -> Made:
    secret = asked.secret()
    return Made(
        headers={"Authorization": f"Bearer {secret.value}"},
        of=(secret.value,),
        changed_at=secret.changed_at,
    )
