"""A running world as a runner handles it: clients, ids, typed commands, what was heard."""

import json
import os
import re
import shlex
import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from lab import tools
from lab.collector import Collector
from lab.neighbour import Neighbour
from lab.world.model import World
from lab.world.parts import Member
from probing.clock import Clock

ENDPOINT = "http://127.0.0.1:4566"
DATA_PLANE = "http://127.0.0.1:4567"
_PLACE = re.compile(r"\{([a-z][a-z0-9_.-]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """One actor's keys in the emulator."""

    access_key: str
    secret_key: str
    token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A command as a person typed it and what came of it."""

    at: float
    actor: str
    command: str
    code: int
    output: str
    error: str


@dataclass(slots=True, kw_only=True)
class LiveWorld:
    """`ids`: names used in scenario files ("vpc.a", "subnet.a", "api.orders-api", what steps
    saved) to real ids. `stack`: outputs of the hub ("Hub.TableName") and of the member nested in
    it ("Member.TableName"); `members`: those of every member, the nested one among them.
    `running`: the world's own processes by the name of their log; `neighbours`: functions of
    other teams that work meanwhile. `up_seconds`: the real time that it took to come up."""

    world: World
    clock: Clock
    directory: Path
    admin: Credentials
    collector: Collector | None = None
    actors: dict[str, Credentials] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    stack: dict[str, str] = field(default_factory=dict)
    members: dict[Member, dict[str, str]] = field(default_factory=dict)
    typed: list[Typed] = field(default_factory=list)
    began_at: float = 0.0
    up_seconds: float = 0.0
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    neighbours: list[Neighbour] = field(default_factory=list)

    def client(self, service: str, actor: str | None = None, at: Member | None = None) -> Any:
        """A boto3 client of the emulator: as a named actor where he is at home, else as the
        administrator `at` a member, by default the hub's."""
        home = at or (self.world.home(self.world.actors[actor]) if actor else self.world.hub)
        keys = self.actors[actor] if actor else self._admin_of(home.account)
        return boto3.client(
            service,
            region_name=home.region,
            endpoint_url=ENDPOINT,
            aws_access_key_id=keys.access_key,
            aws_secret_access_key=keys.secret_key,
            aws_session_token=keys.token or None,
            config=Config(retries={"max_attempts": 0}, connect_timeout=5, read_timeout=120),
        )

    def home(self, vpc: str) -> Member:
        """The account and Region of a VPC by its name in the world."""
        return self.world.home(self.world.vpcs[vpc])

    def _admin_of(self, account: str) -> Credentials:
        # The emulator takes the id of an account as its administrator's access key.
        return replace(self.admin, access_key=account)

    @property
    def heard(self) -> Collector:
        if self.collector is None:
            raise RuntimeError("nobody listens yet: deploy first")
        return self.collector

    def expand(self, text: str) -> str:
        """Replace `{vpc.a}` and the like; KeyError names what the scenario did not define."""
        return _PLACE.sub(lambda found: self.ids[found.group(1)], text)

    def environment(self, actor: str | None = None) -> dict[str, str]:
        """The environment of a command typed in this world: nothing of the machine's own AWS
        settings, never instance metadata."""
        keys = self.actors[actor] if actor else self.admin
        home = self.world.home(self.world.actors[actor]) if actor else self.world.hub
        kept = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        own = {
            "AWS_ENDPOINT_URL": ENDPOINT,
            "AWS_ACCESS_KEY_ID": keys.access_key,
            "AWS_SECRET_ACCESS_KEY": keys.secret_key,
            "AWS_DEFAULT_REGION": home.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "SAM_CLI_TELEMETRY": "0",
            "HOME": str(self.directory),  # the AWS CLI's aliases and models lie in ~/.aws
            "GATEWATCH_CLOCK": str(self.clock),
        }
        if keys.token:
            own["AWS_SESSION_TOKEN"] = keys.token
        return kept | own

    def type(self, actor: str, command: str, given: str = "") -> Typed:
        """Run an AWS CLI command as `actor` would type it, `given` on its standard input; never
        raises for its failure."""
        words = shlex.split(self.expand(command))
        argv = [*tools.program(words[0]), *words[1:]]
        at = self.clock.now_at()
        done = subprocess.run(
            argv,
            env=self.environment(actor),
            input=self.expand(given),
            capture_output=True,
            text=True,
            timeout=120,
        )
        typed = Typed(
            at=at,
            actor=actor,
            command=self.expand(command),
            code=done.returncode,
            output=done.stdout,
            error=done.stderr.strip(),
        )
        self.typed.append(typed)
        return typed

    def save(self, typed: Typed, wanted: dict[str, str]) -> None:
        """Keep ids out of a command's JSON answer: name -> path with dots ("VpcEndpoint.Id")."""
        answer = json.loads(typed.output or "{}")
        for name, path in wanted.items():
            value: Any = answer
            for part in path.split("."):
                value = value[int(part)] if part.isdigit() else value[part]
            self.ids[name] = str(value)
