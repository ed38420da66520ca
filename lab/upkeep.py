"""`gatewatch lab up`: keeps a world up and shows what it says, for hands that break things."""

import shlex
import signal
import sys
import time
from pathlib import Path

from lab import tools
from lab.narrator import show_message
from lab.runner import STACK_DEFAULTS
from lab.scenario import Scenario
from lab.world import start
from lab.world.live import LiveWorld
from lab.world.model import from_document

_EXPORTED = ("AWS_", "GATEWATCH_", "SAM_")


def keep_up(scenario: Scenario, directory: Path, scale: float) -> int:
    """The world of that scenario, without its timeline, until a signal ends it."""
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: stopping.append(number))
    world = from_document(scenario.world | {"scale": scale}, scenario.name)
    with start.running(world, directory) as live:
        start.install(live, STACK_DEFAULTS | scenario.stack, by_sam=False)
        start.place(live, scenario.place or tuple(world.vpcs))
        start.register(live, scenario.register, scenario.secrets)
        (directory / "shell.sh").write_text(shell_script(live))
        print(f"The lab is up, {scale:g} lab seconds in a real one. In another window:")
        print("  gatewatch lab shell     a prompt with the AWS CLI ready")
        print("  gatewatch lab down      to end it")
        print("Ids: " + ", ".join(f"{k}={v}" for k, v in sorted(live.ids.items()) if "." in k))
        sys.stdout.flush()
        shown = 0
        while not stopping:
            for message in live.heard.heard()[shown:]:
                show_message(message, sys.stdout)
                shown += 1
            live.heard.wait(0.5)
            time.sleep(0.1)
    return 0


def shell_script(live: LiveWorld) -> str:
    """What `gatewatch lab shell` starts: exports, one function an actor, then a prompt."""
    lines = [_exports(live.environment())]
    lines += [f"export {_variable(name)}={shlex.quote(value)}" for name, value in live.ids.items()]
    bin_folders = [str(Path(sys.executable).parent), str(tools.aws_cli().parent)]
    lines.append(f"export PATH={shlex.quote(':'.join(bin_folders))}:$PATH")
    for actor in live.actors:
        exports = _exports(live.environment(actor)).replace("\n", "; ")
        lines.append(f'as_{actor}() {{ ( {exports}; "$@" ) }}; export -f as_{actor}')
    names = " ".join(f"as_{actor}" for actor in live.actors)
    lines.append(f"echo 'Ids are in $vpc_a, $subnet_a, ...; type as somebody: {names}'")
    lines.append("PS1='gatewatch lab> ' exec bash --norc -i")
    return "\n".join(lines) + "\n"


def _exports(environment: dict[str, str]) -> str:
    kept = {k: v for k, v in environment.items() if k.startswith(_EXPORTED)}
    return "\n".join(f"export {k}={shlex.quote(v)}" for k, v in kept.items())


def _variable(name: str) -> str:
    return name.replace(".", "_").replace("-", "_")
