"""Who may do what with an artefact bucket: nothing without TLS; members may read. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Who may read code: an organisation's accounts, or accounts by number; with neither, nobody
    is let in, and nobody who was is shut out."""

    organization: str = ""
    accounts: tuple[str, ...] = ()


def policy(bucket: str, partition: str, readers: Readers) -> dict[str, Any]:
    """The bucket's policy as a document."""
    arn = f"arn:{partition}:s3:::{bucket}"
    insecure: dict[str, Any] = {
        "Sid": "NothingWithoutTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    read: dict[str, Any] = {
        "Sid": "MembersMayReadCode",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"{arn}/*",
    }
    if readers.organization:
        read["Condition"] = {"StringEquals": {"aws:PrincipalOrgID": readers.organization}}
    else:
        read["Principal"] = {"AWS": [f"arn:{partition}:iam::{a}:root" for a in readers.accounts]}
    statements = [insecure] if readers == Readers() else [insecure, read]
    return {"Version": "2012-10-17", "Statement": statements}


def enough(found: Mapping[str, Any], wanted: Mapping[str, Any], readers: Readers) -> bool:
    """Whether the policy found is the one wanted; for no reader in particular, that it holds it."""
    if readers == Readers():
        there = [_same_form(statement) for statement in found.get("Statement", [])]
        return all(_same_form(statement) in there for statement in wanted["Statement"])
    return bool(_same_form(found) == _same_form(wanted))


def _same_form(value: Any) -> Any:
    """A list in one order, and alone what stands alone in it: S3 gives a policy back so changed."""
    if isinstance(value, Mapping):
        return {key: _same_form(one) for key, one in value.items()}
    if isinstance(value, list):
        found = sorted((_same_form(one) for one in value), key=lambda one: json.dumps(one))
        return found[0] if len(found) == 1 else found
    return value
