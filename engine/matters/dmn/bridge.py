"""Between the decision table of a matter and a DMN decision table: what one can say and the other cannot is named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from engine.errors import Problem, ZhunyuError
from engine.matters.dmn import sfeel
from engine.matters.dmn.sfeel import Compare, Interval, Operand, Ref, Tests
from engine.matters.dmn.tables import DecisionTable, Input, Output, TableRule, Text
from engine.matters.table import FIRST, HEADS, OUTCOMES, UNIQUE, Table, Written, outcome
from engine.matters.table_cells import ANYTHING, Column, cell, column
from engine.matters.yaml_reader import Mark
from engine.model.values import Json
from engine.rules.scope import Scope, is_word

_HITS = {FIRST: "FIRST", UNIQUE: "UNIQUE"}
_TYPES = {"number": "number", "bool": "boolean", "date": "date", "text": "string", "enum": "string"}
_SIGNS = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}


def to_dmn(table: Table, scope: Scope, name: str) -> DecisionTable:
    """The table as DMN. ZhunyuError D104, with every problem, for what S-FEEL cannot say.

    A table with 唯一 ends with a row for all else; in DMN that row holds along with the others, so it becomes the
    default output.
    """
    problems: list[Problem] = []
    places = table.conditions()
    heads = {place: made for place in places if (made := column(table.heads[place].text, scope, Mark())[0])}
    for place in places:
        head = heads.get(place)
        if head is None or not head.named or head.kind.many:
            what = f"列“{table.heads[place].text}”不是单个名称，DMN 的 S-FEEL 表达不了。"
            problems.append(Problem("D104", what, "请先把它做成表单字段或事实的内容，或改用 .xlsx。"))
    outputs = [(place, key) for place, key in table.columns()]
    rules: list[TableRule] = []
    for row in table.rows:
        cells: list[Text] = []
        for place in places:
            feel = _feel_cell(row[place].text, heads[place], scope) if place in heads else ""
            if feel is None:
                what = f"{row[0].text} 行“{table.heads[place].text}”列的“{row[place].text}”，S-FEEL 表达不了。"
                problems.append(Problem("D104", what, "请改写这个单元格，或改用 .xlsx。"))
            cells.append(Text(feel or ANYTHING))
        rules.append(TableRule(tuple(cells), tuple(_out(row[place].text, key) for place, key in outputs)))
    if problems:
        raise ZhunyuError("D104", "裁决表不能导出为 DMN。", "可以改用 .xlsx。", problems=tuple(problems))
    last = None
    if table.hit == UNIQUE and all(one.text == ANYTHING for one in rules[-1].inputs):
        last = rules.pop()
    inputs = tuple(Input(Text(_path(heads[place])), table.heads[place].text, _TYPES.get(heads[place].kind.kind, ""))
                   for place in places)  # fmt: skip
    made_outputs = tuple(
        Output(key, HEADS[key], "boolean" if key == "commitment" else "string", Text(""),
               last.outputs[at] if last else Text(""))
        for at, (_, key) in enumerate(outputs)
    )  # fmt: skip
    return DecisionTable(name, _HITS[table.hit], inputs, made_outputs, tuple(rules))


def from_dmn(table: DecisionTable, scope: Scope, file: str) -> tuple[Table | None, tuple[Problem, ...]]:
    """The table of a matter; None, with every problem, for what a matter's table cannot say."""
    hits = {there: here for here, there in _HITS.items()}
    problems: list[Problem] = []
    if table.hit not in hits:
        how = f"{table.hit} {table.aggregation}".strip()
        advice = "事项的裁决表只有 FIRST（先中）和 UNIQUE（唯一）。"
        problems.append(Problem("D102", f"决策“{table.name}”的命中策略 {how} 不能用于事项。", advice, file))
    heads = [_head(one, scope) for one in table.inputs]
    keys = [outcome(one.name) or outcome(one.label) for one in table.outputs]
    for key, one in zip(keys, table.outputs, strict=True):
        if not key:
            advice = f"事项的裁决表认识的输出：{'、'.join(OUTCOMES)}。"
            problems.append(Problem("D102", f"输出“{one.name or one.label}”没有对应的列。", advice, file))
    problems += _defaults(table, keys, file)
    for given in table.inputs:
        if not re.fullmatch(r"[^\W\d][\w.]*", given.expression.text):
            at, what = given.expression, f"输入表达式“{given.expression.text}”不是名称，不能导入。"
            problems.append(Problem("D102", what, "请先把它做成表单字段或事实的内容。", file, at.line, at.column))
    rows: list[tuple[Written, ...]] = []
    for number, rule in enumerate(table.rules, 1):
        entries = dict(zip(keys, rule.outputs, strict=True))
        cells = [Written(entries["id"].text if "id" in entries else f'"row_{number}"')]
        cells += [_said(text, head) for text, (_, head) in zip(rule.inputs, heads, strict=True)]
        rows.append(tuple(cells) + tuple(Written(text.text) for key, text in entries.items() if key != "id"))
    if problems:
        return None, tuple(problems)
    rest = [key for key in keys if key != "id"]
    if any(one.default.text for one in table.outputs):
        default = {key: one.default.text for key, one in zip(keys, table.outputs, strict=True)}
        rows.append(tuple(map(Written, [default.get("id", '"otherwise"'), *([ANYTHING] * len(heads)),
                                        *(default[key] for key in rest)])))  # fmt: skip
    made = [tuple(_entered(one, place > len(heads) or place == 0) for place, one in enumerate(row)) for row in rows]
    titles = [HEADS["id"], *(text for text, _ in heads), *(HEADS[key] for key in rest)]
    return Table(tuple(map(Written, titles)), tuple(made), hits[table.hit]), ()


def paths_of(table: DecisionTable, scope: Scope) -> tuple[str, ...]:
    """The stored paths of the inputs; the expression itself where it names nothing of the matter."""
    found = [column(one.expression.text, scope, Mark())[0] for one in table.inputs]
    return tuple(_path(head) if head else one.expression.text for head, one in zip(found, table.inputs, strict=True))


def _defaults(table: DecisionTable, keys: list[str], file: str) -> Iterator[Problem]:
    given = [one for one in table.outputs if one.default.text]
    if given and (table.hit != "UNIQUE" or len(given) < len(keys)):
        at = given[0].default
        what = f"输出“{given[0].name}”的默认值（defaultOutputEntry）不能表达。"
        yield Problem("D102", what, "请写成最后一条规则，条件都是 -。", file, at.line, at.column)


def _path(head: Column) -> str:
    logic = head.logic
    return str(logic["var"]) if isinstance(logic, dict) else head.text


def _out(text: str, key: str) -> Text:
    if key == "commitment":
        return Text("true" if text == "是" else "false")
    return Text(sfeel.shown("" if text == ANYTHING else text))


def _feel_cell(text: str, head: Column, scope: Scope) -> str | None:
    found = cell(text, head, scope)
    if found.problems:
        return None
    if found.logic is None:
        return ANYTHING
    made = _tests(found.logic, head.logic)
    return sfeel.written(made) if made is not None else None


def _tests(logic: Json, subject: Json) -> Tests | None:
    if not isinstance(logic, dict):
        return None
    name, given = next(iter(logic.items()))
    if name == "!":
        inner = _tests(given[0], subject)
        return None if inner is None or inner.negated else Tests(inner.parts, True)
    if name == "!=":
        inner = _tests({"==": given}, subject)
        return Tests(inner.parts, True) if inner is not None else None
    if name == "or":
        parts = [_tests(one, subject) for one in given]
        if any(one is None or one.negated for one in parts):
            return None
        return Tests(tuple(part for one in parts if one is not None for part in one.parts))
    if name == "and":
        return _interval(given, subject)
    if given[0] != subject:
        return None
    if name == "empty":
        return Tests((Compare("=", None),))
    if name == "in" and isinstance(given[1], list):
        values = [_operand(one) for one in given[1]]
        return Tests(tuple(Compare("=", one[0]) for one in values if one)) if all(values) else None
    operand = _operand(given[1]) if name == "==" or name in _SIGNS else None
    return Tests((Compare(_SIGNS.get(name, "="), operand[0]),)) if operand else None


def _interval(given: Json, subject: Json) -> Tests | None:
    ends = [next(iter(one.items())) for one in given if isinstance(one, dict)]
    if len(ends) != 2 or ends[0][0] not in (">", ">=") or ends[1][0] not in ("<", "<="):
        return None
    low, high = _operand(ends[0][1][1]), _operand(ends[1][1][1])
    if ends[0][1][0] != subject or ends[1][1][0] != subject or not low or not high:
        return None
    return Tests((Interval(low[0], high[0], ends[0][0] == ">", ends[1][0] == "<"),))


def _operand(logic: Json) -> tuple[Operand] | None:
    """The S-FEEL operand of a stored one, in a tuple; None when there is none."""
    if isinstance(logic, (str, bool)):
        return (logic,)
    if isinstance(logic, int):
        return (Decimal(logic),)
    if isinstance(logic, dict) and "dec" in logic:
        return (Decimal(str(logic["dec"])),)
    if isinstance(logic, dict) and "date" in logic:
        return (date.fromisoformat(str(logic["date"])),)
    if isinstance(logic, dict) and "var" in logic and re.fullmatch(r"[^\W\d][\w.]*", str(logic["var"])):
        return (Ref(str(logic["var"])),)
    return None


def _head(one: Input, scope: Scope) -> tuple[str, Column | None]:
    """The name of a column: the label where it names the same as the expression, else the expression."""
    found = column(one.expression.text, scope, Mark())[0]
    labelled = column(one.label, scope, Mark())[0] if one.label else None
    if found is not None and labelled is not None and found.logic == labelled.logic:
        return one.label, labelled
    return one.expression.text, found


def _said(text: Text, head: Column | None) -> Written:
    """An input cell in the shorthand of a matter's table."""
    found = sfeel.tests(text.text)
    if not found.parts:
        return Written(ANYTHING)
    values = head.kind.values if head is not None else ()
    if found.parts == (Compare("=", None),):
        return Written("不为空" if found.negated else "为空")
    said = ", ".join(_said_part(part, values) for part in found.parts)
    return Written(f"非 {said}" if found.negated else said)


def _said_part(part: Compare | Interval, values: tuple[str, ...]) -> str:
    if isinstance(part, Interval):
        low, high = _said_operand(part.low, values), _said_operand(part.high, values)
        return f"{'(' if part.low_open else '['}{low}..{high}{')' if part.high_open else ']'}"
    text = _said_operand(part.operand, values)
    return text if part.sign == "=" else f"{part.sign.replace('<=', '≤').replace('>=', '≥').replace('!=', '≠')} {text}"


def _said_operand(operand: Operand, values: tuple[str, ...]) -> str:
    if operand is None:
        return "为空"
    if isinstance(operand, bool):
        return "是" if operand else "否"
    if isinstance(operand, date):
        return operand.isoformat()
    if isinstance(operand, str):
        return operand if operand in values and is_word(operand) else sfeel.shown(operand)
    return sfeel.shown(operand)


def _entered(one: Written, output: bool) -> Written:
    """An output cell as plain text; an input cell as it is."""
    if not output or one.text == ANYTHING:
        return one
    value = sfeel.literal(one.text)
    if isinstance(value, bool):
        return Written("是" if value else ANYTHING)
    text = value.name if isinstance(value, Ref) else value if isinstance(value, str) else sfeel.shown(value)
    return Written(text or ANYTHING)
