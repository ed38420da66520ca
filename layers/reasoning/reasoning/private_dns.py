"""Which host names a VPC endpoint takes over while its private DNS is on.

Decided here: the names by service name, and whether they cover a host. Not decided here: whether
private DNS is on, and what Describe calls say of custom names.
Sources: docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html (the zone is the
service's Regional name), docs.aws.amazon.com/apigateway/latest/developerguide/
apigateway-private-apis.html (execute-api also takes the wildcard over every API of the Region).
"""

import re
from collections.abc import Iterable

_SERVICE = re.compile(
    r"(?:cn\.)?com\.amazonaws\.(?P<region>[a-z]{2}[a-z0-9-]*-[0-9]+)\.(?P<rest>.+)"
)
_NEWER = re.compile(r"aws\.api\.(?P<region>[a-z]{2}[a-z0-9-]*-[0-9]+)\.(?P<rest>[a-z0-9.-]+)")

# Services whose name is also a parent of names that customers own: the wildcard is taken too.
_WILDCARD = frozenset({"execute-api", "execute-api-fips", "s3", "ecr.dkr"})
_BESIDE = {"s3": ("*.s3-accesspoint", "*.s3-control")}


def names_of(service: str, region: str) -> tuple[str, ...]:
    """The names that an interface endpoint for `service` takes over with private DNS on.

    `service` is the service name of the API ("com.amazonaws.us-east-1.execute-api"); its own
    Region counts (a cross-Region endpoint takes the names of the other one), `region` is used
    for a bare label ("execute-api"). () when the names cannot be told from the service name:
    endpoint services (vpce-svc-...) have names that their owner chose.
    """
    service = service.strip().lower()
    newer = _NEWER.fullmatch(service)
    if newer:
        return (f"{_label(newer['rest'])}.{newer['region']}.api.aws",)
    known = _SERVICE.fullmatch(service)
    rest = known["rest"] if known else service
    region = known["region"] if known else region.strip().lower()
    if not region or not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", rest) or "vpce" in rest:
        return ()
    if not known and "." in rest and rest not in _WILDCARD:
        return ()
    suffix = f"{region}.{'amazonaws.com.cn' if region.startswith('cn-') else 'amazonaws.com'}"
    own = f"{_label(rest)}.{suffix}"
    wild = (f"*.{own}",) if rest in _WILDCARD else ()
    return (own, *wild, *(f"{label}.{suffix}" for label in _BESIDE.get(rest, ())))


def covers(names: Iterable[str], host: str) -> bool:
    """Whether `host` is one of `names` or lies, at any depth, under one of its wildcards (a
    Route 53 wildcard record answers for every depth)."""
    host = host.rstrip(".").lower()
    return any(_covers(name.rstrip(".").lower(), host) for name in names)


def is_aws_service(service: str) -> bool:
    """Whether `service` is one that AWS offers, not an endpoint service of a customer."""
    service = service.lower()
    return bool(_NEWER.fullmatch(service) or _SERVICE.fullmatch(service)) and (
        ".vpce-svc-" not in service
    )


def _covers(name: str, host: str) -> bool:
    return host.endswith(name[1:]) and len(host) >= len(name) if name[:2] == "*." else host == name


def _label(rest: str) -> str:
    # ecr.dkr is served as dkr.ecr: the label of the host reads the other way round.
    return ".".join(reversed(rest.split(".")))
