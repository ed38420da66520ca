"""The peers, each driven so that only its own CPU counts: blackbox_exporter, openssl, curl."""

import http.client
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlencode

from bench import cpu
from bench.stand import ADDRESS, DOMAIN, Stand, started, tool, wait_for

BLACKBOX_PORT = 9115
_MODULES = """
modules:
  web:
    prober: http
    timeout: 5s
    http:
      valid_http_versions: ["HTTP/1.1"]
      enable_http2: false
      follow_redirects: false
      preferred_ip_protocol: ip4
      tls_config: {{ca_file: {ca_file}}}
"""


@contextmanager
def blackbox(stand: Stand) -> Iterator[int]:
    """blackbox_exporter, answering; its process number."""
    config = stand.folder / "blackbox.yml"
    config.write_text(_MODULES.format(ca_file=stand.ca_file))
    command = [
        tool("prometheus-blackbox-exporter", "prometheus-blackbox-exporter"),
        f"--config.file={config}",
        f"--web.listen-address={ADDRESS}:{BLACKBOX_PORT}",
        "--log.level=error",
    ]
    with started(command, stderr=subprocess.DEVNULL) as process:
        wait_for(BLACKBOX_PORT)
        yield process.pid


def blackbox_probe(targets: list[dict[str, str]], at_once: int) -> None:
    """One probe for each target, over kept-alive connections. ValueError when one did not pass."""

    def several(mine: list[dict[str, str]]) -> None:
        line = http.client.HTTPConnection(ADDRESS, BLACKBOX_PORT)
        for target in mine:
            line.request("GET", "/probe?" + urlencode({"module": "web", **target}))
            said = line.getresponse().read()
            if b"\nprobe_success 1" not in said:
                raise ValueError(f"blackbox_exporter's probe of {target} did not pass")
        line.close()

    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(several, [targets[number::at_once] for number in range(at_once)]))


def pinned(port: int) -> dict[str, str]:
    return {"target": f"https://{ADDRESS}:{port}/prod/health", "hostname": f"a.{DOMAIN}"}


def named(name: str, port: int) -> dict[str, str]:
    return {"target": f"https://{name}.{DOMAIN}:{port}/prod/health"}


def openssl_seconds(stand: Stand, port: int) -> float:
    """CPU seconds of `openssl s_time -new` for each connection: TCP, handshake, one GET."""
    before = cpu.of_children()
    done = subprocess.run(
        [
            *(tool("openssl", "openssl"), "s_time", "-connect", f"{ADDRESS}:{port}", "-new"),
            *("-www", "/prod/health", "-CAfile", str(stand.ca_file), "-verify", "3", "-time", "3"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"(\d+) connections in \d+ real seconds", done.stdout)
    if not found:
        raise ValueError(f"openssl s_time said no count: {done.stdout[-300:]} {done.stderr[-300:]}")
    return (cpu.of_children() - before) / int(found[1])


def curl_seconds(stand: Stand, port: int, count: int = 300) -> float:
    """CPU seconds of curl for each fresh connection of many in one process."""
    before = cpu.of_children()
    subprocess.run(
        [
            *(tool("curl", "curl"), "-sf", "--no-sessionid", "--cacert", str(stand.ca_file)),
            *("-H", "Connection: close", "--resolve", f"a.{DOMAIN}:{port}:{ADDRESS}"),
            *("-o", "/dev/null", f"https://a.{DOMAIN}:{port}/prod/health?[1-{count}]"),
        ],
        check=True,
    )
    return (cpu.of_children() - before) / count
