"""S-FEEL cells: what they admit, and what is refused by name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine.matters.dmn import sfeel
from engine.matters.dmn.sfeel import SfeelError, Value, holds, literal, shown, written

NAMES: dict[str, Value] = {"limit": Decimal(5)}


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ("-", None, True),
        ("", Decimal(1), True),
        ("< 5", Decimal("4.9"), True),
        ("<5", Decimal(5), False),
        (">= limit", Decimal(5), True),
        ("!= 5", Decimal(4), True),
        ("-3", Decimal(-3), True),
        ("[1..5)", Decimal(5), False),
        ("]1..5]", Decimal(1), False),
        ("(1..5[", Decimal(2), True),
        ("1, 3, [7..9]", Decimal(8), True),
        ("not(1, 3)", Decimal(3), False),
        ("not(1, 3)", None, True),
        ("null", None, True),
        ("not(null)", Decimal(0), True),
        ("< 5", None, False),
        ('"a", "b"', "b", True),
        ('"a\\"b"', 'a"b', True),
        ("true", True, True),
        ("true", Decimal(1), False),
        ("1", True, False),
        ('< "b"', "a", True),
        ('> date("2025-01-31")', date(2025, 2, 1), True),
        ('[@"2025-01-01"..@"2025-12-31"]', date(2025, 6, 1), True),
        ('> date("2025-01-31")', "2025-02-01", False),
    ],
)
def test_a_cell_admits_what_the_standard_says(cell: str, value: Value, expected: bool) -> None:
    assert holds(sfeel.tests(cell), value, NAMES) is expected
    assert holds(sfeel.tests(written(sfeel.tests(cell))), value, NAMES) is expected


@pytest.mark.parametrize(
    ("cell", "said", "column"),
    [
        ("? > 5", "“?”", 1),
        ("< 5 + 1", "“+”", 5),
        ('contains(x, "a")', "contains", 1),
        ('date and time("2025-01-01T00:00:00")', "and", 6),
        ('duration("P1D")', "duration", 1),
        ('< date("2025-02-30")', "2025-02-30", 3),
        ("[1..5", "区间", 6),
        ("[1, 5]", "“..”", 3),
        ("<", "一个值", 2),
        ("1,", "一个值", 3),
        ('"a', '“"”', 1),
        ("not(1", "“)”", 6),
        ("for x in y", "“x”", 5),
        ("{a: 1}", "“{”", 1),
    ],
)
def test_what_is_not_sfeel_is_refused_by_name_where_it_stands(cell: str, said: str, column: int) -> None:
    with pytest.raises(SfeelError) as caught:
        sfeel.tests(cell)
    assert said in caught.value.what and caught.value.column == column


@pytest.mark.parametrize("text", ['"Approved"', "98.83", "-5", "true", "null", 'date("2025-01-20")', "limit"])
def test_an_output_is_one_value(text: str) -> None:
    assert shown(literal(text)) == text


@pytest.mark.parametrize("text", ["", "< 5", '"a", "b"', "if a then b else c", "[1..2]"])
def test_an_output_that_is_more_than_a_value_is_refused(text: str) -> None:
    with pytest.raises(SfeelError):
        literal(text)
