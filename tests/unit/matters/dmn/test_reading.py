"""Reading DMN files: real tables of every version, hostile files, and what is refused by name."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.matters.dmn.hits import Evaluator
from engine.matters.dmn.reading import read_dmn

SHELL = """<?xml version="1.0" encoding="UTF-8"?>
<d:definitions xmlns:d="{namespace}" name="x" namespace="urn:x" id="x">
  <d:decision id="a" name="甲">{beside}
    {table}
  </d:decision>
  <d:inputData id="i" name="age"/>{more}
</d:definitions>
"""
TABLE = """<d:decisionTable {hit}>
      <d:input label="年龄"><d:inputExpression typeRef="number"><d:text>age</d:text></d:inputExpression></d:input>
      <d:output name="o"/>
      <d:rule><d:inputEntry><d:text>{cell}</d:text></d:inputEntry>
        <d:outputEntry><d:text>{out}</d:text></d:outputEntry></d:rule>
      <d:rule><d:inputEntry><d:text>&gt; 3</d:text></d:inputEntry>
        <d:outputEntry><d:text>2</d:text></d:outputEntry></d:rule>
    </d:decisionTable>"""
LATEST = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def file(
    cell: str = "&gt; 1", out: str = "1", hit: str = "", beside: str = "", more: str = "", namespace: str = LATEST
) -> bytes:
    """A file with one table, and something else in it."""
    made = TABLE.replace("{cell}", cell).replace("{out}", out).replace("{hit}", hit)
    parts = {"namespace": namespace, "beside": beside, "more": more, "table": made}
    text = SHELL
    for key, value in parts.items():
        text = text.replace("{" + key + "}", value)
    return text.encode()


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        LATEST,
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_tables_of_every_version_are_read(namespace: str) -> None:
    tables, problems = read_dmn(file(namespace=namespace), "x.dmn")
    assert problems == () and tables[0].name == "甲" and tables[0].hit == "UNIQUE"


@pytest.mark.parametrize(
    ("given", "said", "line"),
    [
        ({"cell": "contains(1)"}, "contains", 6),
        ({"cell": "&lt; 5 + 1"}, "“+”", 6),
        ({"out": "age * 2"}, "“*”", 7),
        ({"hit": 'hitPolicy="LAST"'}, "LAST", 4),
        ({"beside": '<d:knowledgeRequirement id="k"/>'}, "knowledgeRequirement", 3),
        ({"beside": '<d:informationRequirement><d:requiredDecision href="#b"/></d:informationRequirement>'},
         "requiredDecision", 3),
        ({"beside": "<d:literalExpression><d:text>1</d:text></d:literalExpression>"}, "literalExpression", 3),
        ({"more": '<d:businessKnowledgeModel name="算"/>'}, "businessKnowledgeModel“算”", 13),
        ({"more": '<d:decisionService name="服务"/>'}, "decisionService", 13),
    ],
)  # fmt: skip
def test_what_a_table_cannot_say_is_refused_by_name_and_line(given: dict[str, str], said: str, line: int) -> None:
    _, problems = read_dmn(file(**given), "x.dmn")
    assert len(problems) == 1 and problems[0].code in ("D102", "D103")
    assert said in problems[0].what and problems[0].file == "x.dmn"
    assert abs(problems[0].line - line) <= 1


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="&b;"/>"""


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (BOMB, "实体"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><definitions/>', "实体"),
        (b"<definitions>", "完好"),
        (b"", "完好"),
        (b"\xff\xfe\x00", "完好"),
        (b"<svg/>", "不是 DMN"),
        (b'<definitions xmlns="http://example.org"/>', "不是 DMN"),
        (b"<a>" * 200, "过深"),
        (b" " * (5 * 1024 * 1024), "超过"),
    ],
)
def test_a_hostile_or_broken_file_is_one_problem_in_words(data: bytes, said: str) -> None:
    tables, problems = read_dmn(data, "x.dmn")
    assert tables == () and [one.code for one in problems] == ["D101"] and said in problems[0].what


def test_a_cell_too_many_is_told() -> None:
    data = file().replace(b"<d:inputEntry>", b"<d:inputEntry><d:text>-</d:text></d:inputEntry><d:inputEntry>", 1)
    assert "列数" in read_dmn(data, "x.dmn")[1][0].what


def evaluated(hit: str, age: int) -> tuple[object, str]:
    tables, problems = read_dmn(file(hit=hit), "x.dmn")
    assert problems == ()
    result = Evaluator(tables[0]).evaluate({"age": Decimal(age)})
    return result.value, result.fault


def test_two_rules_of_a_unique_table_give_no_result() -> None:
    assert evaluated("", 2) == (Decimal(1), "")
    value, fault = evaluated("", 4)
    assert value is None and "UNIQUE" in fault


def test_rules_of_an_any_table_must_agree() -> None:
    value, fault = evaluated('hitPolicy="ANY"', 4)
    assert value is None and "ANY" in fault


@pytest.mark.parametrize(
    ("aggregation", "age", "value"),
    [("MAX", 4, Decimal(2)), ("MIN", 4, Decimal(1)), ("SUM", 4, Decimal(3)), ("COUNT", 0, Decimal(0)),
     ("SUM", 0, None)],
)  # fmt: skip
def test_collected_values_are_put_together(aggregation: str, age: int, value: Decimal | None) -> None:
    assert evaluated(f'hitPolicy="COLLECT" aggregation="{aggregation}"', age) == (value, "")


def test_a_table_of_many_results_that_none_fits_gives_an_empty_list() -> None:
    assert evaluated('hitPolicy="RULE ORDER"', 0) == ([], "")
