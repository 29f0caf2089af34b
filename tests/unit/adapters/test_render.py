from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from engine.adapters.render.typst_renderer import LAYOUTS, TypstRenderer, layouts
from engine.errors import ZhunyuError

LICENCE = {
    "title": "上海市公共场所卫生许可证", "number": "沪卫公〔2026〕黄字第00001号",
    "lines": [["单位名称", "上海示例泊云酒店有限公司"], ["法定代表人（负责人）", "䶮㛃𬭎𫖯"]],
    "issuer": "上海市黄浦区卫生健康委员会", "issued_on": "2026-11-02", "seal": "行政审批专用章", "version": "1",
    "qr": "http://127.0.0.1:8000/verify?number=1",
}  # fmt: skip
FILING = {
    "title": "上海市病媒生物预防控制服务机构备案凭证", "number": "黄病媒备〔2026〕第0001号",
    "labels": {"编号": "备案编号", "发证机关": "备案机关", "发证日期": "备案日期"},
    "lines": [["机构名称", "上海示例清媒有害生物防治有限公司"], ["服务范围", "鼠、蚊、蝇"]],
    "issuer": "上海市黄浦区卫生健康委员会", "issued_on": "2026-11-02", "seal": "行政审批专用章", "version": "1",
    "identifier": "1.2.156.3005.2.1", "qr": "http://127.0.0.1:8000/verify?number=1",
}  # fmt: skip
APPROVAL = {
    **FILING, "title": "上海市国产涉及饮用水卫生安全产品卫生许可批件", "number": "（沪）卫水字〔2026〕第0001号",
    "labels": {"编号": "批准文号", "发证日期": "批准日期"},
    "lines": [["产品名称", "示泉牌反渗透净水器"], ["主要材料", "聚丙烯"], ["有效期至", "2030年11月1日"]],
}  # fmt: skip
LETTER = {
    "issuer": "上海市黄浦区卫生健康委员会", "number": "黄卫公受〔2026〕第1号", "to": "上海示例泊云酒店有限公司",
    "received_at": "2026-11-02T10:00:00+08:00", "accepted_at": "2026-11-02", "matter": "公共场所卫生许可（新办）",
    "case_number": "1", "date": "2026-11-02", "seal": "行政审批专用章", "reason": "不属于许可范围。", "outcome": "准予",
}  # fmt: skip


@pytest.fixture(scope="module")
def renderer() -> TypstRenderer:
    return TypstRenderer()


def text_of(pdf: bytes) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize("letter", "䶮㛃𬭎𫖯")
def test_a_rare_character_of_a_name_prints(renderer: TypstRenderer, letter: str) -> None:
    assert letter in text_of(renderer.render("licence", LICENCE))


def test_a_licence_is_one_page(renderer: TypstRenderer) -> None:
    assert len(PdfReader(io.BytesIO(renderer.render("licence", LICENCE))).pages) == 1


def test_a_licence_with_nine_long_lines_is_still_one_page(renderer: TypstRenderer) -> None:
    lines = [[f"照面项目{place}", "上海市黄浦区示例路一号二层三室" * 5] for place in range(8)]
    assert len(PdfReader(io.BytesIO(renderer.render("licence", {**LICENCE, "lines": lines}))).pages) == 1


def test_a_file_says_that_it_is_pdf_a_2b(renderer: TypstRenderer) -> None:
    pdf = renderer.render("licence", LICENCE)
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf and b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf


@pytest.mark.parametrize(
    ("layout", "title"),
    [("receipt", "受理通知书"), ("decision", "准予行政许可决定书"), ("not_accepted", "不予受理决定书"),
     ("supplement", "补正告知书")],
)  # fmt: skip
def test_a_letter_bears_its_title_and_its_number(renderer: TypstRenderer, layout: str, title: str) -> None:
    text = text_of(renderer.render(layout, LETTER))
    assert title in text and "黄卫公受〔2026〕第1号" in text


def test_a_receipt_before_acceptance_is_not_called_an_acceptance(renderer: TypstRenderer) -> None:
    assert "受理通知书" not in text_of(renderer.render("receipt", {**LETTER, "accepted_at": ""}))


def test_a_refusal_names_the_ways_to_appeal(renderer: TypstRenderer) -> None:
    text = text_of(renderer.render("decision", {**LETTER, "outcome": "不予许可"}))
    assert "行政复议" in text and "行政诉讼" in text


def test_a_text_that_looks_like_markup_prints_as_written(renderer: TypstRenderer) -> None:
    text = text_of(renderer.render("receipt", {**LETTER, "to": "#panic() *甲* $x$"}))
    assert "#panic()*甲*$x$" in text


def test_an_unknown_layout_is_s001(renderer: TypstRenderer) -> None:
    with pytest.raises(ZhunyuError, match="S001"):
        renderer.render("../parts", LICENCE)


def test_shared_parts_are_no_layouts() -> None:
    files = {path.stem for path in LAYOUTS.glob("*.typ")}
    assert files - set(layouts()) == {"parts", "document", "portrait", "seal", "field_parts"}
    assert set(layouts()) < files
