"""The organisation's registry: one YAML file in the hub's bucket, read by every member."""

from dataclasses import replace
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from checker.settings import NONE
from checker.sources import Asking, Read, SourceRefused
from checker.state import Key
from reasoning import registry_file

KIND = "organisation"
PRECEDENCE = 2
SHARED = True

FILE = "endpoints.yaml"
SOURCE = f"{KIND}:{FILE}"
MOST_BYTES = 4 * registry_file.MAX_CHARACTERS
TRYING: Key = ("registry", "trying")
UNCHANGED = frozenset({"304", "NotModified"})
ABSENT = frozenset({"404", "NoSuchKey"})

logger = Logger(child=True)


def read(asking: Asking) -> Read | None:
    """The file; nothing where there is none. Raises SourceRefused when S3 does not answer."""
    if asking.settings.registry_bucket == NONE:
        return Read()
    try:
        answer = _get(asking)
        if answer is None:
            return None
        version, size = str(answer["ETag"]), int(answer["ContentLength"])
        if size > MOST_BYTES:
            return _refused(asking, version, f"has {size} bytes, more than {MOST_BYTES}")
        body = answer["Body"].read(MOST_BYTES)
    except (ClientError, BotoCoreError, KeyError) as error:
        code = _code(error)
        if code in ABSENT:
            return _absent(asking)
        raise SourceRefused(f"s3://{asking.settings.registry_bucket}/{FILE}: {error}") from error
    return _read(asking, version, body)


def _absent(asking: Asking) -> Read:
    """Nothing, where there never was a file. One that is gone may be a slip, which would end every
    look of the organisation without a word: what it said stays, until a file says otherwise."""
    if asking.before == Read():
        return asking.before
    # Without its version: the same text put back must be read anew.
    return _refused(
        asking,
        "",
        "is gone from its bucket; put it back, or one with `endpoints: []` to end its looks",
    )


def _get(asking: Asking) -> dict[str, Any] | None:
    """The object; None when it is the version that is known."""
    known = {"IfNoneMatch": asking.before.version} if asking.before.version else {}
    try:
        answer: dict[str, Any] = asking.clients.s3.get_object(
            Bucket=asking.settings.registry_bucket,
            Key=FILE,
            # A bucket that somebody else made under the name of a deleted one is not ours.
            ExpectedBucketOwner=asking.settings.hub_account,
            **known,
        )
    except ClientError as error:
        if _code(error) in UNCHANGED:
            return None
        raise
    return answer


def _read(asking: Asking, version: str, body: bytes) -> Read:
    """A text that a worker died of is not read a second time: the other sources go on."""
    tried = asking.table.get(TRYING)
    if tried is not None and tried["version"]["S"] == version:
        return _refused(asking, version, "took too long to read, and is not tried again as it is")
    asking.table.put(TRYING, {"version": {"S": version}})
    try:
        file = registry_file.read(body.decode("utf-8"), SOURCE)
    except UnicodeDecodeError:
        file = registry_file.RegistryFile(refused="is not UTF-8 text")
    except RecursionError:
        file = registry_file.RegistryFile(refused="is nested too deep")
    asking.table.drop(TRYING)
    if file.refused:
        return _refused(asking, version, file.refused)
    return Read(
        endpoints=file.endpoints, problems=file.problems, paused=file.paused, version=version
    )


def _refused(asking: Asking, version: str, why: str) -> Read:
    logger.error("the organisation's file is refused", why=why)
    return replace(asking.before, version=version, refused=f"{FILE} {why}")


def _code(error: Exception) -> str:
    if not isinstance(error, ClientError):
        return ""
    return str(error.response.get("Error", {}).get("Code", ""))
