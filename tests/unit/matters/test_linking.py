"""What the linker makes of a matter: paths, defaults, guards, and what it keeps from the original certificate."""

from __future__ import annotations

import msgspec
import pytest

from engine.matters.catalogue import load_catalogue
from engine.matters.encoding import decode, encode
from engine.model.form import Field
from engine.model.matter import Matter, Numbering, Validity
from engine.model.rule import ALWAYS
from tests.unit.matters.roots import lay

MATTER = """\
matter: sample_change
title: 示例事项
item: {kind: 行政许可, line: 示例, applicant: [法人]}
authority: {by: 所在区, table: 各区机关}
basis: [示例条例第一条]
effective: 2025-01-20
limit:
  legal: {days: 20, from: 收到, extend: {days: 10, by: 机关负责人}}
  promised: {秒批: 0, 转人工: 待业务确认}
facts:
  licence: {title: 营业执照, from: registry.business, with: {code: 申请人.代码}, retry: 30 分钟, max_age: 1 天}
  notes: {title: 记录, from: own.notes, with: {text: '"示例"'}}
  each: {title: 地址核对, from: registry.address, with: {address: 它.住址}, each: 人员清单}
unique: [申请人.代码, 场所.地址]
acts_on: {type: sample, status: 有效}
form:
  - group: 场所
    fields:
      - {id: site, title: 地址, kind: 地址, prefill: 原证.编号}
      - {id: region, title: 所在区, kind: 区街道}
      - {id: rate, title: 比例, kind: 数, places: 3, min: 0.500}
      - {id: lodging, title: 有住宿, kind: 是否}
      - {id: boss, title: 负责人, kind: 人员}
      - {id: phone, title: 电话号码, kind: 电话}
  - group: 住宿
    when: 有住宿 = 是
    fields:
      - {id: beds, title: 床位数, kind: 整数, unit: 张}
      - {id: extra, title: 加床数, kind: 整数, unit: 张, when: 床位数 > 10 张}
      - {id: people, title: 人员清单, kind: 表格, required: 否, columns: [{id: home, title: 住址, kind: 地址}]}
materials:
  - {id: plan, title: 平面图, need: 情形必要, when: 有住宿 = 是, waive: {告知承诺: 总是, 数据共享: 从不}}
precheck:
  - id: few
    when: 有住宿 = 是
    require: 床位数 ≤ 100 张
    else: 床位 {床位数} 太多，{营业执照.名称} 在 {参数.起点面积} 以上才可以。
    on_fail: 一次补正
  - {id: noted, require: 记录 为空, else: 有记录。, on_fail: 提示, fields: [地址]}
  - {id: asked, require: 地址核对 不为空, else: 没有核对。, on_fail: 提示}
decide:
  - {id: instant, when: 营业执照.状态 = 存续 且 比例 > 0.5, outcome: 秒批}
  - {id: otherwise, when: 总是, outcome: 转人工}
never: [秒批 且 营业执照.状态 ≠ 存续]
route:
  - {step: accept, title: 受理, role: 窗口, auto: 预审全部通过}
certificate:
  type: sample
  action: 变更
  item: {area: 比例}
"""


@pytest.fixture(scope="module")
def matter(tmp_path_factory: pytest.TempPathFactory) -> Matter:
    root = lay(tmp_path_factory.mktemp("project"))
    (root / "matters").mkdir()
    (root / "matters" / "sample_change.yaml").write_text(MATTER, encoding="utf-8")
    catalogue, problems = load_catalogue(root, "sample_change")
    assert [str(one) for one in problems if one.code != "W102"] == []
    return catalogue.matters["sample_change"]


def field(matter: Matter, id: str) -> Field:
    return next(one for one in matter.fields() if one.id == id)


def test_rules_are_stored_by_id(matter: Matter) -> None:
    assert matter.decide[0].when.reads == ("licence.status", "rate")


def test_rules_read_back_in_titles(matter: Matter) -> None:
    assert matter.decide[0].when.text == "营业执照.状态 = 存续 且 比例 > 0.5"


def test_names_in_texts_become_paths(matter: Matter) -> None:
    assert matter.precheck[0].message == "床位 {beds} 太多，{licence.name} 在 {param.threshold} 以上才可以。"


def test_a_parameter_named_only_in_a_text_is_kept_with_the_matter(matter: Matter) -> None:
    assert [one.id for one in matter.parameters] == ["threshold"]


def test_the_district_of_a_region_field_chooses_the_office(matter: Matter) -> None:
    assert matter.authority_by == "region.district"


def test_the_offered_districts_are_the_code_list(matter: Matter) -> None:
    assert [one.value for one in field(matter, "region").options] == ["黄浦区", "徐汇区"]


def test_literal_arguments_are_marked(matter: Matter) -> None:
    assert next(one for one in matter.facts if one.key == "notes").args == {"text": "=示例"}


def test_arguments_from_the_session_are_paths(matter: Matter) -> None:
    assert matter.facts[0].args == {"code": "applicant.code"}


def test_a_fact_asked_for_each_row_reads_the_row_and_holds_rows(matter: Matter) -> None:
    each = matter.facts[2]
    assert (each.each, each.args, each.type.kind) == ("people", {"address": "row.home"}, "rows")


def test_durations_are_seconds(matter: Matter) -> None:
    assert (matter.facts[0].retry, matter.facts[0].max_age) == (1800, 86400)


def test_a_name_with_its_group_is_found(matter: Matter) -> None:
    assert matter.unique == ("applicant.code", "site")


def test_bounds_keep_their_digits(matter: Matter) -> None:
    assert field(matter, "rate").min == "0.500"


def test_the_fields_of_a_check_are_those_it_reads(matter: Matter) -> None:
    assert matter.precheck[0].fields == ("beds",)


def test_named_fields_of_a_check_take_precedence(matter: Matter) -> None:
    assert matter.precheck[1].fields == ("site",)


def test_a_field_keeps_its_own_condition_apart_from_its_groups(matter: Matter) -> None:
    extra = field(matter, "extra").when
    assert extra is not None and extra.text == "床位数 > 10"


def test_a_way_that_never_waives_is_left_out(matter: Matter) -> None:
    assert [(one.way, one.when) for one in matter.materials[0].waive] == [("告知承诺", ALWAYS)]


def test_a_change_keeps_term_and_number_of_the_original(matter: Matter) -> None:
    made = matter.certificates[0]
    assert (made.valid, made.number) == (Validity(kept=True), Numbering(kept=True))


def test_a_line_not_given_is_kept_from_the_original(matter: Matter) -> None:
    assert matter.certificates[0].lines["单位名称"].logic == {"var": "original.face.单位名称"}


def test_lines_filled_by_the_engine_are_not_among_the_rules(matter: Matter) -> None:
    assert list(matter.certificates[0].lines) == ["单位名称"]


def test_an_item_is_the_given_rule(matter: Matter) -> None:
    assert matter.certificates[0].item["area"].reads == ("rate",)


def test_identity_and_phone_of_a_person_are_sensitive(matter: Matter) -> None:
    assert {"boss.id_no", "boss.phone", "phone"} <= set(matter.sensitive)


def test_every_path_has_a_title_for_explanations(matter: Matter) -> None:
    assert (matter.titles["licence.status"], matter.titles["region.district"]) == ("营业执照.状态", "所在区.区")


def test_an_unknown_promise_waits_for_confirmation(matter: Matter) -> None:
    assert matter.confirm == ("转人工的承诺时限",) and matter.limits.promised == {"秒批": 0}


def test_limits_are_read_whole(matter: Matter) -> None:
    limits = matter.limits
    assert (limits.legal.days, limits.legal.start, limits.extend_days, limits.extend_by) == (
        20,
        "收到",
        10,
        "机关负责人",
    )


def test_a_sentence_to_be_proved_speaks_of_the_outcome(matter: Matter) -> None:
    assert matter.never[0].reads == ("licence.status", "outcome.instant")


def test_a_step_may_finish_by_itself_when_every_check_passed(matter: Matter) -> None:
    auto = matter.route[0].auto
    assert auto is not None and auto.reads == ("precheck_passed",)


def test_the_order_of_the_face_outlives_publication(matter: Matter) -> None:
    lines = {"乙": ALWAYS, "甲": ALWAYS}
    made = msgspec.structs.replace(matter.certificates[0], lines=lines)
    again = decode(encode(msgspec.structs.replace(matter, certificates=(made,))))
    assert list(again.certificates[0].lines) == ["乙", "甲"]


def test_the_columns_of_a_table_keep_their_order_in_publication(matter: Matter) -> None:
    type = field(matter, "boss").type
    again = decode(encode(matter))
    assert list(field(again, "boss").type.parts) == list(type.parts) == ["name", "id_no", "phone"]
