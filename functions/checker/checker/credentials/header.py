"""A credential that is the whole value of a header of its own."""

from checker.credential import Asked, Made
from probing.endpoint import AuthKind

KIND = AuthKind.HEADER


def make(asked: Asked) -> Made:
    secret = asked.secret()
    return Made(
        headers={asked.auth.header: secret.value},
        of=(secret.value,),
        changed_at=secret.changed_at,
    )
