"""Which files are taken, and why the others are not."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from engine.adapters.uploads import ContentChecker, split_name
from engine.errors import ZhunyuError
from engine.ports.drafts import CheckedUpload

ALL = ("pdf", "jpg", "png", "ofd")
OFD_ROOT = (
    '<?xml version="1.0" encoding="UTF-8"?><ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.1">'
    "<ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
)
OFD_DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8"?><ofd:Document xmlns:ofd="http://www.ofdspec.org/2016">'
    '<ofd:Pages><ofd:Page ID="s1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>'
)


def pdf(pages: int = 1, password: str = "") -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 8)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind)
    return out.getvalue()


def archive(entries: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in entries.items():
            packed.writestr(name, text)
    return out.getvalue()


def ofd(**more: str) -> bytes:
    return archive({"OFD.xml": OFD_ROOT, "Doc_0/Document.xml": OFD_DOCUMENT, **more})


def check(name: str, data: bytes, accept: tuple[str, ...] = ALL, max_mb: int = 1) -> CheckedUpload:
    return ContentChecker().check(name, data, accept, max_mb)


def refusal(name: str, data: bytes, accept: tuple[str, ...] = ALL, max_mb: int = 1) -> str:
    with pytest.raises(ZhunyuError) as caught:
        check(name, data, accept, max_mb)
    assert caught.value.code == "A007"
    return caught.value.what


@pytest.mark.parametrize(
    ("name", "data", "media", "pages"),
    [
        ("平面图.pdf", pdf(3), "application/pdf", 3),
        ("平面图.JPEG", picture("JPEG"), "image/jpeg", 1),
        ("平面图.png", picture(), "image/png", 1),
        ("平面图.ofd", ofd(), "application/ofd", 1),
    ],
)
def test_a_whole_file_of_each_accepted_type_is_taken_with_its_pages(name, data, media, pages) -> None:
    found = check(name, data)
    assert (found.media, found.pages, found.size) == (media, pages, len(data))


def test_an_empty_file_is_refused() -> None:
    assert "空" in refusal("a.pdf", b"")


def test_a_file_beyond_the_limit_is_refused_as_too_large() -> None:
    with pytest.raises(ZhunyuError) as caught:
        check("a.pdf", pdf() + b"0" * 1_048_576)
    assert caught.value.status == 413


def test_a_type_the_material_does_not_take_is_refused_by_name() -> None:
    assert "PNG" in refusal("a.png", picture(), accept=("pdf",))


def test_content_that_is_no_known_type_is_refused() -> None:
    assert "识别" in refusal("a.pdf", b"MZ" + b"\0" * 100)


def test_a_picture_called_pdf_is_renamed_to_what_it_is() -> None:
    assert check("照片.pdf", picture()).name == "照片.png"


def test_a_pdf_called_exe_is_refused_because_name_and_content_disagree() -> None:
    assert ".exe" in refusal("安装.exe", pdf())


def test_an_encrypted_pdf_is_refused() -> None:
    assert "密码" in refusal("a.pdf", pdf(password="x"))


def test_a_truncated_pdf_is_refused_as_damaged() -> None:
    assert refusal("a.pdf", b"%PDF-1.7\n1 0 obj\n<<")


def test_a_pdf_without_pages_is_refused() -> None:
    assert "页" in refusal("a.pdf", pdf(0))


def test_a_pdf_that_runs_a_script_when_opened_is_refused() -> None:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    writer.write(out)
    assert "脚本" in refusal("a.pdf", out.getvalue())


def test_a_truncated_picture_is_refused_as_damaged() -> None:
    data = picture("JPEG", (300, 300))
    assert "损坏" in refusal("a.jpg", data[: len(data) // 2])


def test_a_picture_that_unpacks_too_large_is_refused_before_it_is_unpacked() -> None:
    header = b"\x00\x00\xff\xff\x00\x00\xff\xff\x08\x02\x00\x00\x00"
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    assert refusal("a.png", b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IEND\xaeB`\x82")


@pytest.mark.parametrize("tail", [archive({"evil.html": "<script>"}), b"%PDF-1.7 hidden"])
def test_a_picture_with_another_file_behind_it_is_refused(tail: bytes) -> None:
    assert "同时是" in refusal("a.jpg", picture("JPEG") + tail)


def test_a_pdf_with_an_archive_behind_it_is_refused() -> None:
    assert "ZIP" in refusal("a.pdf", pdf() + archive({"a.txt": "x"}))


def test_a_pdf_with_anything_behind_its_end_is_refused() -> None:
    assert "附" in refusal("a.pdf", pdf() + b"<html>")


def test_an_ofd_that_unpacks_too_large_is_refused() -> None:
    assert "过大" in refusal("a.ofd", ofd(big="0" * 30_000_000))


def test_an_ofd_with_a_path_out_of_itself_is_refused() -> None:
    assert "路径" in refusal("a.ofd", ofd(**{"../../etc/x": "x"}))


def test_an_ofd_with_a_document_type_is_refused() -> None:
    text = OFD_ROOT.replace("<ofd:OFD", '<!DOCTYPE x [<!ENTITY a "b">]><ofd:OFD')
    assert "标准" in refusal("a.ofd", archive({"OFD.xml": text}))


def test_a_plain_zip_is_not_taken_for_an_ofd() -> None:
    assert refusal("a.ofd", archive({"a.txt": "OFD.xml"}))


@pytest.mark.parametrize(
    ("given", "stem", "extension"),
    [
        ("../../etc/passwd.pdf", "passwd", "pdf"),
        ("C:\\Users\\x\\图.PNG", "图", "png"),
        ("图\u202egnp.exe", "图gnp", "exe"),
        ("a\x00b\n.pdf", "ab", "pdf"),
        (".htaccess", "htaccess", ""),
        ("....pdf", "pdf", ""),
        ("", "材料", ""),
        ("没有扩展名", "没有扩展名", ""),
        ("x" * 300 + ".pdf", "x" * 80, "pdf"),
        ('<b>"a".pdf', "_b__a_", "pdf"),
    ],
)
def test_a_file_name_is_made_safe(given: str, stem: str, extension: str) -> None:
    assert split_name(given) == (stem, extension)
