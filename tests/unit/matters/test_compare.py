"""Differences between two versions are told in words."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from engine.matters.catalogue import load_catalogue
from engine.matters.compare import compare
from engine.model.matter import Matter
from tests.unit.matters.roots import lay
from tests.unit.matters.test_linking import MATTER


def load(root: Path, text: str) -> Matter:
    lay(root)
    (root / "matters").mkdir(exist_ok=True)
    (root / "matters" / "sample_change.yaml").write_text(text, encoding="utf-8")
    return load_catalogue(root, "sample_change")[0].matters["sample_change"]


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Matter:
    return load(tmp_path_factory.mktemp("old"), MATTER)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("title: 示例事项", "title: 示例许可", "名称：由 “示例事项” 改为 “示例许可”。"),
        ("床位数 ≤ 100 张", "床位数 ≤ 90 张", "核对“few”的要求：由 “床位数 ≤ 100” 改为 “床位数 ≤ 90”。"),
        ("on_fail: 一次补正", "on_fail: 转人工", "核对“few”的不通过的后果：由 “一次补正” 改为 “转人工”。"),
        ("秒批: 0, ", "", "承诺时限：删去 秒批 “0”。"),
        ("basis: [示例条例第一条]", "basis: [示例条例第一条, 第二条]", "依据：新增 “第二条”。"),
        (
            "      - {id: phone, title: 电话号码, kind: 电话}\n",
            "",
            "删去字段组“场所”的字段“电话号码”（phone）。",
        ),
        ("places: 3, min: 0.500", "places: 3, min: 0.600", "字段“比例”（rate）的最小：由 “0.500” 改为 “0.600”。"),
    ],
)
def test_a_change_is_one_sentence(old: Matter, tmp_path: Path, before: str, after: str, sentence: str) -> None:
    assert before in MATTER
    found = compare(old, load(tmp_path, MATTER.replace(before, after, 1)))
    assert any(one.endswith(sentence) for one in found)


def test_nothing_changed_gives_nothing(old: Matter) -> None:
    assert compare(old, old) == ()


def test_a_changed_code_list_is_told(old: Matter) -> None:
    new = msgspec.structs.replace(old, codes={"项目": ("宾馆",)})
    assert compare(old, new) == ("代码表“项目”：新写 “宾馆”。",)


def test_a_changed_order_is_told(old: Matter) -> None:
    new = msgspec.structs.replace(old, precheck=(old.precheck[1], old.precheck[0], old.precheck[2]))
    assert compare(old, new) == ("核对的先后改变了。",)
