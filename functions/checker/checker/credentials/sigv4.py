"""A signature by the checker's own role (AWS Signature Version 4), made anew for each request.

Signed are the method, the Host header, path and query as the canary will send them, and the time.
Whoever gets the request can send just that one again, for as long as AWS takes the signature.
"""

import re
from fnmatch import fnmatchcase
from urllib.parse import quote, unquote_to_bytes

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from checker.credential import Asked, Made, Signing
from checker.secrets_read import SecretRefused
from probing import request
from probing.endpoint import AuthKind, Endpoint

KIND = AuthKind.SIGV4

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d\Z")
_API = re.compile(r"([a-z0-9]+)(-vpce-[0-9a-f]+)?\.execute-api\.")
_SENT = ("Authorization", "X-Amz-Date", "X-Amz-Security-Token")


def make(asked: Asked) -> Made:
    endpoint, auth, signing = asked.endpoint, asked.auth, asked.means.signing
    try:
        sent = request.build(endpoint, {}, "")
    except request.CannotSend as error:
        raise SecretRefused(f"sigv4: {error}") from None
    headers = {name.lower(): value for name, value in sent.headers.items()}
    _permitted(signing, _api_of(headers))
    found = signing.credentials()
    if found is None:
        raise SecretRefused("sigv4: the checker has no credentials of its own")
    mine = found.get_frozen_credentials()
    signed = AWSRequest(
        method=sent.method,
        url=f"https://{headers['host']}{_as_aws_reads(sent.target)}",
        headers={"Host": headers["host"]},
    )
    SigV4Auth(mine, auth.service, auth.region or region_of(endpoint, signing)).add_auth(signed)
    return Made(
        headers={name: signed.headers[name] for name in _SENT if name in signed.headers},
        of=(mine.access_key,),
    )


def _as_aws_reads(target: str) -> str:
    """AWS encodes the names and values of a query anew before it signs ("Create a signed AWS API
    request", IAM User Guide); botocore takes those of a URL as they stand."""
    path, mark, query = target.partition("?")
    pairs = (pair.partition("=") for pair in query.split("&"))
    return path + mark + "&".join(f"{_anew(name)}{eq}{_anew(value)}" for name, eq, value in pairs)


def _anew(part: str) -> str:
    return quote(unquote_to_bytes(part), safe="-_.~")


def region_of(endpoint: Endpoint, signing: Signing) -> str:
    """The Region that the URL's host names, else the member's."""
    labels = endpoint.host.lower().split(".")
    return next((label for label in labels if _REGION.match(label)), signing.region)


def _api_of(headers: dict[str, str]) -> str:
    """The id of the API that a request is for; "" behind a custom domain."""
    found = _API.match(headers["host"])
    return headers.get("x-apigw-api-id", "") or (found[1] if found else "")


def _permitted(signing: Signing, api: str) -> None:
    """What the role may not do would come back as the API's own refusal: told before instead."""
    if not signing.api_arns:
        raise SecretRefused("sigv4: the member's parameter InvokeApiArns names no API")
    apis = [_resource(arn) for arn in signing.api_arns]
    if api and not any(fnmatchcase(api, pattern) for pattern in apis):
        raise SecretRefused(f"sigv4: the member's parameter InvokeApiArns does not name API {api}")


def _resource(arn: str) -> str:
    """The API's id, or a pattern of it, in arn:aws:execute-api:region:account:api/stage/…"""
    return "*" if arn == "*" else arn.split(":", 5)[-1].split("/")[0]
