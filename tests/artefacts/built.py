"""What was built, as the built templates tell: folders, handlers, layers and environments."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.template.documents import load

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".aws-sam" / "build"
MEMBER = BUILD / "Member"
REGION = "us-east-1"
PSEUDO = {"AWS::AccountId": "111122223333", "AWS::Region": REGION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """A function as its template has it. `code` is a folder, or the text of an inline module;
    `layers` are folders in the template's order."""

    name: str
    code: Path | str
    handler: str
    layers: tuple[Path, ...]
    environment: dict[str, str]
    timeout_seconds: int
    memory_mb: int
    json_logs_by_lambda: bool


def function(template: Path, logical: str) -> Artefact:
    """A function of a built template, whose layers stand in the same template."""
    document = load(str(template))
    resources, base = document["Resources"], template.parent
    properties = resources[logical]["Properties"]
    layers = [resources[layer["Ref"]]["Properties"]["Content"] for layer in properties["Layers"]]
    code, found = base / properties["Code"], tuple(base / layer for layer in layers)
    return _artefact(document, logical, code=code, layers=found)


def canary() -> Artefact:
    """The function of a VPC's stack, on the layers that the built member gives out."""
    document, member = load("vpc.yaml"), load(str(MEMBER / "template.yaml"))
    properties = document["Resources"]["Canary"]["Properties"]
    logical = [member["Outputs"][layer["Ref"]]["Value"]["Ref"] for layer in properties["Layers"]]
    contents = [member["Resources"][name]["Properties"]["Content"] for name in logical]
    code, found = properties["Code"]["ZipFile"], tuple(MEMBER / content for content in contents)
    return _artefact(document, "Canary", code=code, layers=found)


def _artefact(
    document: dict[str, Any], logical: str, *, code: Path | str, layers: tuple[Path, ...]
) -> Artefact:
    properties = document["Resources"][logical]["Properties"]
    variables = properties["Environment"]["Variables"]
    return Artefact(
        name=logical,
        code=code,
        handler=properties["Handler"],
        layers=layers,
        environment={name: _value(document, value) for name, value in variables.items()},
        timeout_seconds=properties["Timeout"],
        memory_mb=properties.get("MemorySize", 128),
        json_logs_by_lambda=properties.get("LoggingConfig", {}).get("LogFormat") == "JSON",
    )


def _value(document: dict[str, Any], value: Any) -> str:
    """What a deployment would put there; of a resource, a text that looks like its ARN."""
    if not isinstance(value, dict):
        return str(value)
    (target,) = value.values()
    name = target if isinstance(target, str) else target[0]
    parameter = document["Parameters"].get(name, {})
    made = f"arn:aws:made:{REGION}:{PSEUDO['AWS::AccountId']}:{name}"
    return str(PSEUDO.get(name, parameter.get("Default", made)))
