"""A person's certificate shows the holder's picture in PDF and OFD alike, or an empty frame."""

from __future__ import annotations

import io
from base64 import b64decode, b64encode

import pytest
from PIL import Image, ImageDraw
from pypdf import PdfReader

from engine.adapters.render.ofd_renderer import OfdRenderer
from engine.adapters.render.photo import SIZE, fitted
from engine.adapters.render.typst_renderer import TypstRenderer
from engine.errors import ZhunyuError
from engine.trust.ofd.page import Drawing, Picture
from tests.unit.adapters.test_render import LICENCE, text_of

LINES = [["姓名", "䶮㛃𬭎𫖯"], ["证件号码", "310101199803121025"], ["执业地点", "上海示例第一医院"]]
PERSON = {**LICENCE, "title": "护士执业证书", "lines": LINES}
RED = (200, 30, 30)


@pytest.fixture(scope="module")
def typst() -> TypstRenderer:
    return TypstRenderer()


def picture(kind: str = "JPEG", size: tuple[int, int] = (600, 840), mode: str = "RGB", **saved: object) -> str:
    """A red head on white, in Base64."""
    made = Image.new("RGB", size, "white")
    width, height = size
    ImageDraw.Draw(made).ellipse((width * 0.3, height * 0.2, width * 0.7, height * 0.6), fill=RED)
    out = io.BytesIO()
    made.convert(mode).save(out, kind, **saved)  # type: ignore[arg-type]
    return b64encode(out.getvalue()).decode()


def near(seen: tuple[int, ...], colour: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 12 for one, other in zip(seen, colour, strict=False))


def shown(pdf: bytes) -> list[Image.Image]:
    return [one.image for one in PdfReader(io.BytesIO(pdf)).pages[0].images if one.image is not None]


def placed(drawing: Drawing) -> list[tuple[int, ...]]:
    return [tuple(map(round, mark.place)) for mark in drawing.pages[0].marks if isinstance(mark, Picture)]


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "P")])
def test_a_picture_of_any_kind_prints(typst: TypstRenderer, kind: str, mode: str) -> None:
    (seen,) = shown(typst.render("personal", {**PERSON, "photo": picture(kind, mode=mode)}))
    assert seen.size == SIZE and near(seen.convert("RGB").getpixel((5, 5)), (255, 255, 255))  # type: ignore[arg-type]


def test_the_ofd_shows_the_same_picture_at_its_place(typst: TypstRenderer) -> None:
    drawing = OfdRenderer(typst).draw("personal", {**PERSON, "photo": picture()})
    with Image.open(io.BytesIO(drawing.pictures[0])) as seen:
        assert near(seen.convert("RGB").getpixel((SIZE[0] // 2, int(SIZE[1] * 0.4))), RED)  # type: ignore[arg-type]
    assert placed(drawing) == [(151, 66, 35, 49)] and len(drawing.stamps) == 1


def test_a_certificate_without_a_picture_has_an_empty_frame(typst: TypstRenderer) -> None:
    pdf = typst.render("personal", {**PERSON, "photo": ""})
    assert shown(pdf) == [] and "照片" in text_of(pdf)


def test_with_the_picture_the_frame_is_not_called_empty(typst: TypstRenderer) -> None:
    assert "照片" not in text_of(typst.render("personal", {**PERSON, "photo": picture()}))


def test_a_certificate_says_who_holds_it_and_its_number(typst: TypstRenderer) -> None:
    text = text_of(typst.render("personal", PERSON))
    assert set("䶮㛃𬭎𫖯") <= set(text) and "编号：沪卫公〔2026〕黄字第00001号" in text


def test_thirteen_long_lines_are_still_one_page(typst: TypstRenderer) -> None:
    lines = [[f"照面项目{place}", "二〇二六年十一月二日由甲医院变更为乙医院" * 4] for place in range(13)]
    assert len(PdfReader(io.BytesIO(typst.render("personal", {**PERSON, "lines": lines}))).pages) == 1


def test_a_wide_picture_is_cut_to_the_frame_and_not_squeezed() -> None:
    with Image.open(io.BytesIO(fitted(picture(size=(1200, 840))))) as seen:
        assert seen.size == SIZE and near(seen.getpixel((SIZE[0] // 2, int(SIZE[1] * 0.4))), RED)  # type: ignore[arg-type]
        assert near(seen.getpixel((5, int(SIZE[1] * 0.05))), (255, 255, 255))  # type: ignore[arg-type]


def test_what_the_camera_wrote_into_the_file_is_left_out() -> None:
    told = Image.Exif()
    told[0x010F] = "SAMPLE CAMERA"
    assert b"SAMPLE CAMERA" in b64decode(picture(exif=told))
    with Image.open(io.BytesIO(fitted(picture(exif=told)))) as seen:
        assert dict(seen.getexif()) == {}


def test_a_picture_taken_sideways_prints_upright() -> None:
    told = Image.Exif()
    told[0x0112] = 6  # turn a quarter clockwise
    made = Image.new("RGB", (840, 600), "white")
    ImageDraw.Draw(made).rectangle((0, 0, 200, 600), fill=RED)  # the left edge is the head of the picture
    out = io.BytesIO()
    made.save(out, "JPEG", exif=told)
    with Image.open(io.BytesIO(fitted(b64encode(out.getvalue()).decode()))) as seen:
        assert near(seen.getpixel((SIZE[0] // 2, 20)), RED)  # type: ignore[arg-type]
        assert near(seen.getpixel((SIZE[0] // 2, SIZE[1] - 20)), (255, 255, 255))  # type: ignore[arg-type]


@pytest.mark.parametrize("broken", ["not base64!", b64encode(b"%PDF-1.7").decode(), picture()[:400]])
def test_a_picture_that_does_not_open_is_s007(typst: TypstRenderer, broken: str) -> None:
    with pytest.raises(ZhunyuError, match="S007"):
        typst.render("personal", {**PERSON, "photo": broken})




def test_the_number_is_called_what_the_certificate_calls_it(typst: TypstRenderer) -> None:
    text = text_of(typst.render("personal", {**PERSON, "labels": {"编号": "证书编号", "发证机关": "备案机关"}}))
    assert "证书编号：沪卫公" in text and "备案机关：" in text


def test_a_duplicate_says_so_and_has_the_notes_on_a_page_of_their_own(typst: TypstRenderer) -> None:
    given = {**PERSON, "part": "副本", "notes": [["2026-11-02", "多机构备案：上海示例浦东医院。"]]}
    pages = PdfReader(io.BytesIO(typst.render("personal", given))).pages
    first, second = ("".join(page.extract_text().split()) for page in pages)
    assert len(pages) == 2 and "多机构备案：上海示例浦东医院。" in second and "（副本）" in first
