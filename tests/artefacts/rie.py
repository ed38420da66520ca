"""A built artefact under Lambda's own runtime client and the runtime interface emulator (RIE).

Decided here: what the function finds around it, which is what Lambda puts there and nothing else:
no site-packages of this project, so that what an artefact lacks is missing here too.
"""

import importlib.util
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab import tools
from tests.artefacts.built import REGION, Artefact
from tests.emulator.process import free_port, until

RUNTIME = (
    *("awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py"),
    *("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3"),
)
"""Modules that Lambda's Python runtime holds: its runtime client, the SDK, and what they need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """An artefact unpacked: `task` is /var/task, `opt` is /opt, `runtime` is /var/runtime."""

    artefact: Artefact
    task: Path
    opt: Path
    runtime: Path
    log: Path

    @property
    def path(self) -> str:
        """PYTHONPATH in Lambda's order: the function, its layers, the runtime."""
        return os.pathsep.join(map(str, (self.task, self.opt / "python", self.runtime)))

    def environment(self) -> dict[str, str]:
        """Nothing is inherited. Keys are dummies, and AWS is a loopback port that refuses."""
        artefact = self.artefact
        return artefact.environment | {
            "PATH": os.defpath,
            "PYTHONPATH": self.path,
            # Lambda's folders are read-only: no module is ever compiled to disk there.
            "PYTHONDONTWRITEBYTECODE": "1",
            "LAMBDA_TASK_ROOT": str(self.task),
            "LAMBDA_RUNTIME_DIR": str(self.runtime),
            "_HANDLER": artefact.handler,
            "AWS_LAMBDA_FUNCTION_NAME": f"gatewatch-{artefact.name}",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(artefact.memory_mb),
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(artefact.timeout_seconds),
            "AWS_LAMBDA_LOG_FORMAT": "JSON" if artefact.json_logs_by_lambda else "Text",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_SESSION_TOKEN": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}",
            "AWS_MAX_ATTEMPTS": "1",
        }

    def import_seconds(self) -> float:
        """How long the import of the handler's module takes in a fresh interpreter."""
        module = self.artefact.handler.rpartition(".")[0]
        code = (
            "import importlib, time; began = time.perf_counter(); "
            f"importlib.import_module({module!r}); print(time.perf_counter() - began)"
        )
        done = subprocess.run(
            [*PYTHON, "-c", code],
            env=self.environment(),
            cwd=self.task,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return float(done.stdout)


# Without `site`, neither the packages of this environment nor the project itself are importable.
PYTHON = (sys.executable, "-S")


def emulator_binary() -> Path:
    """The RIE that the SAM CLI carries; its folder is asked of the SAM CLI's own interpreter."""
    machine = {"x86_64": "x86_64", "aarch64": "arm64"}[platform.machine()]
    code = "import samcli, pathlib; print(pathlib.Path(samcli.__file__).parent)"
    python = tools.sam_cli().parent / "python"
    asked = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return Path(asked.stdout.strip()) / "local" / "rapid" / f"aws-lambda-rie-{machine}"


def make_runtime(folder: Path) -> Path:
    """A folder with the modules of RUNTIME and no other."""
    for name in RUNTIME:
        spec = importlib.util.find_spec(name)
        assert spec and spec.origin, f"{name} is not installed: run `make setup`"
        origin = Path(spec.origin)
        package = origin.parent if origin.name == "__init__.py" else origin
        (folder / package.name).symlink_to(package)
    return folder


def unpack(artefact: Artefact, runtime: Path, folder: Path) -> Stand:
    """Layers go over one another into one folder, in their order, as Lambda does it."""
    for layer in artefact.layers:
        shutil.copytree(layer, folder / "opt", dirs_exist_ok=True)
    task = artefact.code
    if isinstance(task, str):
        (folder / "task").mkdir()
        (folder / "task" / "index.py").write_text(task)
        task = folder / "task"
    return Stand(
        artefact=artefact,
        task=task,
        opt=folder / "opt",
        runtime=runtime,
        log=folder / "log",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A function that can be invoked. One call at a time: the RIE crashes on two."""

    port: int
    log: Path

    def invoke(self, event: dict[str, Any]) -> Any:
        """The answer, or {"errorType": ..., "errorMessage": ...}: the RIE tells no other way."""
        url = f"http://127.0.0.1:{self.port}/2015-03-31/functions/function/invocations"
        try:
            with urllib.request.urlopen(url, data=json.dumps(event).encode(), timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            said = self.log.read_text()[-3000:]
            raise AssertionError(f"the function did not start ({error}):\n{said}") from error

    def logged(self, message: str) -> dict[str, Any]:
        """The JSON line that the function logged with this message."""

        def found() -> dict[str, Any] | None:
            lines = self.log.read_text().splitlines(keepends=True)
            whole = (line for line in lines if line.startswith("{") and line.endswith("\n"))
            said = map(json.loads, whole)
            return next((line for line in said if line.get("message") == message), None)

        return until(found)


@contextmanager
def running(stand: Stand) -> Iterator[Running]:
    """Start the RIE on loopback ports of its own; stopped at the end, with all that it started."""
    port, api = free_port(), free_port()
    argv = [
        str(emulator_binary()),
        *("--log-level", "warn"),
        *("--runtime-interface-emulator-address", f"127.0.0.1:{port}"),
        *("--runtime-api-address", f"127.0.0.1:{api}"),
        *(*PYTHON, "-m", "awslambdaric", stand.artefact.handler),
    ]
    with stand.log.open("wb") as log:
        process = subprocess.Popen(
            argv, env=stand.environment(), cwd=stand.task, stdout=log, stderr=log
        )
    try:
        until(lambda: _listens(port))
        yield Running(port=port, log=stand.log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=10)
        finally:
            process.kill()
            left = _end_those_of(api)
    assert not left, f"the RIE left {left} behind"


def _listens(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _end_those_of(api: int) -> list[int]:
    """Runtimes that still talk to this RIE's port ten seconds after it ended; they are ended."""
    deadline = time.monotonic() + 10.0
    while (left := _runtimes_of(api)) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    return left


def _runtimes_of(api: int) -> list[int]:
    mark = f"AWS_LAMBDA_RUNTIME_API=127.0.0.1:{api}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environ = (folder / "environ").read_bytes()
        except OSError:
            continue  # ended meanwhile, or another user's
        if mark in environ.split(b"\0"):
            found.append(int(folder.name))
    return found
