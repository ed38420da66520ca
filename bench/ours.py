"""The prober in a process of its own, as the canary runs it, told by lines on its standard input.

    python -m bench.ours CA_FILE

Each line is JSON: {"probes": [[name, port, pin or null]...], "times": n}. It makes that look n
times and answers one line: {"ok": how many probes passed, "rss_kib": its peak}. With "messages":
true it reads the work message and writes the answer too, as the canary's handler does.
"""

import json
import resource
import sys
from collections.abc import Iterable
from typing import Any

import canary.app  # noqa: F401 - what the canary loads is part of its size
from bench.stand import DOMAIN
from probing import guard
from probing.clock import Clock
from probing.endpoint import Endpoint
from probing.fit import fitted
from probing.means import Means
from probing.outcome import State
from probing.run import look
from probing.wire import Answer, Probe, Work, read, to_json


def allow_loopback(address: str, own_addresses: Iterable[str]) -> str | None:
    refused = guard.check(address, own_addresses)  # its CPU counts, as in a canary
    return None if address == "127.0.0.1" else refused


def work(probes: list[tuple[str, int, str | None]]) -> Work:
    return Work(
        look="000000000000/us-east-1/vpc-0bench/1763726400",
        probes=tuple(
            Probe(
                endpoint=Endpoint(
                    id=f"{name}-{number}",
                    url=f"https://{name}.{DOMAIN}:{port}/prod/health",
                    source=f"/gatewatch/endpoints/{name}-{number}",
                    owner="payments",
                ),
                pin=pin,
            )
            for number, (name, port, pin) in enumerate(probes)
        ),
    )


OWN_ADDRESSES = ("10.0.0.7",)


def passed(answer: Answer) -> int:
    return sum(outcome.state is State.OK for outcome in answer.outcomes)


def by_message(text: str, clock: Clock, means: Means) -> Answer:
    """As `canary.app.handler` does it, between the text that comes in and the one that goes out."""
    answer = look(read(Work, json.loads(text)), clock, own_addresses=OWN_ADDRESSES, means=means)
    json.dumps(fitted(answer))
    return answer


def main() -> None:
    clock, means = Clock(), Means(guard=allow_loopback, ca_file=sys.argv[1])
    for line in sys.stdin:
        asked: dict[str, Any] = json.loads(line)
        todo, ok = work(asked["probes"]), 0
        message = json.dumps(to_json(todo)) if asked.get("messages") else ""
        for _ in range(asked["times"]):
            made = (
                by_message(message, clock, means)
                if message
                else look(todo, clock, own_addresses=OWN_ADDRESSES, means=means)
            )
            ok += passed(made)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(json.dumps({"ok": ok, "rss_kib": peak}), flush=True)


if __name__ == "__main__":
    main()
