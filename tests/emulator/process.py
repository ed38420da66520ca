"""An emulator as a real process on a free loopback port, driven over HTTP."""

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from lab import tools

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT, OTHER, REGION = "111122223333", "444455556666", "us-east-1"
SCALE = 20.0
WORLD = {
    "region": REGION,
    "account": ACCOUNT,
    "accounts": [ACCOUNT, OTHER],
    "delays": {"cloudtrail": 4, "endpoint_available": 20, "interface_release": 60},
    "actors": {
        "netadmin": {
            "type": "sso",
            "user": "netadmin@example.com",
            "role": "NetworkAdministrator",
            "tool": "terraform",
            "address": "198.51.100.7",
        },
        "deployer": {
            "type": "ci",
            "role": "deploy-pipeline",
            "session": "run-4711",
            "tool": "cloudformation",
        },
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulator:
    """A running emulator and how to talk to it."""

    url: str
    log: Path

    def client(
        self, service: str, key: str = ACCOUNT, region: str = REGION, **credentials: str
    ) -> Any:
        """A boto3 client; an account id as the key is that account's administrator."""
        given = {"aws_access_key_id": key, "aws_secret_access_key": "test", **credentials}
        config = Config(retries={"max_attempts": 0}, region_name=region)
        return boto3.client(
            service, endpoint_url=self.url, region_name=region, config=config, **given
        )

    def lab(self, path: str, data: Any = None, method: str | None = None) -> Any:
        """A /_lab/ request: GET, or POST with `data`."""
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(
            f"{self.url}/_lab/{path}", data=body, method=method or ("POST" if body else "GET")
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def as_actor(self, actor: Any) -> Callable[[str], Any]:
        """A maker of clients that type as `actor` (one of the world's, or a whole one)."""
        made = self.lab("actors", {"actor": actor})

        def client(service: str, region: str = REGION) -> Any:
            return self.client(
                service,
                key=made["access_key"],
                region=region,
                aws_secret_access_key=made["secret_key"],
                aws_session_token=made["session_token"],
            )

        return client

    def records(self, event_name: str) -> list[dict[str, Any]]:
        """The tap's entries of one event name, oldest first."""
        return [one for one in self.lab("tap") if one["detail"]["eventName"] == event_name]


def until(claim: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Poll `claim` until it is truthy; fails after `seconds` of real time."""
    deadline = time.monotonic() + seconds
    while not (found := claim()):
        assert time.monotonic() < deadline, "it never became true"
        time.sleep(0.05)
    return found


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(directory: Path, world: dict[str, Any]) -> tuple[subprocess.Popen[bytes], Emulator]:
    """Start an emulator of `world`; the caller ends the process."""
    port, at = free_port(), time.time()
    (directory / "world.json").write_text(json.dumps(world))
    log = directory / "emulator.log"
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(directory),
        "TMPDIR": str(directory),
        "PYTHONPATH": f"{ROOT}:{ROOT}/layers/probing",
        "GATEWAY_PORT": str(port),
        "GATEWATCH_WORLD": str(directory / "world.json"),
        "GATEWATCH_CLOCK": f"{at}/{at}/{SCALE}",
    }
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(tools.ministack_python()), "-m", "lab.emulator"],
            env=environ, cwd=directory, stdout=out, stderr=out,
        )  # fmt: skip
    emulator = Emulator(url=f"http://127.0.0.1:{port}", log=log)

    def answers() -> bool:
        assert process.poll() is None, log.read_text()
        try:
            return bool(emulator.lab("clock"))
        except OSError:
            return False

    until(answers, 30)
    return process, emulator


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A VPC of its own with two subnets."""

    vpc: str
    subnets: tuple[str, str]


def make_network(emulator: Emulator, dns: bool = True, key: str = ACCOUNT) -> Network:
    """A fresh VPC 10.0.0.0/16 with two subnets."""
    ec2 = emulator.client("ec2", key)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    if dns:
        ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    made = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"{REGION}{az}")
        for n, az in ((0, "a"), (1, "b"))
    ]
    return Network(vpc=vpc, subnets=tuple(one["Subnet"]["SubnetId"] for one in made))
