"""Pages by number, counted from 1: there is always one, and beyond the last one is the last."""

from __future__ import annotations


def pages_of(total: int, size: int) -> int:
    """How many pages of `size` there are."""
    return max(1, -(-total // size))


def page_within(page: int, total: int, size: int) -> int:
    """The page that is shown when `page` is asked for."""
    return min(max(page, 1), pages_of(total, size))
