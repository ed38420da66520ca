"""Who an access key is: account, ARN, and the bare facts of CloudTrail's userIdentity."""

from dataclasses import dataclass

from lab.emulator.touched import Touch
from lab.emulator.world import WORLD

SESSIONS = Touch(module="ministack.services.sts", name="_sessions")
ACCESS_KEYS = Touch(module="ministack.services.iam", name="_access_keys")
ROLES = Touch(module="ministack.services.iam", name="_roles")
RESOLVE = Touch(
    module="ministack.core.iam_evaluator",
    name="resolve_credential",
    parameters=("access_key_id", "account_id", "session_token"),
)
KEY_ACCOUNT = Touch(
    module="ministack.core.iam_evaluator",
    name="find_iam_access_key_account",
    parameters=("access_key_id",),
)
TOUCHED = (SESSIONS, ACCESS_KEYS, ROLES, RESOLVE, KEY_ACCOUNT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """`kind` is `assumed_role`, `user` or `root`; `name` is the role's or the user's."""

    account: str
    arn: str
    kind: str
    name: str = ""
    session: str = ""
    principal_id: str = ""


def _of_arn(arn: str, principal_id: str) -> Principal:
    account = arn.split(":")[4]
    tail = arn.split(":", 5)[5].split("/")
    if tail[0] == "assumed-role":
        return Principal(
            account=account, arn=arn, kind="assumed_role", name=tail[1], session=tail[-1],
            principal_id=principal_id,
        )  # fmt: skip
    if tail[0] == "user":
        return Principal(
            account=account, arn=arn, kind="user", name=tail[-1], principal_id=principal_id
        )
    return Principal(account=account, arn=arn, kind="root", principal_id=account)


def is_undeclared_admin(access_key: str) -> bool:
    """Whether a 12-digit key names an account that the world did not declare."""
    twelve = len(access_key) == 12 and access_key.isdigit()
    return twelve and access_key not in WORLD.accounts


def of_key(access_key: str) -> Principal:
    """The principal behind `access_key`; an unknown key counts as the world account's root."""
    session = SESSIONS.current().get(access_key)
    if session:
        return _of_arn(session["Arn"], session.get("UserId", ""))
    if access_key in WORLD.accounts:
        return _of_arn(f"arn:aws:iam::{access_key}:root", access_key)
    account = KEY_ACCOUNT.current()(access_key) or WORLD.account
    found = RESOLVE.current()(access_key, account)
    arn = getattr(found, "principal_arn", "") or f"arn:aws:iam::{account}:root"
    return _of_arn(arn, getattr(found, "principal_id", "") or account)
