"""What an applicant reads of a waiver follows from what its rule compares with."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.matters.catalogue import load_catalogue
from engine.matters.codes import warning
from engine.model.form import MaterialNeed, Waiver
from engine.model.wording import waivable_in_words, waived_by, waived_in_words
from tests.unit.matters.roots import lay

MATTER = """matter: waived
title: 示例事项
item: {{kind: 行政许可, line: 示例, applicant: [法人]}}
authority: {{table: 示例机关}}
basis: [示例条例第一条]
effective: 2025-01-20
limit: {{legal: 无规定}}
facts: {{licence: {{title: 营业执照, from: registry.business, with: {{code: 申请人.代码}}}}}}
acts_on: {{type: sample, status: 有效, holder: 申请单位, lock: true}}
form:
  - group: 单位
    fields:
      - {{id: name, title: 单位名称, kind: 文本}}
      - {{id: promise, title: 书面承诺, kind: 是否}}
materials:
  - id: paper
    title: 证明
    need: 必要
    waive: {waive}
decide:
  - {{id: otherwise, when: 总是, outcome: 转人工}}
"""


def waiver(root: Path, written: str) -> Waiver:
    lay(root)
    (root / "matters" / "x").mkdir(parents=True)
    (root / "matters" / "x" / "waived.yaml").write_text(MATTER.format(waive=written), encoding="utf-8")
    catalogue, problems = load_catalogue(root)
    assert [one for one in problems if not warning(one)] == []
    return catalogue.matters["waived"].materials[0].waive[0]


@pytest.mark.parametrize(
    ("written", "before", "after"),
    [
        ("{数据共享: 营业执照.状态 = 存续}", "由企业登记库核验一致的", "已由企业登记库核验"),
        (
            "{电子证照: 原证.状态 = 有效 且 营业执照.状态 = 存续}", "由企业登记库、证照库核验一致的",
            "已由企业登记库、证照库核验",
        ),
        ("{数据共享: 申请人.授权 = 授权}", "由登录身份核验一致的", "已由登录身份核验"),
        ("{告知承诺: 书面承诺 = 是}", "作出书面承诺的", "已作出书面承诺"),
        ("{数据共享: 单位名称 不为空}", "填报内容核对一致的", "已由填报内容核对"),
        ("{数据共享: {when: 营业执照.状态 = 存续, say: 登记机关已经推送}}", "登记机关已经推送", "登记机关已经推送"),
        ('{数据共享: {"==": [{"var": "licence.status"}, "存续"]}}', "由企业登记库核验一致的", "已由企业登记库核验"),
    ],
)  # fmt: skip
def test_a_waiver_is_said_in_a_sentence_and_never_as_a_rule(
    tmp_path: Path, written: str, before: str, after: str
) -> None:
    made = waiver(tmp_path, written)
    assert (waivable_in_words(made), waived_in_words(made)) == (f"可免交：{before}", f"免交：{after}")


def test_what_the_form_itself_gives_is_never_asked_for(tmp_path: Path) -> None:
    made = waiver(tmp_path, "{数据共享: 总是}")
    assert waivable_in_words(made) == waived_in_words(made) == "免交：由填报内容生成"


def test_a_waiver_of_an_older_version_is_said_by_its_way(tmp_path: Path) -> None:
    assert waived_by(MaterialNeed("paper", "证明", "必要"), "数据共享") == "免交：数据共享"
    assert waived_by(MaterialNeed("paper", "证明", "必要"), "") == ""
