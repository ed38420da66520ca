"""Where the lab's own interpreters and command-line tools are.

Decided here: the places that `make setup` fills, and the variables that override them.
"""

import os
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_TOOLS = _ROOT / ".venv" / "tools"


class ToolMissing(Exception):
    """A tool of the lab is not installed; the text says which command installs it."""


def ministack_python() -> Path:
    """The Python that runs the emulator (override: GATEWATCH_MINISTACK_PYTHON)."""
    return _find("GATEWATCH_MINISTACK_PYTHON", _TOOLS / "ministack" / "bin" / "python")


def aws_cli() -> Path:
    """The AWS CLI (override: GATEWATCH_AWS_CLI)."""
    return _find("GATEWATCH_AWS_CLI", _TOOLS / "aws" / "bin" / "aws")


def sam_cli() -> Path:
    """The SAM CLI (override: GATEWATCH_SAM_CLI)."""
    return _find("GATEWATCH_SAM_CLI", _TOOLS / "aws" / "bin" / "sam")


def program(name: str) -> tuple[str, ...]:
    """How a command's first word is run: `aws` and `gatewatch` as they are installed here."""
    if name == "aws":
        return (str(aws_cli()),)
    if name == "gatewatch":
        return (sys.executable, "-c", "from gatewatch.main import main; main()")
    return (name,)


def built() -> Path:
    """The folder of the built templates that a world deploys."""
    folder = _ROOT / ".aws-sam" / "build"
    if not (folder / "template.yaml").is_file():
        raise ToolMissing("nothing is built that a world could deploy: run `make build`")
    return folder


def check() -> None:
    """Everything that a world needs; ToolMissing names the first that is not there."""
    ministack_python()
    aws_cli()
    sam_cli()
    built()


def _find(variable: str, usual: Path) -> Path:
    override = os.environ.get(variable)
    # Not resolved: a venv's python is a symlink, and its target would miss the venv's packages.
    path = Path(override) if override else usual
    if not os.access(path, os.X_OK):
        mend = f"mend {variable}" if override else f"run `make setup`, or set {variable}"
        raise ToolMissing(f"{path} is no program that can be run: {mend}")
    return path
