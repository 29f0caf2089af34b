"""What was measured, as lines of a report: printed aligned, or as JSON."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Line:
    """One figure. `aim` is our target in words, `met` whether it is reached (None: there is no target)."""

    section: str
    name: str
    value: float
    unit: str
    reference: str = ""
    aim: str = ""
    met: bool | None = None
    field: str = ""


def line(
    section: str, name: str, value: float, unit: str, *, reference: str = "", most: float | None = None,
    least: float | None = None, field: str = "",
) -> Line:  # fmt: skip
    """A figure that should be at most `most` or at least `least`; `field` are figures of others for orientation."""
    aim = f"≤ {most:g}" if most is not None else f"≥ {least:g}" if least is not None else ""
    met = value <= most if most is not None else value >= least if least is not None else None
    return Line(section, name, round(value, 3), unit, reference, aim, met, field)


def show(lines: list[Line]) -> str:
    """The report as an aligned table, section by section."""
    heads = ("项目", "数值", "参照（同场）", "目标", "业界参考")
    rows = [(one.name, f"{_short(one.value)} {one.unit}".strip(), one.reference, _aim(one), one.field) for one in lines]
    widths = [max(_width(row[place]) for row in [heads, *rows]) for place in range(len(heads))]
    told, section = [_row(heads, widths)], ""
    for one, row in zip(lines, rows, strict=True):
        if one.section != section:
            section = one.section
            told.append(f"—— {section} " + "—" * 20)
        told.append(_row(row, widths))
    return "\n".join(told)


def write(lines: list[Line], path: Path) -> None:
    """The report as JSON: a list of objects with the names of `Line`."""
    path.write_text(json.dumps([asdict(one) for one in lines], ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _aim(one: Line) -> str:
    return f"{one.aim} {'达到' if one.met else '未达到'}" if one.aim else ""


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def _row(cells: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
