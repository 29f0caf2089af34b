"""The XML of one page (GB/T 33190-2016 clauses 7.7, 8, 9 and 11)."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from engine.trust.ofd.page import Colour, Page, Path, Picture, Place, Text, bounds

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = "http://www.ofdspec.org/2016"
SPACE = f'xmlns:ofd="{NAMESPACE}"'
_ASCENT, _DESCENT = 1.16, 0.29  # of the em: what Noto Sans SC states, so that no reader clips a letter


class Numbering:
    """Object identifiers, unique in a document."""

    def __init__(self, first: int) -> None:
        self.last = first - 1

    def next(self) -> int:
        """The next one."""
        self.last += 1
        return self.last


def page_xml(page: Page, fonts: tuple[int, ...], pictures: tuple[int, ...], ids: Numbering) -> str:
    """The file of one page; `fonts` and `pictures` are the identifiers of the document's resources."""
    layer = ids.next()
    marks = "".join(_mark(mark, fonts, pictures, ids) for mark in page.marks)
    return (
        f"{HEAD}<ofd:Page {SPACE}><ofd:Area><ofd:PhysicalBox>{box((0, 0, page.width, page.height))}</ofd:PhysicalBox>"
        f'</ofd:Area><ofd:Content><ofd:Layer ID="{layer}" Type="Body">{marks}</ofd:Layer></ofd:Content></ofd:Page>'
    )


def box(place: Place) -> str:
    """ST_Box: x, y, width and height."""
    return numbers(place)


def numbers(values: tuple[float, ...]) -> str:
    """Numbers with at most three decimals, a micrometre."""
    return " ".join(map(number, values))


def number(value: float) -> str:
    """One number in its shortest form."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def plain(text: str) -> str:
    """Text as an element's content; characters XML cannot hold are left out."""
    return escape("".join(letter for letter in text if letter >= " " and not "\ud800" <= letter <= "\udfff"))


def _mark(mark: Text | Path | Picture, fonts: tuple[int, ...], pictures: tuple[int, ...], ids: Numbering) -> str:
    if isinstance(mark, Text):
        return _text(mark, fonts[mark.font], ids.next())
    if isinstance(mark, Path):
        return _path(mark, ids.next())
    return (
        f'<ofd:ImageObject ID="{ids.next()}" Boundary="{box(mark.place)}" CTM="{number(mark.place[2])} 0 0 '
        f'{number(mark.place[3])} 0 0" ResourceID="{pictures[mark.picture]}"/>'
    )


def _text(mark: Text, font: int, identifier: int) -> str:
    rise, width = mark.size * _ASCENT, sum(mark.advances) + mark.size
    place = mark.x, mark.y - rise, width, rise + mark.size * _DESCENT
    deltas = f' DeltaX="{numbers(mark.advances)}"' if mark.advances else ""
    return (
        f'<ofd:TextObject ID="{identifier}" Boundary="{box(place)}" Font="{font}" Size="{number(mark.size)}">'
        f'{_colour("Fill", mark.colour)}<ofd:TextCode X="0" Y="{number(rise)}"{deltas}>{plain(mark.text)}'
        "</ofd:TextCode></ofd:TextObject>"
    )


def _path(mark: Path, identifier: int) -> str:
    place = bounds(mark)
    stroke = f'LineWidth="{number(mark.width)}"' if mark.stroke is not None else 'Stroke="false"'
    fill = ' Fill="true"' if mark.fill is not None else ""
    rule = ' Rule="Even-Odd"' if mark.even_odd else ""
    colours = (_colour("Stroke", mark.stroke) if mark.stroke else "", _colour("Fill", mark.fill) if mark.fill else "")
    return (
        f'<ofd:PathObject ID="{identifier}" Boundary="{box(place)}" {stroke}{fill}{rule}>{colours[0]}{colours[1]}'
        f"<ofd:AbbreviatedData>{' '.join(_steps(mark, place[0], place[1]))}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def _steps(mark: Path, left: float, top: float) -> Iterator[str]:
    for letter, point in mark.steps:
        moved = tuple(value - (top if place % 2 else left) for place, value in enumerate(point))
        yield f"{letter} {numbers(moved)}" if moved else letter


def _colour(kind: str, colour: Colour | None) -> str:
    return f'<ofd:{kind}Color Value="{numbers(colour or (0, 0, 0))}"/>'
