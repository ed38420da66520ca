"""Who made a call, named as a person would name them.

Decided here: SSO user, role and session, CI job, IAM user, root, CloudFormation stack and who ran
it, service, foreign account. Not decided here: the tool (`toolmarks.py`).
Source:
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

import re
from collections.abc import Callable

from reasoning.change import Actor
from reasoning.cloudtrail import Record
from reasoning.toolmarks import invoked_by, is_cloudformation, is_stack_set_role, role_of
from reasoning.values import account_id, find, items, member, text

# The session names that these systems give by default or in their own manuals' examples.
_CI_SESSIONS = (
    (re.compile(r"git-?hub-?_?actions?.*|gha[-_].*", re.I), "GitHub Actions"),
    (re.compile(r"git-?lab.*", re.I), "GitLab CI"),
    (re.compile(r"AWSCodeBuild.*|codebuild.*", re.I), "CodeBuild"),
    (re.compile(r"AWSCodePipeline.*|codepipeline.*", re.I), "CodePipeline"),
    (re.compile(r"jenkins.*", re.I), "Jenkins"),
    (re.compile(r"circle-?ci.*", re.I), "CircleCI"),
    (re.compile(r"bitbucket.*", re.I), "Bitbucket Pipelines"),
    (re.compile(r"build-?kite.*", re.I), "Buildkite"),
    (re.compile(r"atlantis.*", re.I), "Atlantis"),
    (re.compile(r"terraform-run-.*|run-[A-Za-z0-9]{16}", re.I), "HCP Terraform"),
    (re.compile(r"spacelift.*|.*@spacelift.*", re.I), "Spacelift"),
)
_CI_SERVICES = {
    "codebuild.amazonaws.com": "CodeBuild",
    "codepipeline.amazonaws.com": "CodePipeline",
}
_SSO_ROLE = "AWSReservedSSO_"
_ROLE_SESSIONS_OF_CLOUDFORMATION = frozenset({"AWSCloudFormation", ""})


def actor_of(record: Record) -> Actor:
    """The actor of a call. `name` is never empty; type `unknown` when the record does not say."""
    if is_cloudformation(record):
        return _stack(record)
    kind = text(record.identity.get("type"))
    named = _BY_TYPE.get(kind, _fallback)(record)
    return named if named.name else _fallback(record)


def session_of(record: Record) -> str:
    """The role session's name: what follows the role in the arn, or the colon in principalId."""
    arn = text(record.identity.get("arn"))
    if ":assumed-role/" in arn:
        return arn.rpartition("/")[2]
    return text(record.identity.get("principalId")).partition(":")[2]


def ci_system(role: str, session: str, service: str = "") -> str:
    """The CI system behind a role session ("" when it is none that leaves its name)."""
    by_service = _CI_SERVICES.get(service.lower(), "")
    named = (name for pattern, name in _CI_SESSIONS if pattern.fullmatch(session))
    return by_service or next(named, "")


def _assumed_role(record: Record) -> Actor:
    role, session = role_of(record), session_of(record)
    if role.startswith(_SSO_ROLE):
        return _actor(record, session, "sso", role=role, session=session)
    whole = "/".join(part for part in (role, session) if part)
    ci = ci_system(role, session, invoked_by(record))
    source = text(member(member(record.identity, "sessionContext"), "sourceIdentity"))
    if source and source != session:
        name = f"{source} (as {whole})"
    else:
        name = f"{ci} job {whole}" if ci else whole
    return _actor(record, name, "role", role=role, session=session)


def _stack(record: Record) -> Actor:
    role, session = role_of(record), session_of(record)
    stack = _stack_name(record)
    what = f"CloudFormation stack {stack}" if stack else "a CloudFormation stack"
    if is_stack_set_role(role):
        what = f"CloudFormation StackSet instance {stack}" if stack else "a CloudFormation StackSet"
    if session not in _ROLE_SESSIONS_OF_CLOUDFORMATION:
        ran = session if role.startswith(_SSO_ROLE) else f"{role}/{session}"
        ci = ci_system(role, session)
        name = f"{what}, run by {ci} job {ran}" if ci else f"{what}, run by {ran}"
    else:
        # With a service role the record holds no trace of the person: that stands in the
        # CreateStack/UpdateStack/ExecuteChangeSet event.
        user = text(record.identity.get("userName"))
        name = f"{what}, run by {user}" if user else what + (f" with role {role}" if role else "")
    return _actor(record, name, "stack", role=role, session=session)


def _stack_name(record: Record) -> str:
    for holder in (record.request, record.response):
        specs = items(member(holder, "TagSpecification", "tagSpecificationSet", "tagSet"))
        tags = [tag for one in specs for tag in (items(member(one, "Tag", "tags")) or (one,))]
        for tag in tags:
            if text(member(tag, "Key")) == "aws:cloudformation:stack-name":
                return text(member(tag, "Value"))
    return ""


def _iam_user(record: Record) -> Actor:
    name = text(record.identity.get("userName"))
    arn = text(record.identity.get("arn"))
    return _actor(record, name or arn.rpartition("/")[2], "user")


def _root(record: Record) -> Actor:
    alias = text(record.identity.get("userName"))
    return _actor(record, f"account root ({alias})" if alias else "account root", "root")


def _federated(record: Record) -> Actor:
    issuer = role_of(record)
    own = text(record.identity.get("arn")).rpartition("/")[2] or session_of(record)
    return _actor(record, f"{own} (federated by {issuer})" if issuer else own, "user", session=own)


def _identity_center(record: Record) -> Actor:
    named = text(record.additional.get("UserName")) or text(record.identity.get("userName"))
    user = text(member(member(record.identity, "onBehalfOf"), "userId"))
    return _actor(record, named or (f"Identity Center user {user}" if user else ""), "sso")


def _web_or_saml(record: Record) -> Actor:
    name = text(record.identity.get("userName")) or text(record.identity.get("principalId"))
    return _actor(record, name, "user")


def _service(record: Record) -> Actor:
    return _actor(record, invoked_by(record) or record.source_address, "service")


def _foreign_account(record: Record) -> Actor:
    account = account_id(record.identity.get("accountId"))
    principal = text(record.identity.get("principalId"))
    who = f" (principal {principal})" if principal and principal != account else ""
    return _actor(record, f"account {account}{who}" if account else principal, "account")


def _fallback(record: Record) -> Actor:
    """What is left of an identity that is of an unknown type, truncated or empty."""
    service = invoked_by(record)
    keys = ("userName", "principalId", "arn")
    said = (text(record.identity.get(key)) for key in keys)
    account = account_id(record.identity.get("accountId")) or account_id(
        find(record.identity, "accountId")
    )
    name = next((one for one in said if one), "") or service
    name = name or (f"somebody of account {account}" if account else "an actor that is not named")
    return _actor(record, name, "service" if name == service else "unknown")


def _actor(record: Record, name: str, kind: str, *, role: str = "", session: str = "") -> Actor:
    return Actor(
        name=name,
        type=kind,
        arn=text(record.identity.get("arn")),
        role=role,
        session=session,
        account=account_id(record.identity.get("accountId")),
    )


_BY_TYPE: dict[str, Callable[[Record], Actor]] = {
    "AssumedRole": _assumed_role,
    "IAMUser": _iam_user,
    "Root": _root,
    "FederatedUser": _federated,
    "IdentityCenterUser": _identity_center,
    "SAMLUser": _web_or_saml,
    "WebIdentityUser": _web_or_saml,
    "AWSService": _service,
    "AWSAccount": _foreign_account,
}
