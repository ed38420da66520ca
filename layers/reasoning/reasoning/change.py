"""One successful infrastructure change: what, which resources, who, with what, when."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who, named as a person would: `name` is an e-mail, user, CI job or role/session; `type` is
    sso | role | user | root | service | stack | account | unknown."""

    name: str
    type: str
    arn: str = ""
    role: str = ""
    session: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """With what: `name` is Terraform, CloudFormation, AWS CLI, console, SDK, ...; "" unknown."""

    name: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`id` is the CloudTrail eventID (for an inferred one `inferred:<resource>:<what>`).

    `scope`: ids by kind that the change names or that the inventory adds, for example
    {"vpc_id": "vpc-…", "service": "com.amazonaws.us-east-1.execute-api", "names": ["*.…"]}.
    `before`/`after`: the fields that it changed, as far as known. `inferred`: seen in inventory or
    Describe without an event, so without an actor. `typed`: the layout is one recorded in public,
    not predicted (ModifyVpcEndpoint has no recorded event).
    """

    id: str
    kind: str
    event_name: str
    event_source: str
    at: float
    account: str
    region: str
    resource_ids: tuple[str, ...] = ()
    scope: dict[str, Any] = field(default_factory=dict)
    actor: Actor | None = None
    tool: Tool = field(default_factory=Tool)
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    summary: str = ""
    inferred: bool = False
    typed: bool = True
    confirmed: bool = False
    source_address: str = ""
