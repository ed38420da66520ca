"""How many executions an account's functions may have at once in a Region, and who met the limit.

Decided here: the count, and what GET /_lab/concurrency tells of it. Functions with a reservation
draw on it alone; all others share what is not reserved, and of the limit a part cannot be reserved
(https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html: 100; accounts with a limit of
10 are refused every reservation).
"""

import threading
from collections import Counter
from typing import Any

from lab.emulator.function_interfaces import FUNCTIONS
from lab.emulator.touched import Touch, replace
from lab.emulator.world import WORLD

_LAMBDA = "ministack.services.lambda_svc"
LIMIT = Touch(module=_LAMBDA, name="_ACCOUNT_CONCURRENCY_CAP")
KEY = Touch(module=_LAMBDA, name="_inflight_key", parameters=("config",))
RESERVED = Touch(module=_LAMBDA, name="_reserved_concurrency", parameters=("func", "config"))
ACQUIRE = Touch(module=_LAMBDA, name="_acquire_execution_slot", parameters=("func", "config"))
RELEASE = Touch(module=_LAMBDA, name="_release_execution_slot", parameters=("key",))
RESERVE = Touch(module=_LAMBDA, name="_put_function_concurrency", parameters=("func_name", "data"))
FAIL = Touch(module=_LAMBDA, name="error_response_json")
TOUCHED = (LIMIT, KEY, RESERVED, ACQUIRE, RELEASE, RESERVE, FAIL)

NEVER_RESERVED = 100
_lock = threading.Lock()
_running: Counter[str] = Counter()
_peaks: dict[str, int] = {}
_throttled: Counter[str] = Counter()


def _scope(key: str) -> str:
    return key.rpartition(":")[0]


def _reservations(scope: str, but: str = "") -> dict[str, int]:
    """Reserved executions by function of one account and Region ("account:region")."""
    found = {}
    for (account, region, name), function in list(FUNCTIONS.current()._data.items()):
        reserved = RESERVED.current()(function, function["config"])
        if f"{account}:{region}" == scope and name != but and reserved is not None:
            found[f"{scope}:{name}"] = reserved
    return found


def _acquire(_: Any) -> Any:
    def acquire(func: Any, config: Any) -> tuple[str | None, str | None]:
        key = KEY.current()(config)
        scope, reserved = _scope(key), RESERVED.current()(func, config)
        others = _reservations(scope)
        with _lock:
            if reserved is not None and _running[key] >= reserved:
                _throttled[key] += 1
                return None, "function"
            shared = sum(
                n for one, n in _running.items() if _scope(one) == scope and one not in others
            )
            if reserved is None and shared >= WORLD.concurrency - sum(others.values()):
                _throttled[key] += 1
                return None, "account"
            _running[key] += 1
            at_once = sum(n for one, n in _running.items() if _scope(one) == scope)
            _peaks[scope] = max(_peaks.get(scope, 0), at_once)
        return key, None

    return acquire


def _release(_: Any) -> Any:
    def release(key: str | None) -> None:
        if key is not None:
            with _lock:
                _running[key] -= 1

    return release


def _reserve(original: Any) -> Any:
    def reserve(func_name: str, data: dict[str, Any]) -> Any:
        function = FUNCTIONS.current().get(func_name)
        scope = _scope(KEY.current()(function["config"])) if function else ""
        wanted = int(data.get("ReservedConcurrentExecutions", 0))
        left = WORLD.concurrency - sum(_reservations(scope, but=func_name).values()) - wanted
        least = min(NEVER_RESERVED, WORLD.concurrency)
        if function and left < least:
            text = (
                "Specified ReservedConcurrentExecutions for function decreases account's "
                f"UnreservedConcurrentExecution below its minimum value of [{least}]."
            )
            return FAIL.current()("InvalidParameterValueException", text, 400)
        return original(func_name, data)

    return reserve


def told() -> dict[str, Any]:
    """The limit, the most that ran at once by "account:region", refusals by function, and what
    runs now."""
    with _lock:
        return {
            "limit": WORLD.concurrency,
            "peaks": dict(_peaks),
            "throttled": dict(_throttled),
            "running": dict(+_running),
        }


def install() -> None:
    """Count by account and Region; MiniStack counts over all of them."""
    replace(LIMIT, lambda _: WORLD.concurrency)
    replace(ACQUIRE, _acquire)
    replace(RELEASE, _release)
    replace(RESERVE, _reserve)
