"""A DMN decision table as a value, its cells still S-FEEL text (OMG DMN 1.3, clause 8)."""

from __future__ import annotations

import msgspec

from engine.errors import register

HITS = {
    "UNIQUE": "U", "ANY": "A", "PRIORITY": "P", "FIRST": "F", "RULE ORDER": "R", "OUTPUT ORDER": "O", "COLLECT": "C",
}  # fmt: skip
AGGREGATIONS = ("SUM", "COUNT", "MIN", "MAX")

register(
    {
        "D101": "表格文件读不出或不是所说的格式",
        "D102": "DMN 里有此处不能表达的内容",
        "D103": "S-FEEL 单元格写法有误",
        "D104": "裁决表不能导出为这种格式",
        "D105": "电子表格里有不能用的单元格",
        "D106": "导入的裁决行与 DMN 的规则结果不同",
    }
)


class Text(msgspec.Struct, frozen=True):
    """A piece of S-FEEL and where it stands in its file (line and column from 1, 0 unknown)."""

    text: str
    line: int = 0
    column: int = 0


class Input(msgspec.Struct, frozen=True, omit_defaults=True):
    """An input column: its expression, its label, the type named, and the values it may have ("" for all)."""

    expression: Text
    label: str = ""
    type: str = ""
    values: Text = Text("")


class Output(msgspec.Struct, frozen=True, omit_defaults=True):
    """An output column: its name, the values in order of priority ("" for none), and what holds if no rule does."""

    name: str = ""
    label: str = ""
    type: str = ""
    values: Text = Text("")
    default: Text = Text("")


class TableRule(msgspec.Struct, frozen=True, omit_defaults=True):
    """One rule: a cell for each input and for each output."""

    inputs: tuple[Text, ...]
    outputs: tuple[Text, ...]
    id: str = ""


class DecisionTable(msgspec.Struct, frozen=True, omit_defaults=True):
    """A decision with its table. `hit` is one of HITS, `aggregation` one of AGGREGATIONS or "" (COLLECT only)."""

    name: str
    hit: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[TableRule, ...]
    aggregation: str = ""
