"""Tidying a rule text changes its looks and nothing else."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rules.compiler import compile_rule
from engine.rules.spacing import meaning, tidy
from tests.unit.rules import rich
from tests.unit.rules.generator import Generator
from tests.unit.rules.rich import Rich
from tests.unit.rules.test_lossless import english
from tests.unit.rules.vocabulary import SCOPE, rule

TIDIED = [
    ("area<=60 and 床位数==3", "area ≤ 60 且 床位数 = 3"), ("（经营面积 ＞ ７０）且 床位数 ＝ １２", "(经营面积 > 70) 且 床位数 = 12"),
    ("床位数>-3 或 -床位数 < - 2", "床位数 > -3 或 -床位数 < -2"), ("数量 ( 清单 )>0", "数量(清单) > 0"),
    ("场所类别 not in[宾馆,旅店]", "场所类别 不属于 [宾馆, 旅店]"), ("经营地址 =“甲”", '经营地址 = "甲"'),
    ("代码.场所类型 [场所类别] . 起点面积<100万元", "代码.场所类型[场所类别].起点面积 < 100 万元"),
    ("出生日期 满 3 年\n  或 !(床位数=1)", "出生日期 满3年\n  或 非 (床位数 = 1)"), ("count(清单)*2 ÷ 3 != 1", "数量(清单) × 2 ÷ 3 ≠ 1"),
    ("所有 清单 满足(它.数量>外.床位数)", "所有 清单 满足 (它.数量 > 外.床位数)"), ("经营地址 is  not empty", "经营地址 不为空"),
    ("床位数 =", "床位数 ="), ("「经营面积」>5", "「经营面积」 > 5"), ('经营地址 = “a"b”', '经营地址 = “a"b”'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "tidied"), TIDIED)
def test_a_text_is_tidied_and_stays_tidy(text: str, tidied: str) -> None:
    assert (tidy(text), tidy(tidied)) == (tidied, tidied)
    assert compile_rule(text, SCOPE)[0] == compile_rule(tidied, SCOPE)[0]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**9))
def test_tidying_keeps_the_meaning_of_any_rule_and_is_done_once(seed: int) -> None:
    texts = (english(rule(Rich(Random(seed)).rule(), scope=rich.SCOPE).text), Generator(seed).rule())
    for text, scope in zip(texts, (rich.SCOPE, SCOPE), strict=True):
        tidied = tidy(text)
        assert tidy(tidied) == tidied
        assert meaning(tidied) == meaning(text)
        assert compile_rule(tidied, scope)[0] == compile_rule(text, scope)[0]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_any_text_can_be_tidied(text: str) -> None:
    assert meaning(tidy(text)) == meaning(text)
