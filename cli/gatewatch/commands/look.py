"""`gatewatch look`: one look at one URL from this machine, with the code that canaries run."""

import json as json_text
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gatewatch.commands.remedies import WORDS
from gatewatch.failure import CHECK_FAILED, ENVIRONMENT, OK, USAGE, Failed
from probing import guard, libc, target
from probing.clock import Clock
from probing.endpoint import Endpoint, Expect
from probing.means import Means
from probing.outcome import Outcome, Stage, State, Step, View
from probing.own import own_addresses
from probing.probes import BY_SCHEME
from probing.registration import dns_problem
from probing.run import look
from probing.wire import Probe, Work, to_json

_EXTRA_SECONDS = 2.0
_CODES = {State.OK: OK, State.FAILING: CHECK_FAILED, State.UNKNOWN: ENVIRONMENT}


def run(
    url: str,
    *,
    json: bool = False,
    pin: str | None = None,
    status: str = "",
    contains: str | None = None,
    server_name: str | None = None,
    host: str | None = None,
    ca_file: Path | None = None,
    timeout_seconds: float = 5.0,
    resolv_conf: str = "/etc/resolv.conf",
    means: Means | None = None,
    console: Console | None = None,
) -> int:
    """Look once and print it, stage by stage; exit code 0 ok, 1 failing, 3 unknown.

    `pin` connects to that address whatever the name resolves to; `status` is "200-399,403" ("" for
    what is healthy with that kind of probe);
    `host` and `server_name` replace the Host header and the TLS name. Raises Failed for a URL,
    address or status that cannot be used.
    """
    endpoint = _endpoint(url, status, contains, server_name, host)
    _refuse_unusable(pin, ca_file)
    libc.bound()
    work = Work(
        look="look",
        probes=(Probe(endpoint=endpoint, view=View.PINNED if pin else View.INSIDE, pin=pin),),
        probe_timeout_seconds=timeout_seconds,
        deadline_seconds=timeout_seconds + _EXTRA_SECONDS,
    )
    used = means or Means(ca_file=str(ca_file) if ca_file else None)
    own = own_addresses() if means is None else ()
    answer = look(work, Clock(), own_addresses=own, resolv_conf=resolv_conf, means=used)
    outcome = answer.outcomes[0]
    if json:
        print(json_text.dumps({"url": url} | to_json(outcome), indent=1))
    else:
        render(endpoint, outcome, console or Console(highlight=False))
    return _CODES[outcome.state]


def _refuse_unusable(pin: str | None, ca_file: Path | None) -> None:
    refused = guard.check(pin) if pin is not None else None
    if refused:
        raise Failed(f"--pin {refused}", code=USAGE)
    if ca_file is not None and not ca_file.is_file():
        raise Failed(f"--ca-file {ca_file}: no such file", code=USAGE)


def _endpoint(
    url: str, status: str, contains: str | None, server_name: str | None, host: str | None
) -> Endpoint:
    scheme = url.partition(":")[0].lower()
    problem = dns_problem(url) if scheme == "dns" else target.target_problem(url, BY_SCHEME)
    if problem:
        raise Failed(f"{url}: {problem}", code=USAGE)
    kind = BY_SCHEME[scheme]
    return Endpoint(
        id=url,
        url=url,
        kind=kind.name,
        default_port=kind.schemes[scheme],
        headers=(("Host", host),) if host else (),
        server_name=server_name,
        expect=Expect(
            status=_ranges(status) if status else kind.healthy_status, body_contains=contains
        ),
    )


def _ranges(text: str) -> tuple[tuple[int, int], ...]:
    try:
        pairs = [part.partition("-") for part in text.split(",")]
        return tuple((int(low), int(high or low)) for low, _, high in pairs)
    except ValueError:
        raise Failed(f"--status {text!r}: write 200-399,403", code=USAGE) from None


def render(endpoint: Endpoint, outcome: Outcome, console: Console) -> None:
    """One line for each stage, then, for a failure, what it means and what to try."""
    colour = {State.OK: "green", State.FAILING: "red", State.UNKNOWN: "yellow"}[outcome.state]
    pinned = f" at {outcome.address}" if outcome.view is View.PINNED else ""
    console.print(Text(outcome.state.value.upper(), f"bold {colour}"), endpoint.url + pinned)
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    table.add_column(overflow="fold")
    for step in outcome.steps:
        told = Text("\n".join(lines(step, outcome)), "red" if step.failure else "")
        table.add_row(step.stage.value, f"{step.elapsed_ms:.1f} ms", told)
    console.print(table)
    if outcome.failure:
        meaning, remedy = WORDS[outcome.failure]
        console.print(Text(f"Means  {meaning} ({outcome.failure.value})"))
        console.print(Text(f"Try    {remedy}"))


def lines(step: Step, outcome: Outcome) -> list[str]:
    """What one stage saw, in words, the failure first."""
    told = {
        Stage.RESOLVE: _resolve_lines,
        Stage.CONNECT: _connect_lines,
        Stage.TLS: _tls_lines,
        Stage.HTTP: _http_lines,
        Stage.MESSAGE: _message_lines,
    }[step.stage](step.evidence, outcome)
    return ([step.detail] if step.detail else []) + told


def _resolve_lines(_: dict[str, Any], outcome: Outcome) -> list[str]:
    resolution = outcome.resolution
    if resolution is None or not resolution.rcode:
        return []
    told = [f"{resolution.rcode} from {resolution.name_server}"]
    if resolution.ttl_seconds is not None:
        told[0] += f", TTL {resolution.ttl_seconds} s"
    told += [f"-> {name}" for name in resolution.cname_chain]
    told += [", ".join(resolution.addresses)] if resolution.addresses else []
    if resolution.getaddrinfo and set(resolution.getaddrinfo) != set(resolution.addresses):
        told.append(f"applications here see {', '.join(resolution.getaddrinfo)}")
    return told


def _connect_lines(evidence: dict[str, Any], outcome: Outcome) -> list[str]:
    tried = [f"{t.address}: {t.failure or t.status or 'ok'}" for t in outcome.tried]
    return [f"{evidence['address']} port {evidence['port']}", *tried]


def _tls_lines(evidence: dict[str, Any], _: Outcome) -> list[str]:
    told = [f"asked for {evidence['server_name']}"]
    if evidence.get("insecure"):
        told.append("insecure_tls: nobody's certificate was verified")
    if "version" in evidence:
        told.append(f"{evidence['version']}, ALPN {evidence['alpn'] or 'none'}")
    if evidence.get("sans"):
        told.append(f"certificate of {', '.join(evidence['sans'][:4])}, by {evidence['issuer']}")
    return told


def _message_lines(evidence: dict[str, Any], _: Outcome) -> list[str]:
    return [evidence["snippet"]] if evidence.get("snippet") else []


def _http_lines(evidence: dict[str, Any], _: Outcome) -> list[str]:
    if "status" not in evidence:
        return []
    told = [f"status {evidence['status']}, {evidence['body_bytes']} bytes"]
    told += [f"{name}: {value}" for name, value in evidence["headers"].items()]
    return told + ([evidence["snippet"]] if evidence["snippet"].strip() else [])
