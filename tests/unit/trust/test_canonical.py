"""Canonical JSON: one spelling, and nothing that cannot have one."""

from __future__ import annotations

import enum
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.trust.canonical import canonical


class Level(enum.IntEnum):
    HIGH = 3


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, "准"]}, '{"a":[true,null,"准"],"b":1}'),
        (
            {"€": 0, "\r": 0, "\ufb33": 0, "1": 0, "😀": 0, "\x80": 0, "ö": 0},
            '{"\\r":0,"1":0,"\x80":0,"ö":0,"€":0,"😀":0,"\ufb33":0}',
        ),
        (Decimal("10.50"), '"10.50"'),
        (Decimal("1E+3"), '"1000"'),
        (date(2026, 1, 2), '"2026-01-02"'),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), '"2026-01-02T03:04:05+00:00"'),
        ('\x00\b\t\n\f\r"\\/\x1f\x7f\u2028', '"\\u0000\\b\\t\\n\\f\\r\\"\\\\/\\u001f\x7f\u2028"'),
        ((), "[]"),
        (Level.HIGH, "3"),
    ],
)
def test_a_value_has_the_spelling_of_rfc_8785(value: Any, text: str) -> None:
    assert canonical(value).decode("utf-8") == text


@pytest.mark.parametrize("value", [1.0, float("nan"), b"", {1: 2}, {"a": {3}}, object(), [1, 2.5]])
def test_a_value_without_one_spelling_is_a_type_error(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical(value)


@pytest.mark.parametrize("value", [2**53, -(2**53), Decimal("NaN"), Decimal("Infinity"), "\ud800", {"\udfff": 1}])
def test_a_value_that_would_not_survive_is_a_value_error(value: Any) -> None:
    with pytest.raises(ValueError):
        canonical(value)


@given(PLAIN)
def test_reading_canonical_json_and_writing_it_again_changes_nothing(value: Any) -> None:
    assert canonical(json.loads(canonical(value))) == canonical(value)


@given(st.dictionaries(st.text(), st.integers(0, 9)))
def test_the_order_of_insertion_does_not_matter(value: dict[str, int]) -> None:
    assert canonical(dict(reversed(list(value.items())))) == canonical(value)
