"""Conditions of templates: Fn::Join, which MiniStack compares unresolved, so never as equal.

Decided here: a Join over texts and parameters is put in before MiniStack evaluates the condition
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html
lists Join among the functions that conditions may hold).
"""

from typing import Any

from lab.emulator.touched import Touch, replace

_CFN = "ministack.services.cloudformation"
EVALUATORS = tuple(
    Touch(module=f"{_CFN}.{name}", name="_evaluate_conditions", parameters=("template", "params"))
    for name in ("engine", "changesets", "handlers", "stacks")
)
TOUCHED = EVALUATORS
Params = dict[str, Any]


def joined(expression: Any, params: Params) -> Any:
    """`expression` with every Fn::Join in it replaced by its text."""
    if isinstance(expression, list):
        return [joined(part, params) for part in expression]
    if not isinstance(expression, dict):
        return expression
    if "Fn::Join" in expression:
        separator, parts = expression["Fn::Join"]
        return str(separator).join(_texts(parts, params))
    return {key: joined(part, params) for key, part in expression.items()}


def _texts(parts: Any, params: Params) -> list[str]:
    if isinstance(parts, list):
        return [text for part in parts for text in _texts(part, params)]
    if isinstance(parts, dict) and "Ref" in parts:
        value = str(params[parts["Ref"]]["Value"])  # a list parameter is one text in MiniStack
        return [item.strip() for item in value.split(",")]
    return [str(parts)]


def _resolving(original: Any) -> Any:
    def evaluate(template: dict[str, Any], params: Params) -> Any:
        conditions = joined(template.get("Conditions", {}), params)
        return original(template | {"Conditions": conditions}, params)

    return evaluate


def install() -> None:
    """Resolve Joins before conditions are evaluated, wherever MiniStack evaluates them."""
    for touch in EVALUATORS:
        replace(touch, _resolving)
