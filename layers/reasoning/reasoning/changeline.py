"""A change in one line: what, when, who, with what."""

from collections.abc import Collection

from reasoning.actor_detail import WITHHELD
from reasoning.change import Change
from reasoning.clocktext import to_second
from reasoning.escape import outside, plain


def change_line(change: Change, accounts: Collection[str] = ()) -> str:
    """`CreateVpcEndpoint 10:02:51Z by netadmin@example.com, with Terraform`; the account too
    where it is none of `accounts`, those that the message is about, or where the actor is not
    told."""
    text = f"{plain(change.event_name, 64)} {to_second(change.at)}"
    untold = change.actor is not None and change.actor.type == WITHHELD
    if untold or (accounts and change.account not in accounts):
        text += f" in account {plain(change.account, 12)}"
    if change.inferred or change.actor is None:
        return f"{text}, who: no event yet"
    if untold:
        return text
    text += f" by {outside(change.actor.name, 80)}"
    return f"{text}, with {outside(change.tool.name, 40)}" if change.tool.name else text
