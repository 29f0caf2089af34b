"""The pages of a typst PDF as a drawing: the same layout gives the PDF and the OFD, so they cannot differ.

Reads the few operators typst writes and refuses all others (ZhunyuError S007): nothing is lost in silence.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ContentStream

from engine.adapters.render.ofd_fonts import PdfFont
from engine.errors import ZhunyuError
from engine.trust.ofd.page import Colour, Drawing, Mark, Page, Path, Picture, Place, Step, Text

_MM = 25.4 / 72  # of a point
_STAMP = "stamp:"  # what the layouts leave where a seal goes
_CURVES: dict[bytes, Any] = {b"m": "M", b"l": "L", b"c": "B"}
_PAINTS = {  # fill, stroke, even-odd, close first
    b"S": (False, True, False, False), b"s": (False, True, False, True), b"f": (True, False, False, False),
    b"f*": (True, False, True, False), b"B": (True, True, False, False), b"B*": (True, True, True, False),
    b"b": (True, True, False, True), b"b*": (True, True, True, True), b"n": (False, False, False, False),
}  # fmt: skip
# Marked content says nothing about looks; clips and colour spaces only surround pictures and plain RGB; corners of
# thin lines look the same under any limit.
_IGNORED = frozenset({b"BDC", b"BMC", b"EMC", b"W", b"W*", b"CS", b"cs", b"M", b"J", b"j", b"i", b"ri"})

Matrix = tuple[float, float, float, float, float, float]


def drawing_of(pdf: bytes) -> Drawing:
    """The drawing of all pages; ZhunyuError S007 for what cannot be carried over."""
    reader = PdfReader(io.BytesIO(pdf))
    fonts, pictures = dict[str, PdfFont](), list[bytes]()
    pages, stamps = list[Page](), list[tuple[int, Place]]()
    for place, page in enumerate(reader.pages):
        width, height = float(page.mediabox.width), float(page.mediabox.height)
        stamps += [(place, where) for where in _stamps(page, height)]
        marks = _Reading(page, reader, height, fonts, pictures).marks()
        pages.append(Page(width * _MM, height * _MM, marks))
    return Drawing(tuple(pages), tuple(font.embedded() for font in fonts.values()), tuple(pictures), tuple(stamps))


def _stamps(page: Any, height: float) -> list[Place]:
    found = list[Place]()
    for reference in page.get("/Annots", ()):
        note = reference.get_object()
        if str(note.get("/A", {}).get("/URI", "")).startswith(_STAMP):
            left, bottom, right, top = (float(value) * _MM for value in note["/Rect"])
            found.append((left, height * _MM - top, right - left, top - bottom))
    return found


class _State:
    """What `q` keeps and `Q` gives back."""

    def __init__(self, matrix: Matrix) -> None:
        self.matrix, self.width = matrix, 1.0
        self.fill: Colour = (0, 0, 0)
        self.stroke: Colour = (0, 0, 0)

    def copy(self) -> _State:
        made = _State(self.matrix)
        made.width, made.fill, made.stroke = self.width, self.fill, self.stroke
        return made


class _Reading:
    """One pass over the operators of a page."""

    def __init__(self, page: Any, reader: PdfReader, height: float, fonts: dict[str, PdfFont], pictures: list[bytes]):
        self._page, self._fonts, self._pictures = page, fonts, pictures
        self._operations = ContentStream(page["/Contents"].get_object(), reader).operations
        self._state = _State((_MM, 0, 0, -_MM, 0, height * _MM))
        self._kept, self._steps, self._marks = list[_State](), list[Step](), list[Mark]()
        self._font: PdfFont | None = None
        self._size = 0.0
        self._text: Matrix = (1, 0, 0, 1, 0, 0)
        self._does: dict[bytes, Callable[[Any], None]] = {
            b"q": lambda _: self._kept.append(self._state.copy()), b"Q": self._restore, b"cm": self._transform,
            b"w": self._line_width, b"SCN": self._stroke_colour, b"scn": self._fill_colour, b"RG": self._stroke_colour,
            b"rg": self._fill_colour, b"G": self._stroke_colour, b"g": self._fill_colour, b"h": self._close,
            b"re": self._rectangle, b"BT": self._begin, b"ET": lambda _: None, b"Tf": self._choose,
            b"Tm": self._place, b"Tj": lambda given: self._show([given[0]]), b"TJ": lambda given: self._show(given[0]),
            b"Do": self._picture, b"Tr": lambda given: self._require(given[0] == 0, "Tr"),
            b"d": lambda given: self._require(not given[0], "d"),
        }  # fmt: skip

    def marks(self) -> tuple[Mark, ...]:
        """Everything on the page, in the order it is painted."""
        for operands, operator in self._operations:
            if operator in _CURVES:
                self._steps.append((_CURVES[operator], self._points(operands)))
            elif operator in _PAINTS:
                self._paint(*_PAINTS[operator])
            elif operator not in _IGNORED:
                does = self._does.get(operator)
                self._require(does is not None, operator.decode("latin-1"))
                does(operands)  # type: ignore[misc]
        return tuple(self._marks)

    def _require(self, good: bool, what: str) -> None:
        if not good:
            raise ZhunyuError("S007", f"版式里有 OFD 未支持的画法（{what}），无法制成 OFD。", status=500)

    def _restore(self, _: Any) -> None:
        self._state = self._kept.pop()

    def _transform(self, given: Any) -> None:
        self._state.matrix = _times(_matrix(given), self._state.matrix)

    def _line_width(self, given: Any) -> None:
        self._state.width = float(given[0])

    def _stroke_colour(self, given: Any) -> None:
        self._state.stroke = self._colour(given)

    def _fill_colour(self, given: Any) -> None:
        self._state.fill = self._colour(given)

    def _colour(self, given: Any) -> Colour:
        self._require(len(given) in (1, 3), "颜色")
        values = [round(float(one) * 255) for one in given]
        red, green, blue = values * 3 if len(values) == 1 else values
        return red, green, blue

    def _points(self, operands: Any) -> tuple[float, ...]:
        a, b, c, d, e, f = self._state.matrix
        values = [float(one) for one in operands]
        return tuple(
            number
            for x, y in zip(values[::2], values[1::2], strict=True)
            for number in (a * x + c * y + e, b * x + d * y + f)
        )

    def _close(self, _: Any) -> None:
        self._steps.append(("C", ()))

    def _rectangle(self, given: Any) -> None:
        x, y, width, height = map(float, given)
        corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
        for place, corner in enumerate(corners):
            self._steps.append(("L" if place else "M", self._points(corner)))
        self._close(None)

    def _paint(self, fill: bool, stroke: bool, even_odd: bool, close: bool) -> None:
        steps, state = [*self._steps, ("C", ())] if close else self._steps, self._state
        a, b, c, d, _, _ = state.matrix
        if (fill or stroke) and steps:
            width = state.width * abs(a * d - b * c) ** 0.5 if stroke else 0.0
            self._marks.append(Path(
                tuple(steps), state.fill if fill else None, state.stroke if stroke else None, width, even_odd
            ))  # fmt: skip
        self._steps = []

    def _begin(self, _: Any) -> None:
        self._text = (1, 0, 0, 1, 0, 0)

    def _choose(self, given: Any) -> None:
        name, size = given
        resource = self._page["/Resources"]["/Font"][name].get_object()
        key = str(resource["/BaseFont"])
        self._font = self._fonts.setdefault(key, PdfFont(resource, len(self._fonts)))
        self._size = float(size)

    def _place(self, given: Any) -> None:
        self._text = _matrix(given)

    def _show(self, parts: Any) -> None:
        font = self._font
        a, b, c, d, x, y = _times(self._text, self._state.matrix)
        self._require(font is not None and abs(b) + abs(c) < 1e-6 and a > 0 and abs(a + d) < 1e-6, "旋转或变形的文字")
        assert font is not None
        line, em = _Line(x, y, self._size * a, font, self._state.fill), self._size * a
        for part in parts:
            if isinstance(part, (int, float)):
                line.move(-float(part) / 1000 * em)
                continue
            data = part.original_bytes
            for place in range(0, len(data), 2):
                line.add(int.from_bytes(data[place : place + 2], "big"))
        self._marks += line.marks()

    def _picture(self, given: Any) -> None:
        a, b, c, d, x, y = self._state.matrix
        resource = self._page["/Resources"]["/XObject"][given[0]].get_object()
        upright = abs(b) + abs(c) < 1e-6 and a > 0 > d
        self._require(resource["/Subtype"] == "/Image" and upright, "Do")
        out = io.BytesIO()
        self._page.images[given[0]].image.save(out, "PNG")
        self._marks.append(Picture((x, y + d, a, -d), len(self._pictures)))
        self._pictures.append(out.getvalue())


class _Line:
    """A line of glyphs cut into runs of plain text and single letters drawn as outlines."""

    def __init__(self, x: float, y: float, size: float, font: PdfFont, colour: Colour) -> None:
        self._x, self._y, self._size, self._font, self._colour = x, y, size, font, colour
        self._letters, self._places, self._made = list[str](), list[float](), list[Mark]()

    def move(self, distance: float) -> None:
        self._x += distance

    def add(self, cid: int) -> None:
        glyph = self._font.glyph(cid)
        if glyph.alone:
            self._letters.append(glyph.text)
            self._places.append(self._x)
        else:
            self._flush()
            self._draw(cid)
        self._x += glyph.advance / 1000 * self._size

    def marks(self) -> list[Mark]:
        self._flush()
        return self._made

    def _flush(self) -> None:
        if not self._letters:
            return
        places = self._places
        advances = tuple(after - before for before, after in itertools.pairwise(places))
        self._made.append(Text(
            places[0], self._y, self._size, self._font.place, "".join(self._letters), advances, self._colour
        ))  # fmt: skip
        self._letters, self._places = [], []

    def _draw(self, cid: int) -> None:
        steps = tuple(
            (verb, tuple(
                self._y - value * self._size if place % 2 else self._x + value * self._size
                for place, value in enumerate(point)
            ))
            for verb, point in self._font.outline(cid)
        )  # fmt: skip
        if steps:
            self._made.append(Path(steps, fill=self._colour))


def _matrix(given: Any) -> Matrix:
    a, b, c, d, e, f = map(float, given)
    return a, b, c, d, e, f


def _times(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m
