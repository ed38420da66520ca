"""What the benchmarks look at: one nginx, one name server, one authority, the same for all peers.

Runs only inside a sealed world (`lab.sealed`): loopback is all there is. One server's certificate
is RSA-2048, issued by the root itself; beside it stand one with an RSA-2048 intermediate, which is
sent along, and one of ECDSA P-256.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from lab import sealed

DOMAIN = "api.example"
ADDRESS = "127.0.0.1"
RSA_PORT, CHAIN_PORT, ECDSA_PORT, SILENT_PORT = 8443, 8444, 8445, 8446
BODY = '{"message":"ok","detail":"' + "x" * 200 + '"}'

_NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log crit;
events {{ worker_connections 2048; }}
http {{
  access_log off; keepalive_timeout 5; default_type application/json;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache off; ssl_session_tickets off;
{servers}
}}
"""
_SERVER = """
  server {{
    listen 127.0.0.1:{port} ssl backlog=2048; server_name _;
    ssl_certificate {folder}/{name}.pem; ssl_certificate_key {folder}/{name}.key;
    location / {{ return 200 '{body}'; }}
  }}
"""
SERVERS = {"rsa": RSA_PORT, "chain": CHAIN_PORT, "ecdsa": ECDSA_PORT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """`ca_file` is what a client has to trust; every name below `DOMAIN` leads to `ADDRESS`."""

    folder: Path
    ca_file: Path


@contextmanager
def stand(folder: Path) -> Iterator[Stand]:
    """Everything that is looked at, up and answering; ended when the block is left.

    Raises CannotSeal outside a sealed world, before anything is touched: there the name server's
    port and resolv.conf are the machine's own.
    """
    point_resolver()
    with ExitStack() as running:
        certificates(folder)
        conf = folder / "nginx.conf"
        servers = [
            _SERVER.format(folder=folder, name=name, port=port, body=BODY)
            for name, port in SERVERS.items()
        ]
        conf.write_text(_NGINX.format(folder=folder, servers="".join(servers)))
        own = [sys.executable, "-m", "bench.answering"]
        running.enter_context(started([tool("nginx", "nginx"), "-c", str(conf), "-p", str(folder)]))
        running.enter_context(started([*own, "names"]))
        running.enter_context(started([*own, "silence"]))
        for port in (*SERVERS.values(), SILENT_PORT, 53):
            wait_for(port)
        yield Stand(folder=folder, ca_file=folder / "ca.pem")


def point_resolver() -> None:
    """The world's resolv.conf names the stand's name server. It is written in the file that
    `lab.sealed` mounted over it, which stands in the world's own /run: nothing is mounted here."""
    own = sealed.RESOLV / "control"
    used = Path("/etc/resolv.conf").resolve()
    if sealed.default_route() or not own.is_file() or not own.samefile(used):
        raise sealed.CannotSeal("this is no sealed world: run `make bench`, or `python -m bench`")
    own.write_text(f"nameserver {ADDRESS}\n")


def tool(name: str, package: str) -> str:
    try:
        return sealed.tool(name)
    except KeyError:
        raise sealed.CannotSeal(
            f"the bench needs the command {name!r}: sudo apt-get install {package}"
        ) from None


@contextmanager
def started(command: list[str], **options: object) -> Iterator[subprocess.Popen[bytes]]:
    """The command as a process of its own, ended with the block."""
    process = subprocess.Popen(command, **options)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(port: int, seconds: float = 10.0) -> None:
    """Until something listens at that port of loopback. TimeoutError when nothing does."""
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection((ADDRESS, port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise TimeoutError(f"nothing listens at port {port}") from None
            time.sleep(0.02)


def certificates(folder: Path) -> None:
    names = (f"*.{DOMAIN}", DOMAIN)
    rsa = trustme.CA(key_type=trustme.KeyType.RSA)
    ecdsa = trustme.CA(key_type=trustme.KeyType.ECDSA)
    between = rsa.create_child_ca(key_type=trustme.KeyType.RSA)
    leaves = {
        "rsa": rsa.issue_cert(*names, key_type=trustme.KeyType.RSA),
        "chain": between.issue_cert(*names, key_type=trustme.KeyType.RSA),
        "ecdsa": ecdsa.issue_cert(*names, key_type=trustme.KeyType.ECDSA),
    }
    for name, leaf in leaves.items():
        leaf.private_key_pem.write_to_path(str(folder / f"{name}.key"))
        for part in leaf.cert_chain_pems:
            part.write_to_path(str(folder / f"{name}.pem"), append=True)
    for root in (rsa, ecdsa):
        root.cert_pem.write_to_path(str(folder / "ca.pem"), append=True)
