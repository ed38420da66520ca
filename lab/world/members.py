"""Members of other accounts and Regions: their stacks, as a StackSet would deploy them.

Decided here: which parameters they get. Not decided here: how a stack is uploaded and made
(deploy). There is no StackSet here: each stack is made by its own account's administrator.
"""

import shutil
from pathlib import Path

import yaml

from lab import tools
from lab.world import deploy
from lab.world.live import LiveWorld
from lab.world.parts import Member
from lab.world.short_tags import Tagged

CANARY = "CanaryCode"
"""The folder of the canary's layer in what is built, and its logical id."""
BLIND = 'raise ImportError("this release cannot look")\n'


def stack_of(live: LiveWorld, home: Member) -> str:
    """The name of the stack that holds a member. Those of an account's Regions differ, as a
    StackSet's do: the emulator makes a role's name of it, and roles are of all Regions."""
    return deploy.STACK if home == live.world.hub else f"{deploy.STACK}-member-{home.region}"


def install(live: LiveWorld, parameters: dict[str, str], own: dict[str, dict[str, str]]) -> None:
    """A member's stack in each account and Region of the world but the hub's, all at once.

    `parameters` are those of the hub's stack; a member gets the ones that it knows. `own`: further
    ones by account, or by "account/region". Raises DeployFailed.
    """
    begun = [one for one in live.world.members if one not in live.members]
    for home in begun:
        begin(live, home, parameters | own.get(home.account, {}) | own.get(str(home), {}))
    for home in begun:
        live.members[home] = deploy.await_stack(live, home, stack_of(live, home))


def begin(live: LiveWorld, home: Member, parameters: dict[str, str]) -> None:
    """Begin to make one member's stack."""
    template = tools.built() / deploy.MEMBER / "template.yaml"
    known = yaml.load(template.read_text(), Loader=Tagged)["Parameters"]
    given = {name: value for name, value in parameters.items() if name in known}
    given["HubBusArn"] = live.stack["Hub.HubBusArn"]
    deploy.create(live, home, stack_of(live, home), template, given)


def release(live: LiveWorld, home: Member, name: str, *, blind: bool) -> None:
    """Bring a member of another account or Region to release `name`: its stack is updated, with
    other code of the canary, and with `blind` with one that cannot look. Raises DeployFailed."""
    stack, template = stack_of(live, home), _with_canary_of(live, name, blind) / "template.yaml"
    deploy.update(live, home, stack, template, {"Release": name})
    live.members[home] = deploy.await_stack(live, home, stack, deploy.UPDATED)


def _with_canary_of(live: LiveWorld, name: str, blind: bool) -> Path:
    """The member as it is built, but for its canary: every other package has the same bytes."""
    built, folder = tools.built() / deploy.MEMBER, live.directory / f"release-{name}"
    folder.mkdir()
    for one in built.iterdir():
        if one.name != CANARY:
            (folder / one.name).symlink_to(one)
    shutil.copytree(built / CANARY, folder / CANARY)
    code = folder / CANARY / "python" / "canary"
    (code / "released").write_text(name)
    if blind:
        (code / "app.py").write_text(BLIND)
    return folder
