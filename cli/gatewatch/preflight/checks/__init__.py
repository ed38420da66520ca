"""What is looked at before an installation: one module for each, found here, each with a NAME and
`check(account) -> findings`."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from botocore.exceptions import ClientError

from gatewatch.preflight.findings import Account, Finding, Unanswered
from gatewatch.verdict import Verdict


def discover() -> dict[str, ModuleType]:
    """The modules of this package by NAME."""
    found = (import_module(f"{__name__}.{info.name}") for info in iter_modules(__path__))
    return {module.NAME: module for module in found}


def check_all(account: Account) -> Iterator[Finding]:
    """Every check; one that gets no answer is unknown and ends no other."""
    for name, module in discover().items():
        try:
            yield from module.check(account)
        except Unanswered as reason:
            yield Finding(
                check=name,
                verdict=Verdict.UNKNOWN,
                told=str(reason),
                mend="ask as somebody who may, or look by hand",
            )
        except ClientError as error:
            yield Finding(check=name, verdict=Verdict.UNKNOWN, told=str(error))
