"""What entries of a source have where they say nothing else: SSM parameters of the member, one for
each source, `/gatewatch/defaults/<source>`. The organisation's file has its own."""

from dataclasses import dataclass, field
from typing import Any

from checker.aws import Clients
from checker.parameters import below
from checker.settings import Settings
from probing.endpoint import Problem
from probing.fields import Place
from reasoning import document, registry_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """Raw values by source, as an entry would write them."""

    of: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read(clients: Clients, settings: Settings, kinds: frozenset[str]) -> Defaults:
    """All of them; what is broken is a problem and is not applied. Raises SourceRefused."""
    found: dict[str, dict[str, Any]] = {}
    problems: list[Problem] = []
    for parameter in below(clients.ssm, settings.defaults_path, recursive=False):
        name, source = str(parameter["Name"]), f"ssm:{parameter['Name']}"
        kind = name.removeprefix(settings.defaults_path)
        if kind not in kinds:
            what, mend = "names no source", f"call it {' or '.join(sorted(kinds))}"
            problems.append(Problem(source=source, path="entry", what=what, mend=mend))
            continue
        read = document.load(parameter["Value"], source)
        told: list[Problem] = []
        values = registry_file.defaults(read.data, Place(source, "", told)) if read.data else {}
        # Who looks is for an entry to say, or for the organisation's file.
        if values.pop("from", None) is not None:
            mend = "write it into the entries"
            told.append(Problem(source=source, path="from", what="is no default", mend=mend))
        found[kind] = values
        problems += (*read.problems, *read.placed(told))
    return Defaults(of=found, problems=tuple(problems))
