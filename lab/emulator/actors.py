"""Who the tap says did it: CloudTrail's userIdentity, userAgent and sourceIPAddress.

Decided here: how a person, a pipeline, a service and a tool look in a record, after
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
Not decided here: which permissions the actor has (an administrator's, see credentials.py).
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from lab.emulator.calls import Call
from lab.emulator.clock import iso, now_at
from lab.emulator.principals import Principal

Actor = Mapping[str, Any]

STACK_SESSION = "AWSCloudFormation"
CLOUDFORMATION = "cloudformation.amazonaws.com"
TERRAFORM = (
    "APN/1.0 HashiCorp/1.0 Terraform/1.9.8 (+https://www.terraform.io) "
    "terraform-provider-aws/5.70.0 "
    "(+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.32.2 ua/2.1 os/linux "
    "lang/go#1.23.2 md/GOOS#linux md/GOARCH#amd64 api/{service}#1.185.0 m/E"
)
CLI = (
    "aws-cli/2.18.10 md/awscrt#0.22.0 ua/2.0 os/linux#6.8.0 md/arch#x86_64 lang/python#3.12.6 "
    "md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe md/prompt#off "
    "md/command#{service}.{command}"
)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"

_table: dict[str, Actor] = {}


def register(access_key: str, actor: Actor) -> None:
    """From now on calls with `access_key` are told as `actor`'s."""
    _table[access_key] = dict(actor)


def of_key(access_key: str) -> Actor:
    """The actor registered for `access_key`; empty when there is none."""
    return _table.get(access_key, {})


def role_name(actor: Actor) -> str:
    """The IAM role's name of an actor; IAM Identity Center's carry a prefix and a hash."""
    role = str(actor.get("role") or "Administrator")
    if actor.get("type") != "sso":
        return role
    digest = hashlib.sha256(role.encode()).hexdigest()[:16]
    return f"AWSReservedSSO_{role}_{digest}"


def session_name(actor: Actor) -> str:
    """The role session's name: an SSO user's e-mail, a pipeline's run."""
    return str(actor.get("user") or actor.get("session") or "session")


def _unique_id(prefix: str, text: str) -> str:
    return prefix + hashlib.sha256(text.encode()).hexdigest()[:17].upper()


def _assumed_role(account: str, role: str, session: str, sso: bool, key: str) -> dict[str, Any]:
    principal = _unique_id("AROA", f"{account}/{role}")
    path = "aws-reserved/sso.amazonaws.com/" if sso else ""
    return {
        "type": "AssumedRole",
        "principalId": f"{principal}:{session}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
        "accountId": account,
        "accessKeyId": key,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": principal,
                "arn": f"arn:aws:iam::{account}:role/{path}{role}",
                "accountId": account,
                "userName": role,
            },
            "attributes": {"creationDate": iso(now_at()), "mfaAuthenticated": "false"},
        },
    }


def _iam_user(account: str, user: str, key: str) -> dict[str, Any]:
    return {
        "type": "IAMUser",
        "principalId": _unique_id("AIDA", f"{account}/{user}"),
        "arn": f"arn:aws:iam::{account}:user/{user}",
        "accountId": account,
        "accessKeyId": key,
        "userName": user,
    }


def _root(account: str, key: str) -> dict[str, Any]:
    return {
        "type": "Root",
        "principalId": account,
        "arn": f"arn:aws:iam::{account}:root",
        "accountId": account,
        "accessKeyId": key,
    }


def _of_principal(who: Principal, key: str) -> dict[str, Any]:
    if who.kind == "assumed_role":
        sso = who.name.startswith("AWSReservedSSO_")
        return _assumed_role(who.account, who.name, who.session, sso, key)
    if who.kind == "user":
        return _iam_user(who.account, who.name, key)
    return _root(who.account, key)


def identity(who: Principal, key: str, actor: Actor) -> dict[str, Any]:
    """userIdentity of a call by `who` with `key`, told as `actor` where there is one."""
    kind = actor.get("type")
    if kind in ("sso", "ci", "role", "cloudformation"):
        told = _assumed_role(who.account, role_name(actor), session_name(actor), kind == "sso", key)
    elif kind == "user":
        told = _iam_user(who.account, session_name(actor), key)
    elif kind == "root":
        told = _root(who.account, key)
    else:
        told = _of_principal(who, key)
    if kind == "cloudformation" or actor.get("tool") == "cloudformation":
        told["invokedBy"] = CLOUDFORMATION
    return told


def of_stack(actor: Actor, who: Principal, behalf: str) -> tuple[Actor, Principal]:
    """Actor and principal of a call that CloudFormation makes (`behalf` as Call.for_stack)."""
    if behalf == "caller":
        return {**actor, "tool": "cloudformation"}, who
    role = behalf.rpartition("/")[2]
    arn = f"arn:aws:sts::{who.account}:assumed-role/{role}/{STACK_SESSION}"
    session = Principal(
        account=who.account, arn=arn, kind="assumed_role", name=role, session=STACK_SESSION
    )
    return {"tool": "cloudformation"}, session


def _command(action: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in action).lstrip("-")


def origin(call: Call, actor: Actor) -> dict[str, Any]:
    """sourceIPAddress and userAgent (and the console's mark) of a call."""
    tool = actor.get("tool")
    if tool == "cloudformation" or actor.get("type") == "cloudformation":
        return {"sourceIPAddress": CLOUDFORMATION, "userAgent": CLOUDFORMATION}
    agents = {"terraform": TERRAFORM, "cli": CLI, "console": BROWSER}
    sent = call.request.headers.get("user-agent", "")
    agent = agents.get(str(tool), sent).format(
        service=call.service, command=_command(call.action)
    ) if tool in agents else sent  # fmt: skip
    told: dict[str, Any] = {
        "sourceIPAddress": str(actor.get("address") or "198.51.100.200"),
        "userAgent": agent[:1024],
    }
    if tool == "console":
        told["sessionCredentialFromConsole"] = "true"
    return told
