"""A token by client credentials (RFC 6749, 4.4), fetched by the checker."""

from checker.credential import Asked, Made
from checker.secrets_read import SecretRefused
from checker.tokens import Grant
from probing.endpoint import AuthKind

KIND = AuthKind.OAUTH2


def make(asked: Asked) -> Made:
    auth, secret = asked.auth, asked.secret()
    if not secret.value.isprintable():
        raise SecretRefused(f"{auth.secret}: holds a line break or a control character")
    grant = Grant(
        token_url=auth.token_url,
        client_id=auth.client_id,
        secret=secret.value,
        scope=auth.scope,
        audience=auth.audience,
        client_in_body=auth.client_in_body,
    )
    token = asked.means.tokens.token(grant, asked.deadline, again=asked.again)
    return Made(
        headers={"Authorization": f"Bearer {token}"},
        of=(token,),
        changed_at=secret.changed_at,
    )
