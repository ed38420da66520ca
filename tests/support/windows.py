"""Windows of a user who has the lab up by hand, and what the machine sees of it."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GATEWATCH = str(Path(sys.executable).parent / "gatewatch")
PATIENCE_SECONDS = 60


class Window:
    """A user's windows on one world: a folder of their own for it, AWS settings that mislead."""

    def __init__(self, folder: Path) -> None:
        aws = folder / "home" / ".aws"
        aws.mkdir(parents=True)
        (aws / "config").write_text("this is no configuration\n")
        self.log = folder / "up.log"
        self.folder = folder
        self.environment = {k: v for k, v in os.environ.items() if k != "GATEWATCH_LAB_DIR"} | {
            "TMPDIR": str(folder),
            "HOME": str(folder / "home"),
            "AWS_PROFILE": "production",
            "AWS_SESSION_TOKEN": "not-of-this-world",
            "HTTP_PROXY": "http://127.0.0.1:9",
            "http_proxy": "http://127.0.0.1:9",
        }

    def open(self, *words, log="up.log"):
        with (self.folder / log).open("w") as out:
            return subprocess.Popen(
                [GATEWATCH, *words],
                env=self.environment,
                stdout=out,
                stderr=out,
                preexec_fn=_heed_interrupts,
            )

    def type(self, *words, **environment):
        return subprocess.run(
            [GATEWATCH, *words],
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    def shell(self, script):
        return self.type("lab", "shell", "-c", script)

    def wait_for(self, words, process, log="up.log"):
        """Until the window of that process shows `words`."""
        until = time.monotonic() + PATIENCE_SECONDS
        while words not in (shown := (self.folder / log).read_text()):
            assert process.poll() is None and time.monotonic() < until, shown
            time.sleep(0.1)


def _heed_interrupts():
    # A shell starts background jobs with interrupts ignored, and children inherit that: a test
    # run in the background would open windows that no ^C can close.
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def own_folder():
    # Not pytest's own folder: nothing of this world may lie where another user could not look.
    return tempfile.TemporaryDirectory(prefix="by-hand-")


def processes_of(folder):
    """Command lines of what runs with that world's folder; the machine's own view."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            settings = (place / "environ").read_bytes() + (place / "cmdline").read_bytes()
            if str(folder).encode() in settings:
                found.append((place / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:  # it ended while we looked, or is another user's
            continue
    return found
