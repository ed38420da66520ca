"""The parameters by which canaries are known, as AWS tells them to whoever asks."""

from collections.abc import Iterator
from typing import Any

VANTAGES = "/gatewatch/vantages/"
"""Below it `<vpc>` names a VPC's first canary, `<vpc>/<suffix>` a further one."""


def parameters(ssm: Any) -> Iterator[dict[str, Any]]:
    """Those of all canaries of an account and Region. Raises what SSM raises."""
    pages = ssm.get_paginator("get_parameters_by_path")
    for page in pages.paginate(Path=VANTAGES, Recursive=True):
        yield from page["Parameters"]
