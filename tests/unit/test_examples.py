"""What examples/ tells teams to write is read by the checker, and is right in its own language."""

import ast
import re
from pathlib import Path
from typing import Any

import hcl2
import pytest
from cfnlint.api import lint

from probing.endpoint import Endpoint
from probing.registration import parse
from reasoning import registry_file
from reasoning.document import read_endpoint
from tests.template.documents import load

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
UNKNOWN = "x"
"""What stands for a value that is known only when the stack is made."""


def cloudformation() -> tuple[str, str]:
    """(name of the parameter, its text)."""
    [check] = [
        resource["Properties"]
        for resource in load("examples/cloudformation.yaml")["Resources"].values()
        if resource["Type"] == "AWS::SSM::Parameter"
    ]
    return check["Name"], re.sub(r"\$\{[^}]+\}", UNKNOWN, check["Value"]["Fn::Sub"])


def terraform() -> tuple[str, str]:
    document = hcl2.loads((EXAMPLES / "terraform" / "main.tf").read_text(encoding="utf-8"))
    [check] = [
        of
        for block in document["resource"]
        for kind, named in block.items()
        if kind.strip('"') == "aws_ssm_parameter"
        for of in named.values()
        if isinstance(of, dict)
    ]
    text = re.sub(r"\$\{[^}]+\}", UNKNOWN, check["value"])
    return check["name"].strip('"'), heredoc(text)


def heredoc(text: str) -> str:
    """The text of `<<-WORD … WORD`, its indentation taken off as Terraform does."""
    lines = [
        line for line in text.strip('"').splitlines() if not re.fullmatch(r"\s*(<<-)?YAML", line)
    ]
    indent = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    return "\n".join(line[indent:] for line in lines)


def cdk() -> tuple[str, dict[str, Any]]:
    """The arguments of StringParameter, taken out of the source: the CDK itself is not here."""
    tree = ast.parse((EXAMPLES / "cdk" / "orders_stack.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    [made] = [c for c in calls if getattr(c.func, "attr", "") == "StringParameter"]
    given = {keyword.arg: keyword.value for keyword in made.keywords}
    dumped = given["string_value"]
    assert isinstance(dumped, ast.Call)
    return str(value_of(given["parameter_name"])), value_of(dumped.args[0])


def value_of(node: ast.AST) -> Any:
    if isinstance(node, ast.Dict):
        keys = (value_of(key) for key in node.keys if key is not None)
        return dict(zip(keys, map(value_of, node.values), strict=True))
    if isinstance(node, ast.JoinedStr):
        return "".join(map(str, map(value_of, node.values)))
    return node.value if isinstance(node, ast.Constant) else UNKNOWN


def endpoints() -> dict[str, Endpoint]:
    found: dict[str, Endpoint] = {}
    for tool, (name, text) in {
        "CloudFormation": cloudformation(),
        "Terraform": terraform(),
    }.items():
        endpoint, problems = read_endpoint(text, source=name, default_id=name.rpartition("/")[2])
        assert endpoint is not None, problems
        found[tool] = endpoint
    name, raw = cdk()
    endpoint, problems = parse(raw, source=name, default_id=name.rpartition("/")[2])
    assert endpoint is not None, problems
    return found | {"CDK": endpoint}


@pytest.mark.parametrize("tool", ["CloudFormation", "Terraform", "CDK"])
def test_an_example_registers_what_it_says(tool: str) -> None:
    endpoint = endpoints()[tool]
    assert (endpoint.id, endpoint.owner) == ("orders-api", "payments")
    assert endpoint.source == "/gatewatch/endpoints/orders-api"
    assert endpoint.url.endswith("/health") and endpoint.auth is not None
    assert endpoint.expect.latency_ms == 2000
    assert endpoint.chosen is not None and endpoint.chosen.wanted.tags == {"stage": ("prod",)}


def test_the_template_is_right_by_cfn_lint() -> None:
    text = (EXAMPLES / "cloudformation.yaml").read_text(encoding="utf-8")
    assert [str(match) for match in lint(text)] == []


def test_the_organisations_file_is_read() -> None:
    read = registry_file.read((EXAMPLES / "endpoints.yaml").read_text(encoding="utf-8"), "")
    assert (read.problems, read.refused) == ((), "")
    assert [endpoint.id for endpoint in read.endpoints] == ["identity-provider", "ledger-api"]
