"""`gatewatch render`: the member's template as a StackSet carries it, on standard output."""

import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from gatewatch.failure import OK
from gatewatch.publishing import artefacts, template
from gatewatch.publishing.artefacts import Artefact
from gatewatch.publishing.template import Rendered

MEMBER = artefacts.ROOT / "member.yaml"
Member = tuple[Rendered, dict[str, Artefact]]
UNNAMED = "gatewatch-artefacts"


def run(prefix: str | None) -> int:
    """Print the template; its code is looked for in the buckets `<prefix>-<Region>`."""
    if prefix is None:
        prefix = UNNAMED
        print(
            f"code is looked for in the buckets {prefix}-<Region>; --prefix names others",
            file=sys.stderr,
        )
    rendered, _ = rendered_member(template.check_prefix(prefix))
    sys.stdout.write(rendered.text)
    return OK


def rendered_member(prefix: str) -> Member:
    """The template and the packages that it names, built from this checkout."""
    document = template.load(MEMBER)
    with tempfile.TemporaryDirectory(prefix="gatewatch-") as folder:
        packages = artefacts.build(template.packaged(document), Path(folder))
    keys = {name: package.key for name, package in packages.items()}
    return template.render(document, keys, prefix, version("gatewatch")), packages
