"""All parts of the adapter put on MiniStack, in the order in which they depend on each other."""

import sys

from lab.emulator import (
    buses,
    concurrency,
    conditions,
    dependencies,
    dry_run,
    endpoint_calls,
    group_calls,
    interfaces,
    lambda_layers,
    networks,
    parameters,
    permissions,
    routes,
    schedules,
    sharing,
    stack_calls,
    stacks,
    trail,
    workers,
)
from lab.emulator.front_door import in_front_of
from lab.emulator.touched import Touch, replace

APP = Touch(module="ministack.app", name="app", parameters=("scope", "receive", "send"))
MAIN = Touch(module="ministack.app", name="main")
AUTH = Touch(module="ministack.app", name="AUTH")
TOUCHED = (APP, MAIN, AUTH)


def install() -> None:
    """Adapt the MiniStack of this process; once."""
    networks.install()
    interfaces.install()
    endpoint_calls.install()
    group_calls.install()
    dependencies.install()
    sharing.install()
    routes.install()
    dry_run.install()
    workers.install()
    concurrency.install()
    schedules.install()
    parameters.install()
    buses.install()
    permissions.install()
    conditions.install()
    lambda_layers.install()
    stacks.install()
    stack_calls.install()
    trail.install()
    replace(APP, in_front_of)


def serve() -> None:
    """Install and serve until SIGTERM."""
    install()
    if not AUTH.current():
        raise SystemExit("AUTH is off in MiniStack: permissions would not be checked")
    sys.argv = sys.argv[:1]
    MAIN.current()()
