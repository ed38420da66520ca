"""Where and with what environment the workers of functions run.

Decided here: a function with a VPC configuration runs in that VPC's network namespace, where the
emulator cannot be reached; every worker starts from a clean environment. Not decided here: what the
namespace looks like (the data plane).
"""

import os
import subprocess
import sys
import threading
import time
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab.emulator import function_interfaces
from lab.emulator.buses import ACCOUNT, REGION
from lab.emulator.function_interfaces import FUNCTIONS
from lab.emulator.touched import Touch, replace
from lab.world.parts import standpoint_of
from probing.clock import VARIABLE as CLOCK_VARIABLE

_RUNTIME = "ministack.core.lambda_runtime"
_LAMBDA = "ministack.services.lambda_svc"
SUBPROCESS = Touch(module=_RUNTIME, name="subprocess")
SPAWN = Touch(module=_RUNTIME, name="Worker._spawn", parameters=("self",))
CREATE = Touch(module=_LAMBDA, name="_create_function", parameters=("data",))
UPDATE = Touch(module=_LAMBDA, name="_update_config", parameters=("name", "data"))
DELETE = Touch(
    module=_LAMBDA,
    name="_delete_function",
    parameters=("name", "query_params", "path_qualifier"),
)
INVALIDATE = Touch(
    module=_LAMBDA,
    name="invalidate_worker",
    parameters=("func_name", "qualifier", "account", "region"),
)
SUBNETS = Touch(module="ministack.services.ec2", name="_subnets")
LOCK = Touch(module=_RUNTIME, name="_lock")
WORKERS = Touch(module=_RUNTIME, name="_workers")
KILL = Touch(module=_RUNTIME, name="kill_workers", parameters=("workers",))
EMIT = Touch(
    module=_LAMBDA,
    name="_emit_lambda_logs",
    parameters=("func", "request_id", "log_text", "error", "duration_ms", "log_source"),
)
TOUCHED = (
    SUBPROCESS, SPAWN, CREATE, UPDATE, DELETE, INVALIDATE, SUBNETS, LOCK, WORKERS, KILL, EMIT,
)  # fmt: skip

NETNS = Path("/run/netns")
RESOLV = Path("/run/gatewatch/resolv")
WAIT_SECONDS = 5.0
ENTER = 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"'
# What Lambda gives a function by itself; the rest of the worker protocol is MiniStack's.
PREFIXES = ("AWS_LAMBDA_", "_LAMBDA_", "_X_AMZN_")
NAMES = (
    "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN", "LAMBDA_TASK_ROOT", "AWS_DISABLE_HOST_PREFIX_INJECTION",
)  # fmt: skip
NEVER_METADATA = "AWS_EC2_METADATA_DISABLED"


def vpc_of(config: Mapping[str, Any]) -> str:
    """The VPC of a function's configuration; empty for a function in none."""
    wanted = (config.get("VpcConfig") or {}).get("SubnetIds") or []
    for (_, _, subnet), record in SUBNETS.current()._data.items():
        if subnet in wanted:
            return str(record["VpcId"])
    return ""


def standpoint(config: Mapping[str, Any]) -> str:
    """Where a function of that configuration stands; empty for one in no VPC."""
    vpc_id = vpc_of(config)
    return standpoint_of(vpc_id, str(config.get("FunctionName", ""))) if vpc_id else ""


def namespace(standpoint: str) -> str:
    """The name of its network namespace."""
    return f"gw-{standpoint}"


def environment(
    given: Mapping[str, str], config: Mapping[str, Any], in_vpc: bool
) -> dict[str, str]:
    """The worker's environment: Lambda's own, the function's own, the clock, PATH and LANG.

    `given` is what MiniStack would pass (the emulator's whole environment among it).
    """
    own = dict((config.get("Environment") or {}).get("Variables") or {})
    kept = {
        name: value
        for name, value in given.items()
        if name.startswith(PREFIXES) or (name in NAMES and name not in own)
    }
    kept |= {name: str(value) for name, value in own.items() if name not in NAMES}
    kept |= {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8"}
    kept[NEVER_METADATA] = "true"
    if not in_vpc and "AWS_ENDPOINT_URL" in given:
        kept.setdefault("AWS_ENDPOINT_URL", given["AWS_ENDPOINT_URL"])
    if CLOCK_VARIABLE in os.environ:
        kept[CLOCK_VARIABLE] = os.environ[CLOCK_VARIABLE]
    return kept


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not path.exists():
        if time.monotonic() > deadline:
            raise RuntimeError(f"no {path}: is the data plane running?")
        time.sleep(0.02)


def command(args: list[str], standpoint: str) -> list[str]:
    """`args` as they are, or inside the standpoint's namespace with its own resolv.conf."""
    if not standpoint:
        return args
    name = namespace(standpoint)
    # Not the namespace's own file: that one is there a moment before it can be entered.
    _wait_for(RESOLV / name)
    return [
        "nsenter", f"--net={NETNS / name}", "unshare", "--mount",
        "sh", "-c", ENTER, "sh", str(RESOLV / name), *args,
    ]  # fmt: skip


def _popen(args: list[str], *rest: Any, **options: Any) -> Any:
    given = options.get("env") or {}
    if "_LAMBDA_FUNCTION_ARN" not in given:
        return subprocess.Popen(args, *rest, **options)
    # MiniStack hands the configuration to nobody; its Worker is the caller.
    config = sys._getframe(1).f_locals["self"].config
    where = standpoint(config)
    options["env"] = environment(given, config, bool(where))
    return subprocess.Popen(command(args, where), *rest, **options)


def _shim(original: Any) -> types.ModuleType:
    shim = types.ModuleType("subprocess")
    shim.__dict__.update(original.__dict__)
    shim.__dict__["Popen"] = _popen
    return shim


def _then_follow(original: Any) -> Any:
    def call(*args: Any, **named: Any) -> Any:
        answer = original(*args, **named)
        function_interfaces.follow_functions()
        return answer

    return call


def _gently(original: Any) -> Any:
    """Without an account MiniStack ends the workers of that name in all accounts and Regions, and
    what they are at. Lambda lets an invocation end that a change of its function finds under way
    (https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html)."""

    def invalidate(
        func_name: str, qualifier: Any = None, account: Any = None, region: Any = None
    ) -> None:
        account, region = account or ACCOUNT.current()(), region or REGION.current()()
        for worker in _busy(f"{account}:{region}:{func_name}:", qualifier):
            threading.Thread(target=_end_when_idle, args=(worker,), daemon=True).start()
        original(func_name, qualifier, account, region)

    return invalidate


def _busy(begin: str, qualifier: Any) -> list[Any]:
    """The workers at work whose keys begin so, taken out of the pool: none is used again."""
    taken = []
    with LOCK.current():
        for key, workers in WORKERS.current().items():
            if key.startswith(begin) and qualifier in (None, key.removeprefix(begin)):
                taken += [worker for worker in workers if worker.in_use]
                workers[:] = [worker for worker in workers if not worker.in_use]
    return taken


def _end_when_idle(worker: Any) -> None:
    while worker.in_use:
        time.sleep(0.05)
    KILL.current()([worker])


def _of_what_stands(original: Any) -> Any:
    """An execution may end after its function, and the log group beside that, are gone. MiniStack
    would make the group anew; Lambda makes one only by a role that may, which no canary's may."""

    def emit(func: Any, *args: Any, **named: Any) -> None:
        if (func.get("config") or func).get("FunctionName") in FUNCTIONS.current():
            original(func, *args, **named)

    return emit


def install() -> None:
    """Start workers where they belong; keep functions' interfaces in step with the functions."""
    replace(INVALIDATE, _gently)
    replace(EMIT, _of_what_stands)
    replace(SUBPROCESS, _shim)
    for touch in (CREATE, UPDATE, DELETE):
        replace(touch, _then_follow)
