"""`gatewatch import`: checks of other tools as registry entries, and what is not carried over."""

import sys
from pathlib import Path

import yaml

from gatewatch.failure import OK, PARTIAL, USAGE, Failed
from gatewatch.importing import blackbox, gatus, openapi
from gatewatch.importing.draft import Draft, mapping_of

KINDS = {module.KIND: module for module in (blackbox, gatus, openapi)}
HEAD = """\
# Made by `gatewatch import`. Say who looks before you use it: `accounts: all` is every VPC of every
# account that has a canary. One entry alone may also be an SSM parameter.
"""


def run(kind: str, file: Path, modules: Path | None) -> int:
    """Prints the organisation's file to stdout, what is left out to stderr; 4 when anything is.
    Raises Failed for a file that cannot be read."""
    if kind not in KINDS:
        raise Failed(f"{kind}: choose one of {', '.join(sorted(KINDS))}", code=USAGE)
    others = mapping_of(_text(modules), str(modules)) if modules else {}
    draft = KINDS[kind].read(mapping_of(_text(file), str(file)), str(file), others)
    print(written(draft), end="")
    for line in draft.left:
        print(line, file=sys.stderr)
    return PARTIAL if draft.left else OK


def written(draft: Draft) -> str:
    """The text of an organisation's file with the entries."""
    document = {"defaults": {"from": {"accounts": "all"}}, "endpoints": draft.entries}
    return HEAD + str(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100))


def _text(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Failed(f"{file}: cannot be read: {error}", code=USAGE) from error
