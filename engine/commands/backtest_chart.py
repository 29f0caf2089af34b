"""Bars as inline SVG: drawn here, nothing loaded; every figure also stands in the table beside the drawing."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_WIDTH, _LABEL, _FIGURE, _BAR, _GAP = 560, 170, 80, 18, 4
_CUT = 8  # characters of a label; the whole stands in the table


def paired(title: str, rows: Sequence[tuple[str, int, int]]) -> str:
    """For each name two bars, before and after."""
    most = max((max(one, other) for _, one, other in rows), default=0) or 1
    parts, y = [], 4
    for name, before, after in rows:
        parts.append(_label(name, y + _BAR + _GAP // 2))
        parts.append(_bar(y, before, most, "before") + _bar(y + _BAR + _GAP, after, most, "after"))
        y += 2 * (_BAR + _GAP) + 12
    return _drawing(title, y, parts)


def single(title: str, rows: Sequence[tuple[str, int]]) -> str:
    """One bar for each name."""
    most = max((count for _, count in rows), default=0) or 1
    parts, y = [], 4
    for name, count in rows:
        parts.append(_label(name, y + _BAR // 2) + _bar(y, count, most, "after"))
        y += _BAR + 12
    return _drawing(title, y, parts)


def _drawing(title: str, height: int, parts: Sequence[str]) -> str:
    return (
        f'<svg role="img" viewBox="0 0 {_WIDTH} {height}" aria-label="{escape(title)}（数字见下表）">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )


def _label(name: str, y: int) -> str:
    short = name if len(name) <= _CUT else name[: _CUT - 1] + "…"
    return f'<text class="name" x="{_LABEL - 12}" y="{y}">{escape(short)}</text>'


def _bar(y: int, count: int, most: int, kind: str) -> str:
    width = round((_WIDTH - _LABEL - _FIGURE) * count / most, 1)
    shown = max(width, 1.0)
    return (
        f'<rect class="{kind}" x="{_LABEL}" y="{y}" width="{shown}" height="{_BAR}" rx="2"/>'
        f'<text class="count" x="{_LABEL + shown + 8}" y="{y + _BAR // 2}">{count:,}</text>'
    )
