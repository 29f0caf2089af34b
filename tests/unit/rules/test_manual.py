"""The manual of the rule language is true: its table is the profile's, and every example in it is executed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.rules import problems
from engine.rules.closures import BUDGET
from engine.rules.compiler import compile_rule
from engine.rules.evaluator import UNKNOWN, evaluate
from engine.rules.patterns import MAX_PATTERN
from engine.rules.profile import table
from engine.rules.spacing import tidy
from engine.rules.words import explain
from tests.unit.rules.vocabulary import AWAY, EMPTY, ENV, HIDDEN, PENDING, SCOPE, rule

TEXT = (Path(__file__).parents[3] / "docs" / "规则语言.md").read_text(encoding="utf-8")
SAID = {True: "是", False: "否", UNKNOWN: "不确定"}
STATES = {"有值": 72.5, "空": EMPTY, "不适用": HIDDEN, "待填": PENDING, "未取到": AWAY}


def tables(*titles: str) -> Iterator[list[str]]:
    """The rows of every table of the manual whose first columns have these titles, cells without backquotes."""
    inside = False
    for line in TEXT.splitlines():
        cells = [re.sub(r"^`|`$", "", one.strip().replace("\\|", "|")) for one in re.split(r"(?<!\\)\|", line)[1:-1]]
        if tuple(cells[: len(titles)]) == titles:
            inside = True
        elif not line.startswith("|"):
            inside = False
        elif inside and not line.startswith("|---"):
            yield cells


WORDS = list(tables("写作", "英文", "意思", "例", "结果"))
EXAMPLES = [*tables("规则", "结果"), *tables("内容", "结果"), *([row[3], row[4]] for row in WORDS)]


def test_the_table_of_words_is_the_profile() -> None:
    assert [row[:3] for row in WORDS] == [[one.chinese, f"{one.english}", one.doc] for one in table()]


@pytest.mark.parametrize(("row", "name"), list(zip(WORDS, [one.name for one in table()], strict=True)), ids=lambda one: str(one)[:20])
def test_the_example_of_a_word_uses_it(row: list[str], name: str) -> None:
    assert f'"{name}"' in json.dumps(rule(row[3]).logic)


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row[0])
def test_an_example_gives_the_result_it_tells(row: list[str]) -> None:
    made = evaluate(rule(row[0]), ENV, SCOPE.titles)
    assert SAID[made.value] == row[1]
    assert row[1] != "不确定" or row[2] in "".join(explain(made.trace))


@pytest.mark.parametrize("row", list(tables("是什么", "何时")), ids=lambda row: row[0])
def test_the_five_kinds_of_value_answer_as_told(row: list[str]) -> None:
    env = ENV | {"area": ENV["area"] if row[0] == "有值" else STATES[row[0]]}
    asked = ("经营面积 为空", "经营面积 未取到", "经营面积 > 5")
    told = [SAID[evaluate(rule(one), env).value] for one in asked]
    assert told == [row[2], row[3], "是" if row[4] == "照算" else row[4]]


@pytest.mark.parametrize("sign", ["且", "或"])
def test_the_tables_of_three_values_are_true(sign: str) -> None:
    judged = {"是": "床位数 = 12", "否": "床位数 = 13", "不确定": "床位数 ÷ 0 = 1"}
    for first, *cells in tables(sign, "是", "否", "不确定"):
        for second, cell in zip(judged, cells, strict=True):
            made = rule(f"{judged[first.strip('*')]} {sign} {judged[second]}")
            assert SAID[evaluate(made, ENV).value] == cell


@pytest.mark.parametrize("row", list(tables("写成", "整理后")), ids=lambda row: row[0])
def test_tidying_gives_what_the_manual_shows(row: list[str]) -> None:
    assert tidy(row[0]) == row[1]


@pytest.mark.parametrize("row", list(tables("写成", "检查会说")), ids=lambda row: row[0])
def test_a_slip_is_told_in_the_words_of_the_manual(row: list[str]) -> None:
    _, found = compile_rule(row[0], SCOPE)
    assert "".join(one.what + one.next for one in found) == row[1]


@pytest.mark.parametrize("row", list(tables("规则", "JsonLogic")), ids=lambda row: row[0])
def test_both_spellings_are_one_rule(row: list[str]) -> None:
    assert rule(row[0]).logic == json.loads(row[1])
    assert rule(json.loads(row[1])) == rule(row[0])


def test_the_bounds_are_those_of_the_program() -> None:
    bounds = [int(match.group()) for row in tables("限度", "值") if (match := re.search(r"\d+", row[1]))]
    assert bounds == [
        problems.MAX_TEXT, problems.MAX_DEPTH, problems.MAX_NODES, problems.MAX_LIST, problems.MAX_DIGITS, MAX_PATTERN, BUDGET,
    ]  # fmt: skip


def test_the_manual_has_examples_of_everything() -> None:
    assert len(EXAMPLES) >= 90
    assert all(list(tables(*one)) for one in (("写成", "整理后"), ("写成", "检查会说"), ("规则", "JsonLogic"), ("是什么", "何时")))
