"""`gatewatch lab up`, `shell` and `down`, from outside the sealed namespaces.

Decided here: that a user has one world up at a time, who may enter it, how it ends. A lock on its
pid file says that it is up: the kernel lets go of it when the last process that holds it is gone,
however that came to its end. Not decided here: what the world shows (`lab.upkeep`).
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from lab import sealed, tools
from lab.scenario import find

ROOT = Path(__file__).resolve().parents[1]
SHELL = "shell.rc"
END_SECONDS = 15.0
"""What a world may take to end by itself before it is killed."""
KILLED = 137
"""The exit code of a process that the end of its world took along."""
_ONE_SCRIPT = 'source "$0"; eval "$1"'
_ONE_COMMAND = 'source "$0"; "$@"'


class NotNow(Exception):
    """The lab is not in the state that a command needs; the text says what to type instead."""


def up(name: str, *, scale: float, delays: Mapping[str, float]) -> int:
    """Keep a world up in this window until `down` or ^C; 0 when it ended so.

    `delays` are lab seconds laid over the world's own. Raises NotNow when one is up already.
    """
    _outside()
    job = {"do": "up", "scenario": str(find((name,))[0].resolve()), "scale": scale}
    tools.check()
    folder = _folder()
    with _held(folder / "pid") as lock:
        directory = folder / "world"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        job |= {"delays": dict(delays), "directory": str(directory)}
        # Of its own process group: ^C ends the world in order, not all its processes at once.
        world = subprocess.Popen(
            sealed.command([sys.executable, "-m", "lab.inside", json.dumps(job)]),
            cwd=ROOT,
            env=sealed.cleaned(os.environ),
            stdin=subprocess.DEVNULL,
            process_group=0,
            pass_fds=(lock,),
        )
        os.pwrite(lock, f"{world.pid}\n".encode(), 0)
        return _wait(world)


def shell(words: Sequence[str] = (), script: str = "") -> int:
    """A shell inside the running world, or one command in it; the exit code of what ran.

    `words` are run as they are, `script` is read by bash first. Raises NotNow.
    """
    _outside()
    pid = _standing(_folder() / "pid")
    if pid is None:
        raise NotNow("no lab is up: start one with `gatewatch lab up` in another window")
    settings = _folder() / "world" / SHELL
    if not settings.is_file():
        raise NotNow("the lab is still starting: its window says when it is up")
    inner = ["--rcfile", str(settings), "-i"]
    if script or words:
        inner = ["-c", _ONE_SCRIPT, str(settings), script]
        inner = inner if script else ["-c", _ONE_COMMAND, str(settings), *words]
    # The shell starts where the user stands: nsenter goes to the root of the world's tree.
    environment = sealed.cleaned(os.environ) | {"GATEWATCH_SHELL_FROM": str(Path.cwd())}
    code = subprocess.run(sealed.join_command(pid, ["bash", *inner]), env=environment).returncode
    code = 128 - code if code < 0 else code
    if code == KILLED and _has_ended(_folder() / "pid"):
        raise NotNow("the lab has ended")
    return code


def down() -> int:
    """End the running world and wait until nothing of it runs."""
    _outside()
    file = _folder() / "pid"
    pid = _standing(file)
    if pid is None:
        print("no lab is up", file=sys.stderr)
        return 0
    until = time.monotonic() + END_SECONDS
    while _standing(file) is not None:
        _signal(pid, signal.SIGTERM if time.monotonic() < until else signal.SIGKILL)
        time.sleep(0.3)
    print("the lab has ended", file=sys.stderr)
    return 0


def _wait(world: subprocess.Popen[bytes]) -> int:
    """Wait for the world's end; ^C, SIGTERM or the closing of the window bring it about."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        return world.wait()
    except KeyboardInterrupt:
        until = time.monotonic() + END_SECONDS
    try:
        while world.poll() is None and time.monotonic() < until:
            _signal(world.pid, signal.SIGTERM)
            time.sleep(0.3)
    except KeyboardInterrupt:
        pass  # asked twice: at once, then
    if world.poll() is None:
        world.kill()
    return max(0, world.wait())


def _signal(pid: int, number: int) -> None:
    """Signal the world's first process: when it ends, the kernel ends all the others."""
    with suppress(sealed.CannotSeal, ProcessLookupError):  # it has just ended
        os.kill(sealed.first_inhabitant(pid), number)


def _outside() -> None:
    if "GATEWATCH_LAB_DIR" in os.environ:
        raise NotNow("this is a shell inside the lab: type `exit` first, or use another window")


def _folder() -> Path:
    """This user's own folder for the world that is up, made when it is not there.

    Raises NotNow where somebody else made it: the shell runs what stands in it.
    """
    folder = Path(tempfile.gettempdir()) / f"gatewatch-lab-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if folder.is_symlink() or status.st_uid != os.getuid():
        raise NotNow(f"{folder} is somebody else's: remove it, or set TMPDIR to a folder of yours")
    folder.chmod(0o700)
    return folder


@contextmanager
def _held(file: Path) -> Iterator[int]:
    """The lock on `file`, held here and by every process that is given the descriptor."""
    lock = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise NotNow("a lab is up already: `gatewatch lab down` ends it") from None
    try:
        os.ftruncate(lock, 0)
        yield lock
    finally:
        os.close(lock)


def _has_ended(file: Path) -> bool:
    """Whether the world is gone; those that started it need a moment to see it themselves."""
    until = time.monotonic() + 1
    while _standing(file) is not None and time.monotonic() < until:
        time.sleep(0.1)
    return _standing(file) is None


def _standing(file: Path) -> int | None:
    """Pid of the process that holds the running world, None when no world is up."""
    for _ in range(20):
        if not file.is_file():
            return None
        with file.open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return None
            except BlockingIOError:
                text = lock.read().strip()
        if text:
            return int(text)
        time.sleep(0.1)  # `up` holds the lock and is about to start its world
    raise NotNow("a lab is about to start or to end: try again")
