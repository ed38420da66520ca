"""The world's own processes: emulator and data plane, started, awaited, stopped by their pid."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab import tools
from lab.world.live import DATA_PLANE, ENDPOINT

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 30.0


class NotReady(RuntimeError):
    """A process of the world did not come up; the message ends with the tail of its log."""


def start_emulator(environment: dict[str, str], directory: Path) -> subprocess.Popen[bytes]:
    """MiniStack with the adapter, on the control namespace's loopback."""
    paths = f"{ROOT}{os.pathsep}{ROOT / 'layers/probing'}"
    own = environment | {"PYTHONPATH": paths, "GATEWAY_PORT": "4566", "BIND_HOST": "127.0.0.1"}
    argv = [str(tools.ministack_python()), "-W", "ignore", "-m", "lab.emulator"]
    return _start(argv, own, directory / "emulator.log")


def start_data_plane(environment: dict[str, str], directory: Path) -> subprocess.Popen[bytes]:
    """Namespaces, resolvers and front ends."""
    return _start([sys.executable, "-m", "lab.dataplane"], environment, directory / "dataplane.log")


def wait_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Wait until `url` answers 200. NotReady when the process ended or time ran out."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NotReady(f"{log.stem} ended with {process.returncode}:\n{_tail(log)}")
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.05)
    raise NotReady(f"{log.stem}: no answer from {url} in {READY_SECONDS:.0f} s:\n{_tail(log)}")


def check(running: Mapping[str, subprocess.Popen[bytes]], directory: Path) -> None:
    """NotReady when a process of the world has ended by itself."""
    for name, process in running.items():
        if process.poll() is not None:
            log = directory / f"{name}.log"
            raise NotReady(f"{name} ended with {process.returncode}:\n{_tail(log)}")


def stop(*processes: subprocess.Popen[bytes]) -> None:
    """Ask each to end, then make it: only processes that were started here."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def ask(url: str, *, method: str = "GET", body: Any = None) -> Any:
    """Talk to a control door (`/_lab/...` of the emulator, the data plane's): JSON both ways."""
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(
        url, data=data, method=method, headers={"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        text = answer.read()
    return json.loads(text) if text.strip() else None


def emulator(path: str, *, method: str = "GET", body: Any = None) -> Any:
    return ask(ENDPOINT + path, method=method, body=body)


def data_plane(path: str, *, method: str = "GET", body: Any = None) -> Any:
    return ask(DATA_PLANE + path, method=method, body=body)


def _start(argv: list[str], env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen(
            argv, env=env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )


def _tail(log: Path, lines: int = 25) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
