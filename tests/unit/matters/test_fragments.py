"""Fragments are opened with their parameters, prefixes and choices, and keep the places they came from."""

from __future__ import annotations

from typing import Any

from engine.errors import Problem
from engine.matters.fragment_library import library
from engine.matters.fragments import Opening
from engine.matters.yaml_reader import parse

FRAGMENTS = """
site:
  gives: fields
  params: {title: {kind: 文本, default: 经营地址}, help: {kind: 文本, default: ""}}
  body:
    - {id: site, title: "{param:title}", kind: 地址, help: $help}
    - {id: floor, title: 楼层, kind: 文本}
place:
  gives: form
  body:
    - group: 场所
      fields:
        - use: s.site
          with: {title: 场所地址}
desk:
  gives: route
  body:
    - {step: accept, title: 受理, role: 窗口, results: {补: again, 过: approve}}
    - {step: approve, title: 审批, role: 审批, not_same_as: [accept]}
size:
  gives: precheck
  params: {most: {kind: 整数}, when: {kind: 规则, default: 总是}}
  body:
    - {id: small, when: $when, require: "面积 ≤ {param:most}", fields: $fields_, else: 大, on_fail: 提示}
choice:
  gives: precheck
  params: {ids: {kind: 列表}}
  body:
    - {id: one, fields: $ids, require: 总是, on_fail: 提示}
    - {id: two, fields: [甲, $ids], require: 总是, on_fail: 提示}
facts_one:
  gives: facts
  params: {line: {kind: 文本}}
  body:
    ban: {from: own.bans, with: {line: '"{param:line}"'}}
facts_two:
  gives: facts
  body:
    licence: {from: registry}
agreeing:
  gives: countersign
  params: {of: {kind: 列表, default: [甲]}}
  body:
    - {id: place, title: 同意, by: 代码, of: $of, text: 同意。}
watching:
  gives: watch
  body:
    - {use: burst, holds: true}
""".replace(", fields: $fields_", "")


def opened(text: str) -> tuple[Any, list[Problem]]:
    fragments, wrong = library([("s", parse(FRAGMENTS.encode(), "rules/fragments/s.yaml")[0])])
    assert wrong == ()
    opening = Opening(fragments)
    node = opening.matter(parse(text.encode(), "m.yaml")[0])
    return node, opening.problems


def test_a_fragment_stands_in_the_place_of_its_use() -> None:
    node, problems = opened("form:\n- group: 甲\n  fields:\n  - {id: a}\n  - use: s.site\n  - {id: b}\n")
    assert problems == [] and [one["id"] for one in node["form"][0]["fields"]] == ["a", "site", "floor", "b"]


def test_what_another_party_confirms_may_be_a_fragment() -> None:
    node, problems = opened("countersign: [{use: s.agreeing, with: {of: [代码, 日期]}}]")
    (one,) = node["countersign"]
    assert problems == [] and (one["id"], list(one["of"])) == ("place", ["代码", "日期"])


def test_a_parameter_is_filled_into_text() -> None:
    node, _ = opened("form: [{use: s.place}]")
    assert node["form"][0]["fields"][0]["title"] == "场所地址"


def test_a_parameter_that_is_not_given_takes_its_default() -> None:
    node, _ = opened("form: [{group: 甲, fields: [{use: s.site}]}]")
    assert node["form"][0]["fields"][0]["title"] == "经营地址"


def test_an_empty_parameter_leaves_its_key_out() -> None:
    node, _ = opened("form: [{group: 甲, fields: [{use: s.site}]}]")
    assert "help" not in node["form"][0]["fields"][0]


def test_a_whole_value_keeps_the_type_of_its_parameter() -> None:
    node, _ = opened('precheck: [{use: s.size, with: {most: 60, when: {"==": [1, 1]}}}]')
    assert node["precheck"][0]["when"] == {"==": [1, 1]}


def test_a_list_parameter_is_given_whole_and_spread_inside_a_list() -> None:
    node, _ = opened("precheck: [{use: s.choice, with: {ids: [乙, 丙]}}]")
    assert [one["fields"] for one in node["precheck"]] == [["乙", "丙"], ["甲", "乙", "丙"]]


def test_a_prefix_is_set_before_ids_and_before_references_among_them() -> None:
    node, _ = opened("route: [{use: s.desk, as: again}]")
    accept, approve = node["route"]
    assert (accept["step"], accept["results"]) == ("again_accept", {"补": "again", "过": "again_approve"})
    assert approve["not_same_as"] == ["again_accept"]


def test_only_keeps_the_named_ids() -> None:
    node, _ = opened("form: [{group: 甲, fields: [{use: s.site, only: [floor]}]}]")
    assert [one["id"] for one in node["form"][0]["fields"]] == ["floor"]


def test_only_reaches_the_fields_inside_groups() -> None:
    node, _ = opened("form: [{use: s.place, only: [site]}]")
    assert [one["id"] for one in node["form"][0]["fields"]] == ["site"]


def test_several_fragments_of_a_mapping_share_their_parameters() -> None:
    node, problems = opened("facts:\n  use: [s.facts_one, s.facts_two]\n  with: {line: 公共场所}\n")
    assert problems == [] and list(node["facts"]) == ["ban", "licence"]


def test_a_literal_argument_keeps_its_quotes() -> None:
    node, _ = opened("facts: {use: s.facts_one, with: {line: 公共场所}}")
    assert node["facts"]["ban"]["with"]["line"] == '"公共场所"'


def test_an_opened_node_keeps_the_place_in_its_own_file() -> None:
    node, _ = opened("form: [{group: 甲, fields: [{use: s.site}]}]")
    mark = node["form"][0]["fields"][0].value_at["kind"]
    assert (mark.file, mark.line) == ("rules/fragments/s.yaml", 6)


def test_an_anomaly_rule_is_not_taken_for_a_fragment() -> None:
    node, problems = opened("watch: [{use: burst, with: {limit: 3}}, {use: s.watching}]")
    assert problems == [] and [one["use"] for one in node["watch"]] == ["burst", "burst"]


def test_the_body_of_a_fragment_is_not_changed_by_its_use() -> None:
    first, _ = opened("form: [{group: 甲, fields: [{use: s.site, as: one, with: {title: 甲址}}, {use: s.site}]}]")
    assert [one["id"] for one in first["form"][0]["fields"]] == ["one_site", "one_floor", "site", "floor"]


def test_braces_cannot_reach_attributes() -> None:
    node, problems = opened('precheck: [{use: s.size, with: {most: 1, when: "{param:most.__class__}"}}]')
    assert problems == [] and node["precheck"][0]["when"] == "{param:most.__class__}"


def test_a_parameter_is_not_filled_into_what_another_parameter_brought() -> None:
    node, _ = opened('precheck: [{use: s.size, with: {most: 1, when: "{param:most}"}}]')
    assert node["precheck"][0]["when"] == "{param:most}"
