"""Reading all SSM parameters below a path."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from checker.sources import SourceRefused


def below(ssm: Any, path: str, *, recursive: bool) -> list[dict[str, Any]]:
    """As GetParametersByPath tells them, nothing decrypted. Raises SourceRefused when SSM does not
    answer, or with something that holds no list: what cannot be read is not gone."""
    try:
        pages = ssm.get_paginator("get_parameters_by_path").paginate(
            Path=path, Recursive=recursive, WithDecryption=False
        )
        return [parameter for page in pages for parameter in page["Parameters"]]
    except KeyError as error:
        raise SourceRefused(f"SSM parameters {path}: the answer holds no {error}") from error
    except (ClientError, BotoCoreError) as error:
        raise SourceRefused(f"SSM parameters {path}: {error}") from error
