"""Tidying files changes how rules look and nothing else; a file whose meaning would change is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.matters import reference
from engine.matters.formatting import formatted
from engine.matters.scalars import replaced, scalars, spelled
from engine.matters.yaml_reader import parse
from tests.unit.matters.test_linking import MATTER

PROJECT = Path(__file__).parents[3]
SHARED = reference.load(PROJECT)
UNTIDY = """\
# 一行注释{space}
precheck:
  - id: few     # 行尾注释

    when: 有住宿==是 and 床位数>=1 张


    require: |
      床位数<=100 and
        (比例>0.5 or 记录 is empty)
    else: "床位 <= 100 and 不改文字"
  - {id: two, require: '床位数!=1', waive: {告知承诺: a=1 , 数据共享: 从不}}
  - {id: three, require: "经营地址 =\\"甲\\""}
never: [秒批 and 比例<0.5,   秒批 且 床位数 = 0]
route: [{use: route.visit, with: {when: 标准地址.区 unavailable or not(a=1)}}]
"""
TIDY = """\
# 一行注释
precheck:
  - id: few     # 行尾注释

    when: 有住宿 = 是 且 床位数 ≥ 1 张


    require: |
      床位数 ≤ 100 且
        (比例 > 0.5 或 记录 为空)
    else: "床位 <= 100 and 不改文字"
  - {id: two, require: '床位数 ≠ 1', waive: {告知承诺: a = 1 , 数据共享: 从不}}
  - {id: three, require: "经营地址 = \\"甲\\""}
never: [秒批 且 比例 < 0.5,   秒批 且 床位数 = 0]
route: [{use: route.visit, with: {when: 标准地址.区 未取到 或 非 (a = 1)}}]
"""


def tidied(text: str, **kind: bool) -> str:
    made, problems = formatted(text.encode(), "x.yaml", SHARED.fragments, **kind)
    assert (problems, made is None) == ((), False)
    return str(made)


def test_rules_are_tidied_and_comments_blank_lines_and_blocks_stay() -> None:
    assert tidied(UNTIDY.replace("{space}", "     ")) == TIDY


def test_what_is_tidy_stays_as_it_is() -> None:
    assert tidied(TIDY) == TIDY
    assert tidied(MATTER) == MATTER


FILES = sorted([*PROJECT.glob("matters/*/*.yaml"), *PROJECT.glob("rules/**/*.yaml")])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_files_of_the_project_are_tidy(path: Path) -> None:
    if path.parent.name == "demo":
        return
    tests = path.name.endswith(".tests.yaml")
    shared = path.parent.name == "fragments" or path.name == "expressions.yaml"
    rules = not tests and ("matters" in path.parts or shared)
    assert tidied(path.read_text(encoding="utf-8"), rules=rules, tests=tests) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\ufeffwhen: a=1\r\nid: x\r\n", "when: a = 1\nid: x\n"),
        ("when: a=1", "when: a = 1\n"),
        ("id: x\n\n\n", "id: x\n"),
        ("when: '\"甲\"= a'\n", "when: '\"甲\" = a'\n"),
        ("when: “甲”= a\n", "when: “甲”= a\n"),
        ("text: |\n  a<=1   \n  b\n", "text: |\n  a<=1   \n  b\n"),
        ("when:\n  a=1 and\n  b=2\n", "when:\n  a = 1 且\n  b = 2\n"),
        ("when: a = \n", "when: a =\n"),
        ("when: $when\n", "when: $when\n"),
        (
            'f:\n  gives: precheck\n  body:\n    - {require: "a<={param:most}"}\n',
            'f:\n  gives: precheck\n  body:\n    - {require: "a ≤ {param:most}"}\n',
        ),
    ],
)
def test_odd_spellings_keep_their_style(before: str, after: str) -> None:
    assert tidied(before) == after
    assert tidied(after) == after


@pytest.mark.parametrize("text", ["a: [1", "a: &x 1", "a: 1\na: 2", "", "when: [a}"])
def test_a_file_with_faults_is_left_alone_and_told(text: str) -> None:
    made, problems = formatted(text.encode(), "x.yaml", {})
    assert (made, bool(problems)) == (None, True)


def test_a_tag_of_a_test_file_gets_the_space_that_yaml_wants() -> None:
    assert tidied("facts: {licence: !unavailable}\n", tests=True, rules=False) == "facts: {licence: !unavailable }\n"


def test_a_rule_with_a_dozen_parameters_keeps_each_in_its_place() -> None:
    parts = [f"{{param:a{place}}} = {place}" for place in range(12)]
    assert tidied(f'when: "{" and ".join(parts)}"\n') == f'when: "{" 且 ".join(parts)}"\n'


@settings(max_examples=120, deadline=None)
@given(
    st.recursive(
        st.sampled_from(["a<=1", "甲 = 乙", "x: y", "- z", "#", " 秒批 and a=1", "“甲”=b", "$p", "总是"])
        | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["when", "require", "never", "else", "with", "waive"]), inner, max_size=3)
        ),
        max_leaves=8,
    ),
    st.booleans(),
)
def test_any_tree_written_as_yaml_is_tidied_once_or_refused(node: object, flow: bool) -> None:
    text = yaml.safe_dump(node, allow_unicode=True, default_flow_style=flow)
    made, problems = formatted(text.encode(), "x.yaml", {})
    assert (made is None) == bool(problems)
    if made is not None:
        assert formatted(made.encode(), "x.yaml", {})[0] == made


printable = st.text(
    st.characters(exclude_categories=("C", "Z")) | st.just(" ") | st.sampled_from("甲：，“”{}[]#'\""), max_size=12
)


@settings(max_examples=100, deadline=None)
@given(printable, st.sampled_from(["k: %s\n", "[a, %s]\n", "{k: %s}\n"]), st.sampled_from(["x", "'x'", '"x"']))
def test_any_value_can_take_the_place_of_a_scalar(value: str, frame: str, old: str) -> None:
    text = frame % old
    one = next(one for one in scalars(text) if one.value == "x" and not one.key)
    made, problems = parse(replaced(text, [(one, spelled(one, value))]).encode(), "x.yaml")
    found = made["k"] if isinstance(made, dict) else made[1]
    assert (problems, str(found)) == ((), value) or (found, value) in ((True, "true"), (False, "false"), (None, ""))
