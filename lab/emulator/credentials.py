"""Credentials for the world's actors: a role session of an administrator, ready to use.

Decided here: what `POST /_lab/actors` without an access key makes. The role is a real role of the
emulator's IAM with one inline policy that allows everything, so its calls pass AUTH like any other.
"""

import json
import uuid
from typing import Any

from lab.emulator import actors
from lab.emulator.principals import ROLES, SESSIONS
from lab.emulator.touched import Touch
from lab.emulator.world import WORLD

_IAM = "ministack.services.iam"
CREATE_ROLE = Touch(module=_IAM, name="_create_role", parameters=("p",))
PUT_POLICY = Touch(module=_IAM, name="_put_role_policy", parameters=("p",))
REGISTER = Touch(
    module="ministack.services.sts", name="register_session", parameters=("access_key", "session")
)
SCOPE = Touch(
    module="ministack.core.responses", name="request_scope", parameters=("account_id", "region")
)
TOUCHED = (CREATE_ROLE, PUT_POLICY, REGISTER, SCOPE, ROLES, SESSIONS)

EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


def _trust(account: str) -> dict[str, Any]:
    principal = {"AWS": f"arn:aws:iam::{account}:root"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def mint(actor: actors.Actor) -> dict[str, str]:
    """Make the actor's role (once) and a session of it; returns its three credentials."""
    account = str(actor.get("account") or WORLD.account)
    role, session = actors.role_name(actor), actors.session_name(actor)
    with SCOPE.current()(account, WORLD.region):
        if role not in ROLES.current():
            trust = json.dumps(_trust(account))
            CREATE_ROLE.current()({"RoleName": role, "AssumeRolePolicyDocument": trust})
            PUT_POLICY.current()(
                {
                    "RoleName": role,
                    "PolicyName": "everything",
                    "PolicyDocument": json.dumps(EVERYTHING),
                }
            )
    made = {
        "access_key": "ASIA" + uuid.uuid4().hex[:16].upper(),
        "secret_key": uuid.uuid4().hex,
        "session_token": uuid.uuid4().hex,
    }
    REGISTER.current()(
        made["access_key"],
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
            "UserId": f"{ROLES.current().get(role, {}).get('RoleId', role)}:{session}",
            "SecretAccessKey": made["secret_key"],
            "SessionToken": made["session_token"],
        },
    )
    actors.register(made["access_key"], actor)
    return made
