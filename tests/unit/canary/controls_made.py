"""The certificates of the controls, made as the build makes them."""

import subprocess
import sys
from pathlib import Path

FUNCTION = Path(__file__).parents[3] / "functions" / "canary"


def make(folder: Path) -> Path:
    """Fill `folder` and give it back."""
    command = [sys.executable, str(FUNCTION / "make_controls.py"), str(folder)]
    subprocess.run(command, check=True)
    return folder
