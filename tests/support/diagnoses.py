"""The two diagnoses that blame and repair are tested with."""

from probing.outcome import Failure
from reasoning.case import RouteClass
from reasoning.diagnosis import diagnose
from tests.support.cases import INSIDE, VPCE, captured_case, inventory, last_good, outcome, vpce

OTHER = "vpce-0fffffff"
CAPTURED = diagnose(captured_case())[0]
WITHDRAWN = diagnose(
    captured_case(
        inside=outcome(None, address=None, failure=Failure.DNS_NXDOMAIN),
        route_class=RouteClass.NONE,
        last_good=last_good(route_class=RouteClass.VPCE, addresses=(INSIDE,), vpc_endpoint_id=VPCE),
        inventory=inventory(vpce()),
        described=(vpce(private_dns=False),),
        pinned=None,
        outside=None,
    )
)[0]
