"""Tells a scenario as it happens, for people: what was typed, what canaries saw, what was said."""

import json
import textwrap
import threading
import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, TextIO

from lab.collector import Heard
from lab.pairs import health_of, seen_as
from lab.scenario import Scenario
from lab.timing import spans
from lab.world.live import LiveWorld

WIDTH = 100


class Storyteller:
    """A narrator that writes to a stream; messages and health are followed in a thread."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._pairs: dict[str, str] = {}
        self.saw: list[dict[str, Any]] = []
        self._follower: threading.Thread | None = None

    def began(self, live: LiveWorld, scenario: Scenario) -> None:
        self._say(live, scenario.title + ".")
        world = live.world
        labels = ", ".join(f"{live.ids[f'vpc.{n}']} ({v.label})" for n, v in world.vpcs.items())
        self._say(live, f"VPCs: {labels}. One real second is {world.scale:g} s of lab time.")
        self._follower = threading.Thread(target=self._follow, args=(live, scenario), daemon=True)
        self._follower.start()

    def step(self, live: LiveWorld, kind: str, arguments: dict[str, Any]) -> None:
        if arguments.get("note"):
            self._say(live, arguments["note"], mark="·")
        if kind == "type":
            who = live.world.actors[arguments["actor"]]
            name = who.user or who.session or arguments["actor"]
            self._say(live, f"{name} types ({who.tool}):", mark="$")
            self._print(_indent(live.expand(arguments["command"]), " " * 14))

    def done(self, live: LiveWorld, kind: str, arguments: dict[str, Any]) -> None:
        """A step that ended tells itself through what it caused."""

    def ended(self, live: LiveWorld, row: dict[str, Any]) -> None:
        self._ended.set()
        if self._follower is not None:
            self._follower.join(timeout=5)
        row["story"] = story(live, self.saw)
        self._print(closing_table(live, row))

    def _follow(self, live: LiveWorld, scenario: Scenario) -> None:
        """Show what is heard and what the canaries' pairs become, in the order it comes."""
        shown = 0
        last = False
        while not last:
            last = self._ended.is_set()
            for message in live.heard.heard()[shown:]:
                shown += 1
                if message.to != "bus":
                    with self._lock:
                        show_message(message, self._stream)
            for endpoint in scenario.register:
                for vpc in scenario.place:
                    self._watch(live, f"{endpoint}@{vpc}")
            live.heard.wait(0.3)
            time.sleep(0.1)

    def _watch(self, live: LiveWorld, pair: str) -> None:
        health = health_of(live, pair).replace("_", " ")
        before = self._pairs.get(pair)
        if not health or health == before:
            return
        self._pairs[pair] = health
        endpoint, _, vpc = pair.partition("@")
        seen = seen_as(live, pair)
        change = f"{before} -> {health}" if before else health
        told = f"canary in {live.ids[f'vpc.{vpc}']}: {endpoint} {change}"
        self._say(live, f"{told}: {seen}" if seen else told, mark="o")
        self.saw.append({"at": live.clock.now_at(), "pair": pair, "health": health, "looks": seen})

    def _say(self, live: LiveWorld, text: str, mark: str = " ") -> None:
        head = f"{clock_time(live.clock.now_at())} {mark}  "
        body = textwrap.fill(
            text,
            WIDTH,
            initial_indent=head,
            subsequent_indent=" " * len(head),
            break_on_hyphens=False,
        )
        self._print(body)

    def _print(self, text: str) -> None:
        with self._lock:
            print(text, file=self._stream, flush=True)


def story(live: LiveWorld, saw: list[dict[str, Any]]) -> dict[str, Any]:
    """The same story as data: typed commands, what canaries saw, messages, spans; lab times."""
    return {
        "scale": live.world.scale,
        "ids": live.ids,
        "typed": [asdict(typed) for typed in live.typed],
        "saw": saw,
        "heard": [asdict(message) for message in live.heard.heard()],
        "spans": [asdict(span) | {"seconds": span.seconds} for span in spans(live)],
    }


def show_message(message: Heard, stream: TextIO) -> None:
    """One message in full, framed, as its receiver reads it."""
    title = f"{message.to.upper()} · {message.reason.replace('_', ' ')} · {clock_time(message.at)}"
    lines = readable(message).splitlines()
    print(f"\n  ┌─ {title} " + "─" * max(0, WIDTH - len(title) - 8), file=stream)
    for line in lines:
        print(f"  │ {line}", file=stream)
    print("  └" + "─" * (WIDTH - 5) + "\n", file=stream, flush=True)


def readable(message: Heard) -> str:
    """The text that a person sees of it: a chat message's title and description, else its body."""
    if message.to != "chat":
        return message.text
    try:
        content = json.loads(message.text)["content"]
    except (ValueError, KeyError):
        return message.text
    steps = "\n".join(f"- {step}" for step in content.get("nextSteps", []))
    return "\n".join(part for part in (content.get("title"), content["description"], steps) if part)


def closing_table(live: LiveWorld, row: dict[str, Any]) -> str:
    """What was found and named, and how long it took in lab and real time and in looks."""
    lines = ["", f"{'what':<44}{'lab s':>9}{'real s':>9}{'looks':>8}"]
    for span in spans(live):
        real = live.clock.to_real_seconds(span.seconds)
        lines.append(f"{span.what:<44}{span.seconds:>9.1f}{real:>9.1f}{span.looks:>8.1f}")
    found = "yes" if row["named"] in row["produced"] else "NO"
    named = "yes" if row["change_named"] == row["change_expected"] else "NO"
    lines += [
        "",
        f"cause found: {found} ({row['named']}, {row['confidence']})",
        f"change named: {named} ({row['change_named']})",
        f"said too much: {len(row['said_too_much'])}",
    ]
    lines += [f"  {line}" for line in row["said_too_much"]]
    lines.append("all of it happened" if row["ok"] else f"NOT all of it happened: {row['why']}")
    return "\n".join(lines)


def clock_time(at: float) -> str:
    """Lab time as people read it in a message."""
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%SZ")


def _indent(text: str, margin: str) -> str:
    return textwrap.fill(
        text, WIDTH, initial_indent=margin, subsequent_indent=margin + "  ", break_on_hyphens=False
    )
