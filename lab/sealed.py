"""The sealed world: one private network, mount and process namespace with no route out.

Decided here: how a world is entered, what must be missing outside (a default route) and what must
be there (a private /run). Not decided here: what runs inside.

    python -m lab.sealed COMMAND...     run COMMAND in a fresh sealed world
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

EXIT_CANNOT_SEAL = 3
NAMESPACES = Path("/run/netns")
RUN = Path("/run/gatewatch")
RESOLV = RUN / "resolv"
PUBLIC_RESOLVER = "203.0.113.53"

_PACKAGES = {"unshare": "util-linux", "nsenter": "util-linux", "mount": "mount", "ip": "iproute2"}
_FOREIGN = re.compile(
    r"AWS_.*|(https?|ftp|all|no)_proxy|SSL_CERT_(FILE|DIR)|(REQUESTS|CURL)_CA_BUNDLE", re.IGNORECASE
)
# An ordinary user's PATH often lacks the sbin folders, where Debian keeps `ip`.
_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))


class CannotSeal(Exception):
    """This machine, or this place, cannot hold a sealed world; the text says how to mend it."""


def tool(name: str) -> str:
    """The path of a system tool; raises CannotSeal naming its Debian package."""
    path = shutil.which(name, path=_PATH)
    if path is None:
        package = _PACKAGES[name]
        raise CannotSeal(
            f"the lab needs the command {name!r}, which is not installed: "
            f"sudo apt-get install {package}"
        )
    return path


def command(argv: Sequence[str]) -> list[str]:
    """`argv` wrapped so that it runs sealed: as root, or as an ordinary user in a user namespace.

    What runs inside calls `enter_guard` first. Killing the returned process ends the whole world.
    Raises CannotSeal when a tool is missing or user namespaces are switched off.
    """
    for name in _PACKAGES:
        tool(name)
    flags = "-nmpf" if os.geteuid() == 0 else "-Urnmpf"
    prefix = [tool("unshare"), flags, "--kill-child", "--mount-proc"]
    tried = subprocess.run([*prefix, "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        raise CannotSeal(
            f"`{' '.join(prefix)}` failed: {tried.stderr.strip()}. An ordinary user needs "
            "user namespaces: sudo sysctl user.max_user_namespaces=65536 "
            "kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0 "
            "(those that your kernel has), or be root"
        )
    return [*prefix, *argv]


def cleaned(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` for a process in a world: a profile, a session token, a proxy or a trust store
    of the machine would lead its calls astray, or read what is none of the lab's business."""
    kept = {name: value for name, value in environment.items() if not _FOREIGN.fullmatch(name)}
    return kept | {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAM_CLI_TELEMETRY": "0",
    }


def join_command(pid: int, argv: Sequence[str], namespace: str | None = None) -> list[str]:
    """`argv` wrapped so that it runs inside the world that `pid` (seen from outside) started.

    `pid` is that of the `command` process; `namespace` names one of the world's network
    namespaces ("gw-inet", "gw-<vpc-id>"), None its control namespace.
    Raises CannotSeal when no world runs under `pid`.
    """
    inside = first_inhabitant(pid)
    join = [tool("nsenter"), f"--target={inside}", "--net", "--mount", "--pid"]
    if os.geteuid() != 0:
        join += ["--user", "--preserve-credentials"]
    if namespace is None:
        return [*join, *argv]
    return [*join, *in_namespace_command(namespace, argv)]


def in_namespace_command(namespace: str, argv: Sequence[str]) -> list[str]:
    """`argv` wrapped for a process inside the world: that namespace's network and resolv.conf."""
    bind = f'mount --bind {RESOLV}/{namespace} /etc/resolv.conf && exec "$@"'
    enter = [tool("nsenter"), f"--net={NAMESPACES}/{namespace}", tool("unshare"), "--mount"]
    return [*enter, "sh", "-c", bind, "sh", *argv]


def enter_guard() -> None:
    """Called first inside: refuse a place with a way out, then prepare /run and loopback.

    Raises CannotSeal where a default route exists, because lab traffic could leave the machine.
    """
    route = default_route()
    if route:
        raise CannotSeal(
            f"a default route exists here ({route}): lab traffic could leave this machine. "
            "Start through `lab.sealed.command`, never by hand"
        )
    subprocess.run(
        [tool("mount"), "-t", "tmpfs", "-o", "mode=755", "gatewatch", "/run"], check=True
    )
    NAMESPACES.mkdir()
    RESOLV.mkdir(parents=True)
    subprocess.run([tool("ip"), "link", "set", "lo", "up"], check=True)
    _point_resolver()


def default_route() -> str | None:
    """The first default route of this network namespace, as "<family> through <link>", or None."""
    for line in Path("/proc/net/route").read_text().splitlines()[1:]:
        link, destination, *_ = line.split()
        if destination == "00000000":
            return f"IPv4 through {link}"
    six = Path("/proc/net/ipv6_route")
    for line in six.read_text().splitlines() if six.exists() else ():
        destination, length, *_, link = line.split()
        # The kernel always lists an unreachable default on lo: that one leads nowhere.
        if destination == "0" * 32 and length == "00" and link != "lo":
            return f"IPv6 through {link}"
    return None


def _point_resolver() -> None:
    """The control namespace asks the lab's public resolver, not the machine's."""
    own = RESOLV / "control"
    own.write_text(f"nameserver {PUBLIC_RESOLVER}\n")
    used = Path("/etc/resolv.conf").resolve()
    if used.is_relative_to("/run"):  # systemd-resolved keeps the file where our /run now lies
        used.parent.mkdir(parents=True, exist_ok=True)
        used.touch()
    if not used.exists():
        raise CannotSeal(
            "this machine has no /etc/resolv.conf to mount over: sudo touch /etc/resolv.conf"
        )
    subprocess.run([tool("mount"), "--bind", str(own), str(used)], check=True)


def first_inhabitant(pid: int) -> int:
    """The world's process 1 by its number out here: the child that `unshare --fork` made.

    unshare itself stays in the outer process namespace: joining it would join the wrong one, and
    it blocks SIGINT and SIGTERM. Raises CannotSeal when there is none.
    """
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # the process ended while we looked
            continue
        if int(fields[1]) == pid:
            return int(stat.parent.name)
    raise CannotSeal(f"no sealed world runs under process {pid}: is the lab up?")


def main(argv: Sequence[str]) -> int:
    """Run `argv` in a fresh guarded world and answer its exit code; 3 when there can be none."""
    if not argv:
        print("usage: python -m lab.sealed COMMAND [ARGUMENT...]", file=sys.stderr)
        return 2
    inside = argv[0] == "--inside"
    try:
        if not inside:
            own = [sys.executable, "-m", "lab.sealed", "--inside", *argv]
            return subprocess.run(command(own), check=False).returncode
        enter_guard()
    except CannotSeal as reason:
        print(f"lab: {reason}", file=sys.stderr)
        return EXIT_CANNOT_SEAL
    os.execvp(argv[1], list(argv[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
