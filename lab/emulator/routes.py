"""Routes: where a subnet's default route goes, and the routes whose target is gone.

Decided here: `blackhole` (the target of a route was deleted or detached; the route stays), one
route a destination, and the way out that the data plane builds
(https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html).
"""

from typing import Any

from lab.emulator.interfaces import ERROR, PARAMETER
from lab.emulator.touched import Touch, replace, replace_key

_EC2 = "ministack.services.ec2"
TABLES = Touch(module=_EC2, name="_route_tables")
NATS = Touch(module=_EC2, name="_nat_gateways")
GATEWAYS = Touch(module=_EC2, name="_internet_gateways")
FIELDS = Touch(module=_EC2, name="_rtb_fields_xml", parameters=("rtb", "tag"))
ACTIONS = Touch(module=_EC2, name="_ACTION_MAP", keys=("CreateRoute",))
ACCOUNT = Touch(module="ministack.core.responses", name="get_account_id")
REGION = Touch(module="ministack.core.responses", name="get_region")
TOUCHED = (TABLES, NATS, GATEWAYS, FIELDS, ACTIONS, ACCOUNT, REGION)

ANYWHERE = "0.0.0.0/0"
Scope = tuple[str, str]
Record = dict[str, Any]


def _live_nat(nat_id: str, scope: Scope) -> bool:
    nat = NATS.current()._data.get((*scope, nat_id))
    return bool(nat) and nat.get("State") in ("available", "pending")


def _attached(gateway_id: str, vpc_id: str, scope: Scope) -> bool:
    gateway = GATEWAYS.current()._data.get((*scope, gateway_id)) or {}
    return any(one.get("VpcId") == vpc_id for one in gateway.get("Attachments", []))


def target(route: Record, vpc_id: str, scope: Scope) -> str:
    """`nat`, `igw`, `other`, or `none` where the route's target is gone (a blackhole)."""
    if route.get("NatGatewayId"):
        return "nat" if _live_nat(route["NatGatewayId"], scope) else "none"
    gateway = str(route.get("GatewayId") or "")
    if gateway.startswith("igw-"):
        return "igw" if _attached(gateway, vpc_id, scope) else "none"
    return "other"


def _table_of(subnet_id: str, tables: list[Record]) -> Record | None:
    main = None
    for table in tables:
        for association in table.get("Associations", []):
            if association.get("SubnetId") == subnet_id:
                return table
            if association.get("Main"):
                main = table
    return main


def way_out(subnet_id: str, tables: list[Record], vpc_id: str, scope: Scope) -> str:
    """`nat`, `igw` or `none`: where the subnet's default route goes, if its target lives."""
    table = _table_of(subnet_id, tables) or {}
    for route in table.get("Routes", []):
        if route.get("DestinationCidrBlock") == ANYWHERE:
            found = target(route, vpc_id, scope)
            return "none" if found == "other" else found
    return "none"


def _with_blackholes(original: Any) -> Any:
    def fields(rtb: Record, tag: str = "item") -> Any:
        # A participant of a shared VPC sees the table, and not the gateways that it leads to.
        scope = (rtb.get("OwnerId") or ACCOUNT.current()(), REGION.current()())
        for route in rtb.get("Routes", []):
            gone = target(route, rtb["VpcId"], scope) == "none"
            route["State"] = "blackhole" if gone else "active"
        return original(rtb, tag)

    return fields


def _once(original: Any) -> Any:
    def create(params: Any) -> Any:
        table = TABLES.current().get(PARAMETER.current()(params, "RouteTableId")) or {}
        wanted = PARAMETER.current()(params, "DestinationCidrBlock")
        taken = [route.get("DestinationCidrBlock") for route in table.get("Routes", [])]
        if wanted and wanted in taken:
            text = f"The route identified by {wanted} already exists."
            return ERROR.current()("RouteAlreadyExists", text, 400)
        return original(params)

    return create


def install() -> None:
    """Tell blackholes; refuse a second route to one destination."""
    replace(FIELDS, _with_blackholes)
    replace_key(ACTIONS.current(), "CreateRoute", _once)
