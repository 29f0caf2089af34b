"""What is on a page, independent of any file format: text runs, paths and pictures with their places.

All lengths are millimetres from the page's upper left corner, colours are (red, green, blue) from 0 to 255.
"""

from __future__ import annotations

from typing import Literal, Union

import msgspec

Colour = tuple[int, int, int]
Place = tuple[float, float, float, float]  # x, y, width, height
Step = tuple[Literal["M", "L", "Q", "B", "C"], tuple[float, ...]]  # GB/T 33190-2016 table 35; C closes


class Text(msgspec.Struct, frozen=True):
    """One line of text in one font. (x, y) is where its baseline begins, `size` the height of the em.

    `advances` are the distances between the origins of neighbouring characters: one fewer than characters.
    """

    x: float
    y: float
    size: float
    font: int
    text: str
    advances: tuple[float, ...]
    colour: Colour


class Path(msgspec.Struct, frozen=True):
    """A shape filled and stroked with the colours given; None leaves it out. `width` is the line's."""

    steps: tuple[Step, ...]
    fill: Colour | None = None
    stroke: Colour | None = None
    width: float = 0.0
    even_odd: bool = False


class Picture(msgspec.Struct, frozen=True):
    """A PNG picture, named by its place in `Drawing.pictures`."""

    place: Place
    picture: int


Mark = Union[Text, Path, Picture]


class Page(msgspec.Struct, frozen=True):
    """One page; later marks lie above earlier ones."""

    width: float
    height: float
    marks: tuple[Mark, ...]


class Font(msgspec.Struct, frozen=True):
    """A TrueType font that holds what the pages use of it."""

    name: str
    family: str
    data: bytes


class Drawing(msgspec.Struct, frozen=True):
    """The pages of a document with their fonts and pictures, and where seals go: (page from 0, place)."""

    pages: tuple[Page, ...]
    fonts: tuple[Font, ...]
    pictures: tuple[bytes, ...] = ()
    stamps: tuple[tuple[int, Place], ...] = ()


def bounds(path: Path) -> Place:
    """The box around a path with its line; of control points, so never too small."""
    points = [point for _, point in path.steps if point]
    xs = [number for point in points for number in point[::2]]
    ys = [number for point in points for number in point[1::2]]
    edge = path.width if path.stroke is not None else 0.0  # a mitred corner reaches past half of the line
    left, top = min(xs, default=0.0) - edge, min(ys, default=0.0) - edge
    return left, top, max(xs, default=0.0) + edge - left, max(ys, default=0.0) + edge - top
