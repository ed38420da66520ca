"""CloudFormation's short tags (`!Ref x`) in YAML: read, and written back as they were."""

from typing import Any

import yaml


class Tagged(yaml.SafeLoader):
    """Reads CloudFormation's short tags as values that `TaggedDumper` writes back unchanged."""


class TaggedDumper(yaml.SafeDumper):
    """Writes back what `Tagged` read."""


class _Short:
    def __init__(self, tag: str, value: Any) -> None:
        self.tag, self.value = tag, value


def _construct(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> _Short:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    return _Short("!" + suffix, value)


def _represent(dumper: yaml.SafeDumper, short: _Short) -> yaml.Node:
    if isinstance(short.value, str):
        return dumper.represent_scalar(short.tag, short.value)
    if isinstance(short.value, list):
        return dumper.represent_sequence(short.tag, short.value)
    return dumper.represent_mapping(short.tag, short.value)


Tagged.add_multi_constructor("!", _construct)
TaggedDumper.add_representer(_Short, _represent)
