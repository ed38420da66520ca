"""Interfaces of functions: which ones stand for the functions that there are.

Decided here: they are shared per (subnet, security groups), as Lambda's Hyperplane interfaces are,
and outlive the last function that used them by the world's `interface_release`
(https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html).
"""

import uuid

from lab.emulator.clock import after, iso, now_at
from lab.emulator.interfaces import (
    FUNCTION,
    INTERFACES,
    LOCK,
    SCOPE,
    SUBNETS,
    Record,
    create,
    groups_of,
)
from lab.emulator.touched import Touch
from lab.emulator.world import WORLD

FUNCTIONS = Touch(module="ministack.services.lambda_svc", name="_functions")
TOUCHED = (FUNCTIONS,)


def _wanted() -> dict[tuple[str, str, str, tuple[str, ...]], str]:
    """(account, Region, subnet, groups) -> one function that needs it, over all functions."""
    wanted: dict[tuple[str, str, str, tuple[str, ...]], str] = {}
    for (account, region, name), function in list(FUNCTIONS.current()._data.items()):
        config = function["config"].get("VpcConfig") or {}
        groups = tuple(sorted(config.get("SecurityGroupIds") or []))
        for subnet in config.get("SubnetIds") or []:
            wanted.setdefault((account, region, subnet, groups), name)
    return wanted


def _key(scoped: tuple[str, str, str], eni: Record) -> tuple[str, str, str, tuple[str, ...]]:
    return (scoped[0], scoped[1], eni["SubnetId"], tuple(sorted(groups_of(eni))))


def follow_functions() -> None:
    """Make the interfaces that functions need; let go of the others when their time is over."""
    with LOCK:
        wanted = _wanted()
        for scoped, eni in list(INTERFACES.current()._data.items()):
            if eni["InterfaceType"] != FUNCTION:
                continue
            key = _key(scoped, eni)
            if key in wanted:
                eni["Function"] = wanted.pop(key)
                eni.pop("ReleasedAt", None)
            elif "ReleasedAt" not in eni:
                eni["ReleasedAt"] = now_at()
                _release_later(scoped, eni["ReleasedAt"])
        for (account, region, subnet, groups), name in wanted.items():
            with SCOPE.current()(account, region):
                if subnet in SUBNETS.current():
                    text = f"AWS Lambda VPC ENI-{name}-{uuid.uuid4()}"
                    made = create(subnet, list(groups), FUNCTION, text)
                    made["Function"], made["CreatedAt"] = name, iso(now_at())


def _release_later(scoped: tuple[str, str, str], released_at: float) -> None:
    def release() -> None:
        with LOCK:
            eni = INTERFACES.current()._data.get(scoped)
            if eni and eni.get("ReleasedAt") == released_at:
                del INTERFACES.current()._data[scoped]

    after(WORLD.delay_seconds("interface_release"), release)
