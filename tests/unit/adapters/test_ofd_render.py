"""The drawing for OFD says what the PDF of the same layout says, where it says it."""

from __future__ import annotations

import io

import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from engine.adapters.render.ofd_pages import drawing_of
from engine.adapters.render.ofd_renderer import OfdRenderer
from engine.adapters.render.typst_renderer import TypstRenderer
from engine.errors import ZhunyuError
from engine.trust.ofd.page import Drawing, Path, Text
from tests.unit.adapters.test_render import LETTER, LICENCE, text_of


@pytest.fixture(scope="module")
def typst() -> TypstRenderer:
    return TypstRenderer()


@pytest.fixture(scope="module")
def drawing(typst: TypstRenderer) -> Drawing:
    return OfdRenderer(typst).draw("licence", LICENCE)


def texts(drawing: Drawing) -> list[Text]:
    return [mark for page in drawing.pages for mark in page.marks if isinstance(mark, Text)]


def test_the_drawing_says_what_the_pdf_says_but_letters_drawn_as_outlines(
    typst: TypstRenderer, drawing: Drawing
) -> None:
    said = "".join("".join(text.text.split()) for text in texts(drawing))
    pdf = text_of(typst.render("licence", {**LICENCE, "stamped": True}))
    assert said == "".join(letter for letter in pdf if letter not in "𬭎𫖯")


def test_letters_many_readers_cannot_hold_are_drawn_where_they_stand(drawing: Drawing) -> None:
    name = next(text for text in texts(drawing) if text.text == "䶮㛃")
    right, size = name.x + sum(name.advances) + name.size, name.size
    drawn = [
        mark for page in drawing.pages for mark in page.marks
        if isinstance(mark, Path) and mark.fill and any(verb == "Q" for verb, _ in mark.steps)
        and all(right - 0.1 <= x <= right + 2 * size for _, point in mark.steps for x in point[::2])
        and all(name.y - size <= y <= name.y + size / 3 for _, point in mark.steps for y in point[1::2])
    ]  # fmt: skip
    assert len(drawn) == 2


def test_the_place_of_the_seal_is_left_free_and_named(drawing: Drawing) -> None:
    ((page, (x, y, width, height)),) = drawing.stamps
    assert (page, round(x), round(y), round(width), round(height)) == (0, 206, 143, 42, 42)
    assert not any(isinstance(mark, Path) and mark.fill == (215, 25, 31) for mark in drawing.pages[0].marks)


def test_a_page_has_the_size_of_the_paper(drawing: Drawing) -> None:
    assert (round(drawing.pages[0].width), round(drawing.pages[0].height)) == (297, 210)


def test_every_font_holds_the_letters_that_are_set_in_it(drawing: Drawing) -> None:
    fonts = [TTFont(io.BytesIO(font.data)) for font in drawing.fonts]
    for text in texts(drawing):
        font, letters = fonts[text.font].getBestCmap(), text.text
        assert all(ord(letter) in font for letter in letters)
        assert len(text.advances) == len(letters) - 1 and all(advance > 0 for advance in text.advances)


def test_a_letter_of_several_pages_is_drawn_on_each() -> None:
    many = {**LETTER, "items": [[f"第{place}项材料缺少公章，请补正后重新提交。" * 3, "依据"] for place in range(30)]}
    assert len(OfdRenderer(TypstRenderer()).draw("supplement", many).pages) > 1


def test_what_cannot_be_carried_over_is_refused(typst: TypstRenderer) -> None:
    with pytest.raises(ZhunyuError, match="旋转"):
        drawing_of(typst.render("licence", LICENCE))  # with the seal's own letters on a circle


def test_the_picture_of_a_seal_is_square_transparent_and_small(typst: TypstRenderer) -> None:
    data = OfdRenderer(typst).seal_picture(LICENCE["issuer"], LICENCE["seal"])  # type: ignore[arg-type]
    with Image.open(io.BytesIO(data)) as picture:
        seen = picture.convert("RGBA")
    assert seen.width == seen.height and seen.getpixel((2, 2))[3] == 0 and len(data) < 20_000
    assert seen.getpixel((seen.width // 2, seen.height // 2)) == (215, 25, 31, 255)  # the star
