"""Regular expressions held against what peers say, in a process of their own.

Python's matcher backtracks, holds the interpreter while it does, and heeds no signal in most of
its loops: one pattern and one body could stop every other probe of a look. So a child process
matches, and is killed when it takes too long. It is started by the first pattern of all.
"""

import atexit
import json
import select
import struct
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Lock

Matches = Callable[[str, str], bool]
"""Whether a pattern is found in a text. Raises PatternTimeout, OSError."""

MATCH_SECONDS = 0.25
_START_SECONDS = 5.0
_TEXT_CHARS = 64 * 1024

_CHILD = """
import json, re, struct, sys
told, asked = sys.stdout.buffer, sys.stdin.buffer
told.write(b"r"); told.flush()
while True:
    head = asked.read(4)
    if len(head) < 4:
        break
    pattern, text = json.loads(asked.read(*struct.unpack("!I", head)))
    try:
        answer = b"y" if re.search(pattern, text) else b"n"
    except Exception:
        answer = b"e"
    told.write(answer); told.flush()
"""


class PatternTimeout(Exception):
    """A pattern took longer than `MATCH_SECONDS`: it says nothing about the peer."""


class PatternError(ValueError):
    """A pattern that cannot be compiled or matched."""


class Matcher:
    """One child process, started when first needed and again after it was killed."""

    def __init__(self, match_seconds: float = MATCH_SECONDS) -> None:
        self._match_seconds = match_seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._one_at_a_time = Lock()

    def __call__(self, pattern: str, text: str) -> bool:
        """Whether `pattern` is found in the first 64 k characters of `text`. Raises
        PatternTimeout, PatternError, OSError (no process can be started)."""
        with self._one_at_a_time:
            child = self._started()
            answer = self._asked(child, json.dumps([pattern, text[:_TEXT_CHARS]]).encode())
        if answer == b"e":
            raise PatternError("the pattern cannot be matched")
        return answer == b"y"

    def close(self) -> None:
        """End the child, if there is one; the next match starts another."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            with suppress(OSError):
                assert pipe is not None
                pipe.close()
        child.wait()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            self._child = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _CHILD],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            self._heard(self._child, _START_SECONDS)
        return self._child

    def _asked(self, child: subprocess.Popen[bytes], message: bytes) -> bytes:
        assert child.stdin is not None
        try:
            # The child reads all of it before it matches, so this waits for the pipe alone.
            child.stdin.write(struct.pack("!I", len(message)) + message)
            child.stdin.flush()
        except BrokenPipeError:
            self.close()
            raise
        return self._heard(child, self._match_seconds)

    def _heard(self, child: subprocess.Popen[bytes], seconds: float) -> bytes:
        assert child.stdout is not None
        ready = select.poll()
        ready.register(child.stdout, select.POLLIN)
        answer = child.stdout.read(1) if ready.poll(seconds * 1000) else b""
        if not answer:
            self.close()
            raise PatternTimeout(f"the pattern was not matched within {seconds:g} s")
        return answer


MATCHER = Matcher()
"""The one of this process."""

atexit.register(MATCHER.close)
