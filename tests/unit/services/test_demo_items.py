"""Days of demonstration certificates count from the day they are loaded."""

from __future__ import annotations

from datetime import date

from engine.worker.demo import dated

TODAY = date(2026, 11, 2)


def test_a_relative_day_in_an_item_counts_from_today() -> None:
    assert dated({"verify_due": "+60d", "started_on": "-2d"}, TODAY) == {
        "verify_due": "2027-01-01", "started_on": "2026-10-31"
    }  # fmt: skip


def test_relative_days_in_a_table_count_from_today_too() -> None:
    assert dated({"devices": [{"tested_on": "-1d", "serial": "SN-1d"}]}, TODAY) == {
        "devices": [{"tested_on": "2026-11-01", "serial": "SN-1d"}]
    }  # fmt: skip


def test_other_texts_and_numbers_stay_as_they_are() -> None:
    assert dated({"area": "320.00", "count": 3, "since": "2024-05-01"}, TODAY) == {
        "area": "320.00", "count": 3, "since": "2024-05-01"
    }  # fmt: skip
