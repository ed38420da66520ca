"""A member to publish: the real template, and packages small enough to upload in a moment."""

from collections.abc import Callable
from pathlib import Path

from gatewatch.commands.render import MEMBER, Member
from gatewatch.publishing import template
from gatewatch.publishing.artefacts import zipped

HUB_BUS = "arn:aws:events:eu-west-1:123456789012:event-bus/gatewatch-hub"


def member(folder: Path, code: str = "first") -> Callable[[str], Member]:
    """The member of `member.yaml` whose every package is one file with that text."""

    def made(prefix: str) -> Member:
        document = template.load(MEMBER)
        packages = {}
        for name in template.packaged(document):
            where = folder / code / name
            where.mkdir(parents=True, exist_ok=True)
            (where / "code.py").write_text(f"# {name}: {code}\n", encoding="utf-8")
            packages[name] = zipped(name, where)
        keys = {name: package.key for name, package in packages.items()}
        return template.render(document, keys, prefix, "1.2.3"), packages

    return made
