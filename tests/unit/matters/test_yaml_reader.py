"""The strict reader guesses nothing and keeps every place."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.matters.yaml_reader import ABSENT, LARGEST, UNAVAILABLE, Map, Mark, parse
from engine.model.values import Missing


def tree(text: str, **options: bool) -> Any:
    node, problems = parse(text.encode(), "f.yaml", **options)
    assert problems == ()
    return node


@pytest.mark.parametrize("text", ["0110", "12:30", "on", "yes", "2025-01-20", "1_000", "0x1F", "1e3", ".5", "+1", "~"])
def test_a_scalar_that_is_no_plain_number_stays_text(text: str) -> None:
    assert tree(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"), [("8", 8), ("-3", -3), ("0", 0), ("true", True), ("false", False), ("", None)]
)
def test_plain_numbers_and_truth_values_are_typed(text: str, value: object) -> None:
    assert tree(f"a: {text}") == {"a": value}


def test_a_decimal_keeps_its_digits() -> None:
    found = tree("a: 1.50")["a"]
    assert isinstance(found, Decimal) and str(found) == "1.50"


def test_quoted_digits_are_text() -> None:
    assert tree("a: '8'") == {"a": "8"}


def test_a_code_longer_than_a_number_stays_text() -> None:
    assert tree("a: 310101197102111016") == {"a": "310101197102111016"}


def test_keys_are_text_even_when_they_look_like_dates() -> None:
    assert list(tree("2025-01-01: 休")) == ["2025-01-01"]


def test_every_key_and_value_keeps_its_place() -> None:
    node = tree("a: 1\nb:\n  c: 甲\n")
    assert node["b"].key_at["c"] == Mark("f.yaml", 3, 3) and node["b"].value_at["c"] == Mark("f.yaml", 3, 6)


def test_the_place_of_a_block_text_is_its_first_line_below_the_bar() -> None:
    assert tree("a: |\n  甲 且\n  乙\n").value_at["a"] == Mark("f.yaml", 2, 3)


def test_the_place_of_a_quoted_text_is_behind_the_quote() -> None:
    assert tree('a: "甲"').value_at["a"] == Mark("f.yaml", 1, 5)


def test_items_of_a_list_keep_their_places() -> None:
    assert tree("- 甲\n- 乙\n").item_at[1] == Mark("f.yaml", 2, 3)


def test_a_test_file_may_say_that_a_source_does_not_answer() -> None:
    assert tree("a: {b: !unavailable}", tags=True)["a"]["b"] is UNAVAILABLE


def test_a_test_file_may_say_empty_and_absent() -> None:
    assert tree("a: !empty\nb: !absent\n", tags=True) == {"a": Missing.EMPTY, "b": ABSENT}


def test_tags_of_test_files_are_refused_elsewhere() -> None:
    _, problems = parse(b"a: !empty", "f.yaml")
    assert [one.code for one in problems] == ["M106"]


def test_an_alias_bomb_is_refused_without_being_opened() -> None:
    bomb = "a: &a [x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
    )
    _, problems = parse(bomb.encode(), "f.yaml")
    assert {one.code for one in problems} == {"M106"}


def test_a_python_object_is_never_made() -> None:
    _, problems = parse(b"a: !!python/object/apply:os.system [ls]", "f.yaml")
    assert [one.code for one in problems] == ["M106"]


def test_a_file_beyond_a_megabyte_is_refused() -> None:
    _, problems = parse(b"a" * (LARGEST + 1), "f.yaml")
    assert [one.code for one in problems] == ["M100"]


def test_a_control_character_is_told_with_its_line() -> None:
    _, problems = parse(b"a: 1\nb: \x07\n", "f.yaml")
    assert [(one.code, one.line) for one in problems] == [("M101", 2)]


def test_a_second_document_is_refused() -> None:
    _, problems = parse(b"a: 1\n---\nb: 2\n", "f.yaml")
    assert [one.code for one in problems] == ["M106"]


def test_a_byte_order_mark_is_ignored() -> None:
    node, problems = parse("﻿a: 1".encode(), "f.yaml")
    assert (node, problems) == ({"a": 1}, ())


def test_an_empty_file_has_no_tree_and_no_problem() -> None:
    assert parse(b"", "f.yaml") == (None, ())


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_raise(data: bytes) -> None:
    node, problems = parse(data, "f.yaml")
    assert problems or node is None or isinstance(node, (Map, list, str, int, Decimal, bool))


@given(st.text(alphabet="ab:：，, {}[]|>-'\"#&*!\n 甲1.", max_size=60))
def test_no_text_makes_the_reader_raise(text: str) -> None:
    _, problems = parse(text.encode(), "f.yaml")
    assert all(one.line >= 1 for one in problems)
