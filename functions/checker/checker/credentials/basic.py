"""User and password (RFC 7617), in UTF-8."""

import base64

from checker.credential import Asked, Made
from checker.secrets_read import SecretRefused
from probing.endpoint import AuthKind

KIND = AuthKind.BASIC


def make(asked: Asked) -> Made:
    secret, user = asked.secret(), asked.auth.user
    pair = f"{user}:{secret.value}" if user else secret.value
    if ":" not in pair:
        raise SecretRefused(f"{asked.auth.secret}: does not hold user:password")
    if not pair.isprintable():
        # Sent encoded, so that no header would refuse it: it would be denied for ever instead.
        raise SecretRefused(f"{asked.auth.secret}: holds a line break or a control character")
    told = base64.b64encode(pair.encode()).decode()
    return Made(
        headers={"Authorization": f"Basic {told}"},
        of=(secret.value,),
        changed_at=secret.changed_at,
    )
