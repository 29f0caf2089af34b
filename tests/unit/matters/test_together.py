"""A matter that is put together of several change matters: asked once, guarded where only some say it, one version."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.matters.catalogue import Catalogue, load_catalogue
from engine.matters.together_decision import conjuncts
from engine.model.matter import Matter
from engine.settings import ROOT
from tests.project import project_catalogue
from tests.unit.matters.roots import lay

PART = """\
matter: {id}
title: 变更{title}
item: {{kind: 行政许可, line: 示例, applicant: [法人]}}
authority: {{table: 示例机关}}
basis: [示例条例第一条, 示例条例第{id}条]
effective: 2025-01-20
limit: {{legal: {{days: {days}, unit: 工作日, from: 受理}}, promised: {{转人工: {days}}}}}
facts: {{licence: {{title: 营业执照, from: registry.business, with: {{code: 申请人.代码}}}}}}
acts_on: {{type: sample}}
form:
  - group: 单位
    fields:
      - {{id: phone, title: 联系电话, kind: 电话}}
  - group: 变更内容
    fields:
      - {{id: new_{id}, title: 新{title}, kind: 文本}}
materials:
  - {{id: proof, title: 证明, need: 必要, waive: {{数据共享: 营业执照.状态 = 存续 且 新{title} 不为空}}}}
  - {{id: form, title: 申请表, need: 必要, waive: {{数据共享: 总是}}}}
precheck:
  - {{id: alive, require: 营业执照.状态 = 存续, else: 不存续。, on_fail: 一次补正}}
  - {{id: filled_{id}, require: 新{title} ≠ "甲", else: 不能是甲。, on_fail: 一次补正}}
decide:
  - {{id: odd, when: 新{title} = "乙", outcome: 转人工}}
  - {{id: instant, when: 营业执照.状态 = 存续 且 新{title} ≠ "丙", outcome: 秒批}}
  - {{id: otherwise, when: 总是, outcome: 转人工}}
never: [秒批 且 新{title} = "乙", 秒批 且 营业执照.状态 ≠ 存续]
route:
  - {{step: accept, title: 受理, role: 窗口, within: {days}}}
  - {{step: approve, title: 审批, role: 审批, not_same_as: [accept]}}
certificate: {{type: sample, action: 变更, valid: 不变, number: 不变}}
"""
WHOLE = """\
matter: both
title: 几项变更
item: {kind: 行政许可, line: 示例, applicant: [法人]}
effective: 2025-01-20
together: [name, site]
"""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Matter:
    root = lay(tmp_path_factory.mktemp("together"))
    folder = root / "matters" / "x"
    folder.mkdir(parents=True)
    for id, title, days in (("name", "名称", 10), ("site", "地址", 20)):
        (folder / f"{id}.yaml").write_text(PART.format(id=id, title=title, days=days), encoding="utf-8")
    (folder / "both.yaml").write_text(WHOLE, encoding="utf-8")
    catalogue, problems = load_catalogue(root, "both")
    assert [one for one in problems if not one.code.startswith("W")] == []
    return catalogue.matters["both"]


@pytest.fixture(scope="module")
def real() -> Catalogue:
    return load_catalogue(ROOT, "public_place_changes")[0]


def test_the_form_first_asks_what_is_to_be_done_and_then_shows_shared_groups_once(sample: Matter) -> None:
    assert [group.title for group in sample.groups] == ["办理内容", "单位", "变更内容"]
    first = sample.groups[0].fields[0]
    assert ([one.value for one in first.options], first.min) == (["变更名称", "变更地址"], "1")


def test_what_only_one_part_asks_is_shown_where_that_part_is_chosen(sample: Matter) -> None:
    shown = {field.id: field.when.text if field.when else "" for group in sample.groups for field in group.fields}
    assert shown["phone"] == "" and "变更名称" in shown["new_name"] and "变更地址" in shown["new_site"]


def test_equal_checks_stand_once_and_others_under_their_part(sample: Matter) -> None:
    whens = {check.id: check.when.text for check in sample.precheck}
    assert (list(whens), whens["alive"]) == (["alive", "filled_name", "filled_site"], "总是")
    assert "变更名称" in whens["filled_name"]


def test_materials_that_the_parts_describe_differently_are_kept_apart(sample: Matter) -> None:
    needs = {need.id: (need.title, need.need) for need in sample.materials}
    assert needs == {
        "proof": ("证明", "情形必要"), "form": ("申请表", "必要"), "proof_2": ("证明（变更地址）", "情形必要"),
    }  # fmt: skip


def test_what_sends_a_part_to_people_comes_before_the_one_instant_row(sample: Matter) -> None:
    assert [(row.id, row.outcome) for row in sample.decide] == [
        ("name_odd", "转人工"), ("site_odd", "转人工"), ("instant", "秒批"), ("otherwise", "转人工"),
    ]  # fmt: skip


def test_what_may_never_happen_is_said_once_or_of_the_part_that_says_it(sample: Matter) -> None:
    assert len(sample.never) == 3


def test_the_longest_limit_counts_and_the_basis_is_that_of_all(sample: Matter) -> None:
    assert (sample.limits.legal.days, sample.limits.promised, sample.route[0].within) == (20, {"转人工": 20}, 20)
    assert sample.basis == ("示例条例第一条", "示例条例第name条", "示例条例第site条")


def test_the_certificate_has_the_lines_of_the_parts_under_their_conditions(real: Catalogue) -> None:
    (made,) = real.matters["public_place_changes"].certificates
    assert [tuple(one.lines) for one in made.also] == [("单位名称",), ("法定代表人（负责人）",), ("经营场所地址",)]


def test_a_check_that_a_chosen_part_settles_is_not_asked(real: Catalogue) -> None:
    checks = {check.id: check for check in real.matters["public_place_changes"].precheck}
    assert checks["face_current"].when.text.startswith("办理内容 不包含")


def test_the_parts_are_named_by_the_matter_put_together_of_them(real: Catalogue) -> None:
    assert real.matters["public_place_changes"].together[0] == "public_place_change_name"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("甲 = 1 且 乙 = 2", ["甲 = 1", "乙 = 2"]),
        ("甲 = 1 且 (乙 = 2 且 丙 = 3)", ["甲 = 1", "乙 = 2", "丙 = 3"]),
        ("甲 = 1 或 乙 = 2 且 丙 = 3", ["(甲 = 1 或 乙 = 2 且 丙 = 3)"]),
        ("甲 = 1 且 (乙 = 2 或 丙 = 3)", ["甲 = 1", "(乙 = 2 或 丙 = 3)"]),
        ('甲 = "a 且 b" 且 「暂且」 = 2', ['甲 = "a 且 b"', "「暂且」 = 2"]),
        ("所有 表 满足 (它.甲 = 1 且 它.乙 = 2)", ["所有 表 满足 (它.甲 = 1 且 它.乙 = 2)"]),
        ("(甲 = 1) 且 (乙 = 2)", ["甲 = 1", "乙 = 2"]),
    ],
)
def test_a_rule_is_taken_apart_into_what_all_has_to_hold(text: str, found: list[str]) -> None:
    assert conjuncts(text) == found


def test_the_whole_catalogue_finds_the_same_matter_as_reading_it_alone(real: Catalogue, tmp_path: Path) -> None:
    alone = real.matters["public_place_changes"]
    assert project_catalogue().matters["public_place_changes"].hash == alone.hash
