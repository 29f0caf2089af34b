"""备案凭证、批件：the two layouts of certificates on A4 portrait."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from engine.adapters.render.ofd_renderer import OfdRenderer
from engine.adapters.render.typst_renderer import TypstRenderer
from engine.trust.ofd.page import Text
from tests.unit.adapters.test_render import APPROVAL, FILING, text_of

PORTRAIT = {"filing": FILING, "approval": APPROVAL}
LONG = "\n".join(f"部件{place}：聚丙烯，占比 12.5%，供应商为上海示例材料有限公司。" for place in range(90))
both = pytest.mark.parametrize("layout", PORTRAIT)


@pytest.fixture(scope="module")
def renderer() -> TypstRenderer:
    return TypstRenderer()


def pages_of(pdf: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


@both
def test_a_short_certificate_is_one_upright_page_of_pdf_a(renderer: TypstRenderer, layout: str) -> None:
    pdf = renderer.render(layout, PORTRAIT[layout])
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    assert page.mediabox.width < page.mediabox.height and b"<pdfaid:part>2</pdfaid:part>" in pdf


@both
def test_number_authority_day_and_identifier_are_printed(renderer: TypstRenderer, layout: str) -> None:
    text = text_of(renderer.render(layout, {**PORTRAIT[layout], "stamped": True}))
    for said in (PORTRAIT[layout]["number"], "上海市黄浦区卫生健康委员会", "2026年11月2日", "1.2.156.3005.2.1"):
        assert said in text


def test_number_authority_and_day_go_by_the_names_the_certificate_gives_them(renderer: TypstRenderer) -> None:
    filing, approval = (text_of(renderer.render(name, data)) for name, data in PORTRAIT.items())
    assert all(word in filing for word in ("备案编号：", "备案机关：", "备案日期：")) and "发证" not in filing
    assert all(word in approval for word in ("批准文号：", "发证机关：", "批准日期：")) and "编号：" not in approval


def test_without_names_of_its_own_a_certificate_says_the_usual_ones(renderer: TypstRenderer) -> None:
    text = text_of(renderer.render("filing", {**FILING, "labels": {}}))
    assert all(word in text for word in ("编号：", "发证机关：", "发证日期："))


def test_a_filing_with_much_to_say_is_still_one_page(renderer: TypstRenderer) -> None:
    lines = [[f"备案内容{place}", "上海市黄浦区示例路一号二层三室" * 4] for place in range(10)]
    assert len(pages_of(renderer.render("filing", {**FILING, "lines": lines}))) == 1


@both
def test_a_long_text_goes_on_over_further_pages_and_none_of_it_is_lost(renderer: TypstRenderer, layout: str) -> None:
    data = PORTRAIT[layout]
    pages = pages_of(renderer.render(layout, {**data, "lines": [*data["lines"], ["附件", LONG]]}))  # type: ignore[misc]
    assert len(pages) > 1 and all(f"部件{place}：" in "".join(pages) for place in range(90))
    assert all("（续页）" in page and str(data["number"]) in page for page in pages[1:])
    assert "（续页）" not in pages[0] and f"第{len(pages)}页，共{len(pages)}页" in pages[-1]


@both
def test_the_drawing_for_ofd_has_one_seal_on_its_last_page(renderer: TypstRenderer, layout: str) -> None:
    data = PORTRAIT[layout]
    long = {**data, "lines": [*data["lines"], ["附件", LONG]]}  # type: ignore[misc]
    for given in (data, long):
        drawing = OfdRenderer(renderer).draw(layout, given)
        ((page, (_, _, width, height)),) = drawing.stamps
        assert (page, round(width), round(height)) == (len(drawing.pages) - 1, 42, 42)
        assert [(round(one.width), round(one.height)) for one in drawing.pages] == [(210, 297)] * len(drawing.pages)


@both
def test_the_drawing_for_ofd_says_what_the_pdf_says(renderer: TypstRenderer, layout: str) -> None:
    given = {**PORTRAIT[layout], "stamped": True}
    marks = [mark for page in OfdRenderer(renderer).draw(layout, given).pages for mark in page.marks]
    said = sorted("".join("".join(mark.text.split()) for mark in marks if isinstance(mark, Text)))
    assert said == sorted(text_of(renderer.render(layout, given)))


def test_a_title_of_any_length_keeps_its_page(renderer: TypstRenderer) -> None:
    for letters in (4, 12, 23, 24, 40):
        title = "凭" * letters
        (page,) = pages_of(renderer.render("filing", {**FILING, "title": title}))
        assert title in page


def test_a_text_that_looks_like_markup_prints_as_written(renderer: TypstRenderer) -> None:
    lines = [["备注", "#panic() *甲* $x$"]]
    assert "#panic()*甲*$x$" in text_of(renderer.render("approval", {**APPROVAL, "lines": lines}))


@both
def test_annexes_follow_on_pages_of_their_own(renderer: TypstRenderer, layout: str) -> None:
    annex = {"title": "型号附表", "head": ["型号", "规格"], "lines": [[f"SQ-{place}", "一升"] for place in range(90)]}
    given = {**PORTRAIT[layout], "annexes": [annex]}
    pages = pages_of(renderer.render(layout, given))
    assert "型号附表" not in pages[0] and "型号附表" in pages[1] and "SQ-89" in pages[-1]
    drawing = OfdRenderer(renderer).draw(layout, given)
    assert len(drawing.pages) == len(pages) and [page for page, _ in drawing.stamps] == [0]
