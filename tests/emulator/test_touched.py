"""Every MiniStack name that the adapter replaces is still there and looks as expected."""

import subprocess

from lab import tools
from tests.emulator.process import ROOT

WALK = """
import importlib, pkgutil
import lab.emulator as package
from lab.emulator.__main__ import SETTINGS
import os; os.environ.update(SETTINGS)
wrong, seen = [], 0
for info in pkgutil.iter_modules(package.__path__):
    if info.name == "__main__":
        continue
    module = importlib.import_module("lab.emulator." + info.name)
    for touch in getattr(module, "TOUCHED", ()):
        seen += 1
        if touch.mismatch():
            wrong.append(f"{info.name}: {touch.mismatch()}")
assert not wrong, "\\n".join(wrong)
print(seen)
"""


def test_ministack_still_has_every_touched_name(tmp_path):
    done = subprocess.run(
        [str(tools.ministack_python()), "-c", WALK],
        env={"PYTHONPATH": f"{ROOT}:{ROOT}/layers/probing", "PATH": "/usr/bin:/bin"},
        cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout.split()[-1]) > 40
