"""Artefact buckets, one for each Region, which members' accounts alone may read; their objects.

Decided here: how such a bucket is set up, and what is uploaded. Lambda reads code only from a
bucket of its own Region (Lambda API, FunctionCode, S3Bucket).
"""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from gatewatch.failure import Failed
from gatewatch.publishing.aws import ABSENT, DENIED, ask, code_of, told
from gatewatch.publishing.bucket_policy import Readers, enough, policy

TAGS = [{"Key": "gatewatch:part", "Value": "artefacts"}]
OPEN_TO_NOBODY = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
OWNER_ONLY = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """`amiss` names settings that are not as they must be; all of them when it is to be made."""

    name: str
    region: str
    exists: bool
    amiss: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Buckets:
    """The buckets `<prefix>-<Region>` of `owner`; those of another account are only read."""

    client: Callable[[str, str], Any]
    account: str
    owner: str
    partition: str
    prefix: str
    readers: Readers

    def look(self, region: str, keys: Mapping[str, bytes]) -> Bucket:
        """What of the bucket and its objects is there. Raises Failed when it is another's."""
        name, s3 = f"{self.prefix}-{region}", self.client("s3", region)
        where = f"bucket {name}"
        if self.owner != self.account:
            return self._published(s3, name, region, keys)
        try:
            there = self._keys(s3, name)
        except ClientError as error:
            if code_of(error) in ABSENT:
                settings = tuple(self._settings(name))
                return Bucket(
                    name=name, region=region, exists=False, amiss=settings, missing=tuple(keys)
                )
            if any(word in code_of(error) for word in DENIED):
                raise Failed(
                    f"{where}: belongs to another account, or listing it is denied to you: choose "
                    "another --prefix, or ask for s3:ListBucket"
                ) from error
            raise told(s3, "list_objects_v2", where, error) from error
        except BotoCoreError as error:
            raise told(s3, "list_objects_v2", where, error) from error
        amiss = tuple(
            n
            for n, (get, good) in self._settings(name).items()
            if not good(_got(s3, get, name, self.owner))
        )
        missing = tuple(key for key in keys if key not in there)
        return Bucket(name=name, region=region, exists=True, amiss=amiss, missing=missing)

    def _published(self, s3: Any, name: str, region: str, keys: Mapping[str, bytes]) -> Bucket:
        lacking = [key for key in keys if not self._readable(s3, name, key)]
        if lacking:
            raise Failed(
                f"bucket {name} of account {self.owner}: has no {lacking[0]} for you: publish "
                "this very checkout there first, for this Region too"
            )
        return Bucket(name=name, region=region, exists=True, amiss=(), missing=())

    def ready(self, bucket: Bucket) -> None:
        """Make the bucket where it is not, and set what is amiss."""
        s3, where = self.client("s3", bucket.region), f"bucket {bucket.name}"
        if not bucket.exists:
            here: dict[str, Any] = {}
            if bucket.region != "us-east-1":  # which is the default, and refused when named
                here = {"CreateBucketConfiguration": {"LocationConstraint": bucket.region}}
            ask(s3, "create_bucket", where, Bucket=bucket.name, **here)
        puts = self._puts(bucket.name)
        for name in bucket.amiss:
            operation, arguments = puts[name]
            ask(
                s3,
                operation,
                where,
                Bucket=bucket.name,
                ExpectedBucketOwner=self.owner,
                **arguments,
            )

    def upload(self, bucket: Bucket, key: str, data: bytes) -> None:
        """Put one object; S3 holds it against the digest that is sent with it."""
        ask(
            self.client("s3", bucket.region),
            "put_object",
            f"bucket {bucket.name}, {key}",
            Bucket=bucket.name,
            Key=key,
            Body=data,
            ChecksumSHA256=base64.b64encode(hashlib.sha256(data).digest()).decode(),
            ExpectedBucketOwner=self.owner,
        )

    def url(self, region: str, key: str) -> str:
        """Address of an object as CloudFormation takes it; CloudFormation reads it, never we."""
        suffix = "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"
        return f"https://{self.prefix}-{region}.s3.{region}.{suffix}/{key}"

    def _keys(self, s3: Any, bucket: str) -> frozenset[str]:
        """Keys of all objects of members, in one call: to ask for each takes one for each."""
        answers = s3.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix="member/", ExpectedBucketOwner=self.owner
        )
        return frozenset(row["Key"] for answer in answers for row in answer.get("Contents", []))

    def _readable(self, s3: Any, bucket: str, key: str) -> bool:
        """Whether another account's object is there for us; 403 where listing is not allowed."""
        try:
            s3.head_object(Bucket=bucket, Key=key, ExpectedBucketOwner=self.owner)
        except ClientError as error:
            if code_of(error) in (*ABSENT, "403"):
                return False
            raise told(s3, "head_object", f"bucket {bucket}, {key}", error) from error
        return True

    def _settings(self, bucket: str) -> dict[str, tuple[str, Callable[[Any], bool]]]:
        """By name: the call that reads a setting, and whether its answer is good."""
        wanted = policy(bucket, self.partition, self.readers)
        return {
            "public access blocked": (
                "get_public_access_block",
                lambda a: a.get("PublicAccessBlockConfiguration") == OPEN_TO_NOBODY,
            ),
            "no access lists": (
                "get_bucket_ownership_controls",
                lambda a: a.get("OwnershipControls") == OWNER_ONLY,
            ),
            "versions kept": ("get_bucket_versioning", lambda a: a.get("Status") == "Enabled"),
            "tags": ("get_bucket_tagging", lambda a: TAGS[0] in a.get("TagSet", [])),
            "policy": (
                "get_bucket_policy",
                lambda a: enough(json.loads(a.get("Policy", "{}")), wanted, self.readers),
            ),
        }

    def _puts(self, bucket: str) -> dict[str, tuple[str, dict[str, Any]]]:
        """By name: the call that sets a setting, and its arguments."""
        return {
            "public access blocked": (
                "put_public_access_block",
                {"PublicAccessBlockConfiguration": OPEN_TO_NOBODY},
            ),
            "no access lists": ("put_bucket_ownership_controls", {"OwnershipControls": OWNER_ONLY}),
            "versions kept": (
                "put_bucket_versioning",
                {"VersioningConfiguration": {"Status": "Enabled"}},
            ),
            "tags": ("put_bucket_tagging", {"Tagging": {"TagSet": TAGS}}),
            "policy": (
                "put_bucket_policy",
                {"Policy": json.dumps(policy(bucket, self.partition, self.readers))},
            ),
        }


def _got(s3: Any, operation: str, bucket: str, account: str) -> dict[str, Any]:
    """The answer; {} where S3 says that nothing is set (NoSuchBucketPolicy, NoSuchTagSet, ...)."""
    try:
        answer: dict[str, Any] = getattr(s3, operation)(Bucket=bucket, ExpectedBucketOwner=account)
    except ClientError as error:
        if code_of(error).startswith("NoSuch") or code_of(error).endswith("NotFoundError"):
            return {}
        raise told(s3, operation, f"bucket {bucket}", error) from error
    return answer
