"""Layer versions of releases that nobody runs any more.

A member's stack keeps its old layer versions, because canaries still run on them during a
roll-out: who made them removes them, when no function names them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from probing.clock import Clock

DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """The layers whose `current` versions (ARNs) this release is made of."""

    lambda_: Any
    clock: Clock
    current: tuple[str, ...]

    def tidy(self, named: Collection[str]) -> tuple[str, ...]:
        """Remove versions that neither a function of this account and Region names nor `named`
        holds, older than a day; the ARNs of those that are gone. Raises what Lambda raises."""
        used = self._named_by_functions() | set(self.current) | set(named)
        until = self.clock.real_now_at() - DAY_SECONDS
        return self._remove(used, until)

    def forget(self) -> tuple[str, ...]:
        """Remove all versions, those of this release too; the member is being taken away."""
        return self._remove(set(), self.clock.real_now_at() + DAY_SECONDS)

    def _remove(self, used: Collection[str], until: float) -> tuple[str, ...]:
        gone = []
        for name in sorted({arn.rpartition(":")[0] for arn in self.current}):
            for arn, version, made_at in self._versions(name):
                if arn not in used and made_at < until:
                    self.lambda_.delete_layer_version(LayerName=name, VersionNumber=version)
                    gone.append(arn)
        return tuple(gone)

    def _versions(self, name: str) -> list[tuple[str, int, float]]:
        pages = self.lambda_.get_paginator("list_layer_versions").paginate(LayerName=name)
        return [
            (one["LayerVersionArn"], one["Version"], _seconds(one["CreatedDate"]))
            for page in pages
            for one in page["LayerVersions"]
        ]

    def _named_by_functions(self) -> set[str]:
        pages = self.lambda_.get_paginator("list_functions").paginate()
        return {
            layer["Arn"]
            for page in pages
            for function in page["Functions"]
            for layer in function.get("Layers", [])
        }


def _seconds(text: str) -> float:
    """Lambda writes 2018-11-27T15:10:45.123+0000."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()
