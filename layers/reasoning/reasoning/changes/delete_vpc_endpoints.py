"""VPC endpoints were deleted: the names they had taken over return to public addresses.

Layout: AWS's published field lists of DeleteVpcEndpoints (wrapped) and
docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpcEndpoints.html (Unsuccessful).
"""

from dataclasses import replace

from reasoning.change import Change
from reasoning.cloudtrail import Ignored, Record
from reasoning.harvest import ids_of
from reasoning.values import items, member, text, texts

KIND = "delete_vpc_endpoints"
EVENTS = frozenset({("ec2.amazonaws.com", "DeleteVpcEndpoints")})
EARLIEST_SECONDS = 0.0
LATEST_SECONDS = 900.0
CAUSES = frozenset({"private_dns_withdrawn"})
TYPED = True


def read(record: Record, base: Change) -> Change:
    """The endpoints that are gone. The call succeeds as a whole even where some could not be
    deleted: those are listed in the answer and are no part of the change.

    Raises Ignored when none was deleted.
    """
    refused = _refused(record)
    asked = texts(member(record.request, "VpcEndpointId", "VpcEndpointIds"), "VpcEndpointId")
    asked = tuple(one for one in asked if one.startswith("vpce-"))
    asked = asked or ids_of("vpce-", record.request)
    gone = tuple(one for one in asked if one not in refused)
    if asked and not gone:
        raise Ignored(f"DeleteVpcEndpoints: none of {', '.join(asked)} could be deleted")
    left = f" (not deleted: {', '.join(refused)})" if refused else ""
    return replace(
        base,
        resource_ids=gone,
        scope={**base.scope, "names": []},
        before={"state": "available"},
        after={"state": "deleted"},
        summary=f"DeleteVpcEndpoints: {', '.join(gone) or '(ids not told)'} deleted{left}",
    )


def breaks(change: Change) -> str:
    """Service and VPC are not in the event: what the inventory knew of the ids decides."""
    ids = ", ".join(change.resource_ids) or "endpoints that the event does not name"
    return (
        f"yes, if {ids} had private DNS: its names return to public addresses, so private APIs "
        "are lost (and public ones restored); names that point at its addresses lead nowhere"
    )


def _refused(record: Record) -> tuple[str, ...]:
    listed = items(member(record.response, "unsuccessful", "unsuccessfulSet"))
    named = (text(member(one, "resourceId")) for one in listed)
    return tuple(dict.fromkeys(one for one in named if one)) or ids_of("vpce-", *listed)
