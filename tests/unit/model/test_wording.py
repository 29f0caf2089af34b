"""Answers as an applicant reads them."""

from __future__ import annotations

from typing import Any

import pytest

from engine.model.form import Field
from engine.model.types import Type
from engine.model.wording import answer_in_words


@pytest.mark.parametrize(
    ("kind", "answer", "words"),
    [
        ("整数", 20, "20 间"), ("数", "12.50", "12.50 间"), ("是否", True, "是"), ("承诺", True, "已承诺"),
        ("承诺", False, "未承诺"), ("日期", "2026-11-02", "2026年11月2日"), ("日期", "不是日子", "不是日子"),
        ("多选", ["宾馆", "浴室"], "宾馆、浴室"), ("单选", None, "（未填）"), ("多选", [], "（未填）"),
    ],
)  # fmt: skip
def test_an_answer_reads_as_its_kind(kind: str, answer: Any, words: str) -> None:
    assert answer_in_words(Field("x", "内容", kind, Type("text"), unit="间" if "数" in kind else ""), answer) == words
