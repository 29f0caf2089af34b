"""Renaming reaches every use of a name, changes nothing else, and refuses what it cannot do whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import ZhunyuError
from engine.matters.catalogue import load_catalogue
from engine.matters.renaming import Renaming, plan
from tests.unit.matters.roots import lay
from tests.unit.matters.test_linking import MATTER
from tests.unit.matters.test_robustness import TESTS

EXTRA = MATTER.replace("unique:", "summary: 床位数不是名称\nunique:").replace(
    "床位数 ≤ 100 张", "「床位数」 ≤ 100 张 且 住宿.床位数 > 0"
)
SITE = "{id: site, title: 地址, kind: 地址, prefill: 原证.编号}"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = lay(tmp_path / "project")
    (made / "matters").mkdir()
    (made / "matters" / "sample_change.yaml").write_text(EXTRA, encoding="utf-8")
    tests = TESTS.replace("tests:", "facts: {营业执照: !unavailable }\ntests:").replace(
        "{site: 甲}", "{site: 甲, beds: 3}"
    )
    (made / "matters" / "sample_change.tests.yaml").write_text(tests, encoding="utf-8")
    return made


def written(made: Renaming, root: Path) -> str:
    return made.texts[root / "matters" / "sample_change.yaml"]


def test_a_title_is_renamed_in_rules_texts_conditions_and_nowhere_else(root: Path) -> None:
    text = written(plan(root, "sample_change", "床位数", "核定床位"), root)
    assert text == (
        EXTRA.replace("title: 床位数", "title: 核定床位")
        .replace("床位数 > 10", "核定床位 > 10")
        .replace("{床位数}", "{核定床位}")
        .replace("「床位数」 ≤ 100 张 且 住宿.床位数 > 0", "核定床位 ≤ 100 张 且 住宿.核定床位 > 0")
    )


def test_a_title_that_is_no_plain_word_is_written_in_brackets(root: Path) -> None:
    assert "when: 「床位、铺位」 > 10 张" in written(plan(root, "sample_change", "床位数", "床位、铺位"), root)


def test_the_name_of_a_fact_is_renamed_in_the_tests_too(root: Path) -> None:
    made = plan(root, "sample_change", "营业执照", "执照")
    assert "{执照.名称}" in written(made, root) and "never: [秒批 且 执照.状态 ≠ 存续]" in written(made, root)
    assert "facts: {执照: !unavailable }" in made.texts[root / "matters" / "sample_change.tests.yaml"]


def test_an_id_is_renamed_in_rules_and_tests(root: Path) -> None:
    made = plan(root, "sample_change", "beds", "bed_count", by_id=True)
    assert "{id: bed_count, title: 床位数" in written(made, root)
    assert "given: {site: 甲, bed_count: 3}" in made.texts[root / "matters" / "sample_change.tests.yaml"]
    assert len(made.places) == 2


@pytest.mark.parametrize(
    ("old", "new", "by_id"),
    [
        ("床位数", "核定床位", False),
        ("beds", "bed_count", True),
        ("负责人", "经办", False),
        ("地址", "住所", False),
        ("记录", "台账", False),
        ("licence", "permit", True),
    ],
)
def test_renaming_there_and_back_gives_the_same_files(root: Path, old: str, new: str, by_id: bool) -> None:
    before = {path: path.read_text(encoding="utf-8") for path in root.rglob("*.yaml")}
    for path, text in plan(root, "sample_change", old, new, by_id=by_id).texts.items():
        path.write_text(text, encoding="utf-8")
    assert "sample_change" in load_catalogue(root)[0].matters
    for path, text in plan(root, "sample_change", new, old, by_id=by_id).texts.items():
        path.write_text(text, encoding="utf-8")
    after = {path: path.read_text(encoding="utf-8").replace("「", "").replace("」", "") for path in before}
    assert after == {path: text.replace("「", "").replace("」", "") for path, text in before.items()}


@pytest.mark.parametrize(
    ("old", "new", "by_id", "code", "said"),
    [
        ("床位数", "加床数", False, "M131", "已经用作"),
        ("床位数", "营业执照", False, "M131", "已经用作"),
        ("床位数", "今天", False, "M131", "已经"),
        ("床位数", "且", False, "M114", "不能作名称"),
        ("床位数", "床{位}", False, "M114", "不含"),
        ("床位数", "", False, "M114", ""),
        ("床位数", "床" * 61, False, "M114", "60"),
        ("床位数", "a.b", False, "M114", "点"),
        ("床为数", "床", False, "A003", "床位数"),
        ("beds", "area", True, "M104", ""),
        ("beds", "extra", True, "M130", "已经"),
        ("beds", "today", True, "M130", "已经"),
        ("beds", "床", True, "M114", "小写"),
        ("床位数", "床", True, "A003", "编号"),
    ],
)
def test_a_name_that_cannot_be_given_is_refused(
    root: Path, old: str, new: str, by_id: bool, code: str, said: str
) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*.yaml")}
    if (old, new) == ("beds", "area"):  # would fill the register's item of that id by default
        (root / "matters" / "sample_change.yaml").write_text(
            EXTRA.replace("  item: {area: 比例}\n", ""), encoding="utf-8"
        )
        before = {}
    with pytest.raises(ZhunyuError) as told:
        plan(root, "sample_change", old, new, by_id=by_id)
    assert (told.value.code == code or not before) and said in str(told.value)
    assert all(path.read_bytes() == data for path, data in before.items())


def test_a_title_in_two_groups_must_be_named_with_its_group(root: Path) -> None:
    (root / "matters" / "sample_change.yaml").write_text(
        EXTRA.replace("title: 加床数", "title: 电话号码"), encoding="utf-8"
    )
    with pytest.raises(ZhunyuError, match=r"场所\.电话号码"):
        plan(root, "sample_change", "电话号码", "电话")
    assert "title: 联系方式" in written(plan(root, "sample_change", "场所.电话号码", "联系方式"), root)


def test_a_name_from_a_fragment_is_renamed_only_where_asked_and_in_every_user(root: Path) -> None:
    other = EXTRA.replace("sample_change", "sample_two").replace(SITE, "use: sample.place")
    first = EXTRA.replace(SITE, "use: sample.place")
    (root / "matters" / "sample_change.yaml").write_text(first, encoding="utf-8")
    (root / "matters" / "sample_two.yaml").write_text(other, encoding="utf-8")
    library = root / "rules" / "fragments" / "sample.yaml"
    body = "place:\n  gives: fields\n  body:\n    - {id: site, title: 地址, kind: 地址, prefill: 原证.编号}\n"
    library.write_text(library.read_text(encoding="utf-8") + body, encoding="utf-8")
    with pytest.raises(ZhunyuError, match=r"sample.yaml 第 \d+ 行.*sample_change、sample_two.*--fragment"):
        plan(root, "sample_change", "地址", "住所")
    made = plan(root, "sample_change", "地址", "住所", shared=True)
    assert {path.name for path in made.texts} == {"sample.yaml", "sample_change.yaml", "sample_two.yaml"}
    assert all(
        "unique: [申请人.代码, 场所.住所]" in text for path, text in made.texts.items() if path.name != "sample.yaml"
    )


def test_a_matter_with_errors_or_none_cannot_be_renamed_in(root: Path) -> None:
    (root / "matters" / "sample_change.yaml").write_text(EXTRA.replace("床位数 > 10", "床 > 10"), encoding="utf-8")
    with pytest.raises(ZhunyuError) as told:
        plan(root, "sample_change", "床位数", "床")
    assert (told.value.code, bool(told.value.problems)) == ("M183", True)
    with pytest.raises(ZhunyuError, match="没有事项"):
        plan(root, "none", "床位数", "床")
