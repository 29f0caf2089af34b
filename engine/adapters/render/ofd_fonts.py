"""The fonts of a typst PDF made fit for OFD: what each glyph means, how far it moves, and a TrueType file of its own.

Typst embeds just the glyphs a document uses, at their weight, as TrueType outlines without a character map.
"""

from __future__ import annotations

import io
import re
from functools import cached_property
from typing import Any

import msgspec

from engine.errors import ZhunyuError
from engine.trust.ofd.page import Font, Step

_CODE = rb"<([0-9A-Fa-f]+)>\s*"
_PAIR, _RANGE = re.compile(_CODE * 2), re.compile(_CODE * 3)
_BLOCK = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
_FAMILY = "NotoSansSC"


class Glyph(msgspec.Struct, frozen=True):
    """A glyph's text, its advance in thousandths of the em, and whether the text alone leads back to it.

    A letter outside the basic plane does not: many readers take it for two. It is drawn as an outline.
    """

    text: str
    advance: float
    alone: bool


class PdfFont:
    """One font of the PDF, at its place among the document's fonts."""

    def __init__(self, resource: Any, place: int) -> None:
        self.place = place
        self._below = resource["/DescendantFonts"][0].get_object()
        if resource["/Encoding"] != "/Identity-H" or self._below.get("/CIDToGIDMap", "/Identity") != "/Identity":
            raise ZhunyuError("S007", "版式文件的字体编码不是预期的样子，无法制成 OFD。", status=500)
        self._texts = _meanings(resource["/ToUnicode"].get_object().get_data())
        self._widths = _widths(self._below)
        self._codes = _codes(self._texts)
        self._glyphs = dict[int, Glyph]()

    def glyph(self, cid: int) -> Glyph:
        """The glyph of an identifier."""
        found = self._glyphs.get(cid)
        if found is None:
            text = self._texts.get(cid, "")
            alone = len(text) == 1 and self._codes.get(ord(text)) == cid and ord(text) < 0x10000
            found = self._glyphs[cid] = Glyph(text, self._widths.get(cid, self._default), alone)
        return found

    def outline(self, cid: int) -> tuple[Step, ...]:
        """The glyph's outline in ems, upwards from the baseline."""
        from fontTools.pens.recordingPen import DecomposingRecordingPen

        glyphs, scale = self._open.getGlyphSet(), 1 / self._open["head"].unitsPerEm
        pen = DecomposingRecordingPen(glyphs)
        glyphs[self._open.getGlyphName(cid)].draw(pen)
        return tuple(step for verb, points in pen.value for step in _steps(verb, points, scale))

    def embedded(self) -> Font:
        """The font with a character map and the table of metrics that readers ask for."""
        from fontTools.fontBuilder import FontBuilder

        font = self._open
        named = {code: font.getGlyphName(cid) for code, cid in self._codes.items()}
        builder, rise, fall = FontBuilder(font=font), font["hhea"].ascent, font["hhea"].descent
        builder.setupCharacterMap(named)
        builder.setupOS2(sTypoAscender=rise, sTypoDescender=fall, usWinAscent=rise, usWinDescent=-fall, fsType=0)
        out = io.BytesIO()
        font.save(out, reorderTables=None)
        return Font(f"{_FAMILY}-S{self.place + 1}", f"{_FAMILY} S{self.place + 1}", out.getvalue())

    @property
    def _default(self) -> float:
        return float(self._below.get("/DW", 1000))

    @cached_property
    def _open(self) -> Any:
        from fontTools.ttLib import TTFont

        data = self._below["/FontDescriptor"]["/FontFile2"].get_object().get_data()
        return TTFont(io.BytesIO(data), recalcTimestamp=False, recalcBBoxes=False)


def _meanings(cmap: bytes) -> dict[int, str]:
    """Glyph identifier to text (ISO 32000-1 9.10.3)."""
    texts = dict[int, str]()
    for kind, block in _BLOCK.findall(cmap):
        if kind == b"bfchar":
            texts |= {int(cid, 16): _text(text) for cid, text in _PAIR.findall(block)}
            continue
        for first, last, text in _RANGE.findall(block):
            start, base = int(first, 16), _text(text)
            for place in range(int(last, 16) - start + 1):
                texts[start + place] = base[:-1] + chr(ord(base[-1]) + place)
    return texts


def _codes(texts: dict[int, str]) -> dict[int, int]:
    """Code point to glyph, the first glyph that means it."""
    codes = dict[int, int]()
    for cid, text in texts.items():
        if len(text) == 1:
            codes.setdefault(ord(text), cid)
    return codes


def _text(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be")


def _widths(below: Any) -> dict[int, float]:
    """Advances by glyph (ISO 32000-1 9.7.4.3)."""
    widths, listed = dict[int, float](), [one.get_object() for one in below.get("/W", ())]
    while listed:
        first, second = int(listed.pop(0)), listed.pop(0)
        if isinstance(second, list):
            widths |= {first + place: float(width) for place, width in enumerate(second)}
        else:
            width = float(listed.pop(0))
            widths |= dict.fromkeys(range(first, int(second) + 1), width)
    return widths


def _steps(verb: str, points: Any, scale: float) -> list[Step]:
    if verb == "closePath":
        return [("C", ())]
    if verb == "qCurveTo":
        return _quadratic([point for point in points if point is not None], scale)
    letter: Any = {"moveTo": "M", "lineTo": "L", "curveTo": "B"}[verb]
    return [(letter, tuple(value * scale for point in points for value in point))]


def _quadratic(points: list[tuple[float, float]], scale: float) -> list[Step]:
    """TrueType curves whose points on the curve are implied between two control points."""
    steps = list[Step]()
    *controls, end = points
    for place, (x, y) in enumerate(controls):
        if place + 1 < len(controls):
            following = controls[place + 1]
            goal = (x + following[0]) / 2, (y + following[1]) / 2
        else:
            goal = end
        steps.append(("Q", (x * scale, y * scale, goal[0] * scale, goal[1] * scale)))
    return steps
