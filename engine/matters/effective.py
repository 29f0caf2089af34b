"""The effective matter as YAML text: every fragment opened, nothing else changed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import yaml

from engine.matters.yaml_reader import Map


class _Writer(yaml.SafeDumper):
    """Writes decimals as they were written, and long text as a block."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _decimal(writer: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
    return writer.represent_scalar("tag:yaml.org,2002:float", format(value, "f"))


def _text(writer: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return writer.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Writer.add_representer(Decimal, _decimal)
_Writer.add_representer(str, _text)


def written(node: Map) -> str:
    """The YAML of a tree; reading it gives the same tree."""
    return yaml.dump(_plain(node), Dumper=_Writer, allow_unicode=True, sort_keys=False, width=110)


def _plain(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items()}
    return [_plain(value) for value in node] if isinstance(node, list) else node
