"""A reader written by others (ofd.js) opens our OFD, shows what it says, and finds seal and digests in order."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from engine.adapters.render.ofd_renderer import OfdRenderer
from engine.adapters.render.typst_renderer import TypstRenderer
from engine.trust.ofd.document import Description
from engine.trust.ofd.package import read_package, write_package
from engine.trust.ofd.sealing import sealed_ofd
from engine.trust.ofd.structures import SealContent, make_seal
from tests.unit.adapters.test_render import LICENCE
from tests.unit.trust.ofd.sample import AGENCY, MAKER, NOW, OFFICE, TERM

READER = Path(__file__).parent / "vendor" / "ofd.umd.min.js"
PAGE = "Doc_0/Pages/Page_0/Content.xml"
OPEN = """async data => {
  const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
  const document_ = await new Promise((done, failed) =>
    ofd.parseOfdDocument({ofd: bytes.buffer, success: all => done(all[0]), fail: failed}));
  const pages = ofd.renderOfd(1200, document_);
  document.body.replaceChildren(...pages);
  const seals = [...document.querySelectorAll('[name=seal_img_div]')];
  const signed = seals.map(seal => JSON.parse(seal.dataset.signedInfo));
  const box = seals.map(seal => { const at = seal.getBoundingClientRect(); return [at.x, at.y, at.width]; });
  return {
    pages: pages.length, text: document.body.textContent, signed, box, width: pages[0].getBoundingClientRect().width,
    digests: signed.map(one => ofd.digestCheck(window.toBeChecked.get(one.signatureID))),
    missing: [...document.querySelectorAll('text')].filter(one => !document.fonts.check(
      `12px ${one.style.fontFamily}`, one.textContent)).length,
  };
}"""
ADD_FONT = """async ([family, data]) => {
  const font = new FontFace(family, `url(data:font/ttf;base64,${data})`);
  await font.load();
  document.fonts.add(font);
}"""


@pytest.fixture(scope="module")
def licence() -> bytes:
    """A licence, sealed."""
    renderer = OfdRenderer(TypstRenderer())
    picture = renderer.seal_picture(OFFICE, LICENCE["seal"])  # type: ignore[arg-type]
    content = SealContent(
        "ES1", f"{OFFICE}行政审批专用章", (AGENCY.certificate,), TERM.since, TERM.since, TERM.until, picture, 42, 42
    )
    about = Description("许可证", OFFICE, "2026-11-02", "zhunyu", "0", {})
    return sealed_ofd(renderer.draw("licence", LICENCE), about, make_seal(content, MAKER), AGENCY, NOW)


@pytest.fixture(scope="module")
def reader(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.set_content("<body></body>")
    page.add_script_tag(path=READER)
    yield page
    page.close()


def opened(reader: Page, file: bytes) -> dict[str, Any]:
    """What the reader makes of a file, with the fonts the file brings."""
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        fonts = re.findall(r'FamilyName="(.+?)".+?FontFile>(.+?)<', archive.read("Doc_0/PublicRes.xml").decode())
        for family, name in fonts:
            reader.evaluate(ADD_FONT, [family, base64.b64encode(archive.read(f"Doc_0/Res/{name}")).decode()])
    return reader.evaluate(OPEN, base64.b64encode(file).decode())  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def seen(reader: Page, licence: bytes) -> dict[str, Any]:
    return opened(reader, licence)


def test_a_foreign_reader_shows_the_page_and_confirms_seal_and_digests(seen: dict[str, Any]) -> None:
    assert (seen["pages"], seen["digests"], [one["VerifyRet"] for one in seen["signed"]]) == (1, [True], [True])
    for words in ("上海市公共场所卫生许可证", "沪卫公〔2026〕黄字第00001号", "泊云酒店", OFFICE, "2026年11月2日"):
        assert words in seen["text"]
    (((x, _, width),), page) = seen["box"], seen["width"]
    assert abs(x / page - 206 / 297) < 0.02 and abs(width / page - 42 / 297) < 0.01


def test_the_fonts_a_file_brings_are_accepted_and_hold_every_letter(seen: dict[str, Any]) -> None:
    assert seen["missing"] == 0


def test_a_foreign_reader_finds_a_changed_page(reader: Page, licence: bytes) -> None:
    files = read_package(licence)
    changed = write_package({**files, PAGE: files[PAGE].replace("泊云".encode(), "白云".encode())})
    assert opened(reader, changed)["digests"] == [False]
