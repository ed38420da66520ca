"""`gatewatch lab up`: keeps a world up and shows what it says, for hands that break things."""

import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lab import tools
from lab.by_hand import SHELL
from lab.collector import Heard
from lab.narrator import clock_time, show_message
from lab.scenario import Scenario
from lab.world import processes, start
from lab.world.live import LiveWorld
from lab.world.model import World

_EXPORTED = ("AWS_", "GATEWATCH_", "SAM_", "HOME")
_AS_SOMEBODY = 'as_{actor}() {{ ( {exports}; "$@" ) }}; export -f as_{actor}'
_EVENTS = (
    "import json; from lab.world.processes import emulator; "
    '[print(json.dumps(e["detail"])) for e in emulator("/_lab/tap")]'
)
_FOR_A_PROMPT = """\
if [[ $- == *i* ]]; then
  PS1='gatewatch lab> '
  echo 'Ids are in $vpc_a, $subnet_a, ... (`gatewatch lab up` listed them). To type as somebody:'
  echo '{names}'
  echo 'What CloudTrail recorded of the last call: lab_events | tail -n 1 | gatewatch explain -'
  echo '`exit` leaves; the lab stays up.'
fi
cd "$GATEWATCH_SHELL_FROM" 2>/dev/null
unset GATEWATCH_SHELL_FROM
"""
_BREAK = """\
Break something, for example:
  as_netadmin aws ec2 create-vpc-endpoint --vpc-id $vpc_a --vpc-endpoint-type Interface \\
    --service-name com.amazonaws.$AWS_DEFAULT_REGION.execute-api --subnet-ids $subnet_a \\
    --security-group-ids $group_a --private-dns-enabled
"""


def keep_up(scenario: Scenario, world: World, directory: Path) -> int:
    """That world, without the scenario's timeline, until SIGTERM or SIGINT ends it."""
    with _until_told_to_end():
        _say(f"Starting the world of {scenario.name}: about 10 s.")
        with start.running(world, directory) as live:
            start.install(live, scenario, by_sam=False)
            placed = start.place(live, scenario)
            start.register(live, scenario.register, scenario.secrets)
            (directory / SHELL).write_text(shell_settings(live))
            _say(welcome(live, placed, by_placer=scenario.placer))
            _show_messages(live)
    return 0


def welcome(live: LiveWorld, placed: tuple[str, ...], *, by_placer: bool = False) -> str:
    """What stands in this world, under the names that the shell knows, and how to go on."""
    lines = [
        f"The lab is up, {live.world.scale:g} lab seconds in a real one; logs in {live.directory}",
        "In another window:",
        "  gatewatch lab shell                a prompt with the AWS CLI ready",
        "  gatewatch lab shell -c 'COMMAND'   one command",
        "  gatewatch lab down                 end it; ^C in this window does too",
        "VPCs, and what the shell calls them:",
    ]
    for name, vpc in live.world.vpcs.items():
        if vpc.later:
            continue
        unplaced = "the placer decides" if by_placer else "no canary: `gatewatch place` it"
        seen = "a canary looks from it" if name in placed else unplaced
        home = "" if len(live.world.members) == 1 else f"{live.home(name)}, "
        held = f"{home}{vpc.cidr}, way out: {vpc.way_out}; {seen}"
        lines.append(f"  {'$' + _variable('vpc.' + name):<12} {live.ids['vpc.' + name]}  {held}")
    lines.append("APIs:")
    for api in live.world.apis:
        variable = "$" + _variable(f"api.{api.name}")
        lines.append(
            f"  {variable:<16} https://{live.ids['api.' + api.name]}/{api.stage}{api.path}"
        )
    actors = ", ".join(f"as_{name}" for name in live.actors)
    lines.append(f"Also $subnet_a, $group_a, $table_a, ...; people: {actors}")
    example = _BREAK if {"a"} <= set(live.world.vpcs) and "netadmin" in live.actors else ""
    return "\n".join(lines) + f"\n{example}Messages, as they come:"


def shell_settings(live: LiveWorld) -> str:
    """What bash reads at the start of `gatewatch lab shell`: exports, one function an actor."""
    lines = [_exports(live.environment())]
    lines += [f"export {_variable(name)}={shlex.quote(value)}" for name, value in live.ids.items()]
    bin_folders = [str(Path(sys.executable).parent), str(tools.aws_cli().parent)]
    lines.append(f"export PATH={shlex.quote(':'.join(bin_folders))}:$PATH")
    for actor in live.actors:
        exports = _exports(live.environment(actor), only="AWS_").replace("\n", "; ")
        lines.append(_AS_SOMEBODY.format(actor=_variable(actor), exports=exports))
    lines.append(f"lab_events() {{ {shlex.join([sys.executable, '-c', _EVENTS])}; }}")
    names = " ".join(f"as_{_variable(actor)}" for actor in live.actors)
    return "\n".join(lines) + "\n" + _FOR_A_PROMPT.replace("{names}", names)


def _show_messages(live: LiveWorld) -> None:
    """Without end; NotReady when a process of the world has ended."""
    shown = 0
    while True:
        for message in live.heard.heard()[shown:]:
            if message.to == "bus":
                _say(event_line(message))
            else:
                show_message(message, sys.stdout)
            shown += 1
        processes.check(live.running, live.directory)
        live.heard.wait(0.5)


def event_line(message: Heard) -> str:
    """An event of the bus in a line: machines read all of it, people its gist."""
    known = (message.detail.get(key) for key in ("incident", "cause", "confidence"))
    gist = ", ".join(str(value) for value in known if value)
    return f"  BUS · {message.text} · {clock_time(message.at)} · {gist}"


@contextmanager
def _until_told_to_end() -> Iterator[None]:
    """SIGTERM and SIGINT end what is inside in order; a further one does not disturb the end."""

    def end(number: int, frame: object) -> None:
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, signal.SIG_IGN)
        raise KeyboardInterrupt

    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, end)
    try:
        yield
    except KeyboardInterrupt:
        _say("The lab has ended.")


def _say(text: str) -> None:
    with suppress(OSError):  # the window was closed
        print(text, flush=True)


def _exports(environment: dict[str, str], only: str | tuple[str, ...] = _EXPORTED) -> str:
    kept = {k: v for k, v in environment.items() if k.startswith(only)}
    return "\n".join(f"export {k}={shlex.quote(v)}" for k, v in kept.items())


def _variable(name: str) -> str:
    return name.replace(".", "_").replace("-", "_")
