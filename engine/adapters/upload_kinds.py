"""What each accepted file type must satisfy: it opens, it has pages, and opening it stays within bounds."""

from __future__ import annotations

import io
import posixpath
import warnings
import zipfile
from xml.etree import ElementTree

from PIL import Image, UnidentifiedImageError
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

_MOST_PAGES = 1000
_MOST_PIXELS = {"JPEG": 120_000_000, "PNG": 40_000_000}  # JPEG decodes at an eighth of its size, PNG only whole
_MOST_ENTRIES = 5000
_MOST_UNPACKED = 200 * 1024 * 1024
_MOST_RATIO = 200
_OFD = "{http://www.ofdspec.org/2016}"


class Refused(Exception):
    """A file that may not be taken: what is wrong with it, and what to do."""

    def __init__(self, what: str, next_step: str = "请确认文件能正常打开后重新上传。") -> None:
        super().__init__(what)
        self.what, self.next = what, next_step


def pdf_pages(data: bytes) -> int:
    """The number of pages of a PDF; Refused when encrypted, unreadable, empty, too long or acting on its own."""
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise Refused("PDF 设有密码或限制，无法查看。", "请去除密码后重新上传。")
        pages = len(reader.pages)
        active = _acts_by_itself(reader)
    except Refused:
        raise
    except Exception as error:  # pypdf raises many unrelated types on a damaged file
        raise Refused("PDF 已损坏，无法打开。") from error
    if pages == 0:
        raise Refused("PDF 没有任何页面。")
    if pages > _MOST_PAGES:
        raise Refused(f"PDF 有 {pages} 页，超过上限 {_MOST_PAGES} 页。", "请分成几个文件后上传。")
    if active:
        raise Refused("PDF 含有会自动执行的脚本或程序。", "请用“打印为 PDF”的方式重新生成后上传。")
    return pages


def _acts_by_itself(reader: PdfReader) -> bool:
    catalogue = reader.trailer["/Root"].get_object()
    if not isinstance(catalogue, DictionaryObject):
        raise ValueError("a PDF without a catalogue")
    names = catalogue.get("/Names")
    listed = names.get_object() if names is not None else None
    if isinstance(listed, DictionaryObject) and "/JavaScript" in listed:
        return True
    opening = catalogue.get("/OpenAction")
    action = opening.get_object() if opening is not None else None
    return isinstance(action, DictionaryObject) and action.get("/S") in {"/JavaScript", "/Launch"}


def image_pages(data: bytes, kind: str) -> int:
    """1 for a picture that decodes; Refused when unreadable or too large to decode safely."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=[kind]) as picture:
                width, height = picture.size
                if width * height > _MOST_PIXELS[kind]:
                    raise Refused("图片尺寸过大。", "请缩小后重新上传。")
                picture.verify()
            with Image.open(io.BytesIO(data), formats=[kind]) as picture:
                picture.draft("L", (64, 64))
                picture.load()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise Refused("图片已损坏，无法打开。") from error
    return 1


def ofd_pages(data: bytes) -> int:
    """The number of pages of an OFD (GB/T 33190); Refused when it is not one, unsafe, or unpacks too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _bound(archive, len(data))
            root = _xml(archive, "OFD.xml")
            if root.tag != f"{_OFD}OFD":
                raise Refused("OFD 文件的结构不符合标准。")
            pages = 0
            for place in root.iter(f"{_OFD}DocRoot"):
                document = _xml(archive, posixpath.normpath((place.text or "").strip().lstrip("/")))
                pages += sum(1 for _ in document.iter(f"{_OFD}Page"))
    except Refused:
        raise
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, OSError, RuntimeError, ValueError, EOFError) as error:
        raise Refused("OFD 文件已损坏，无法打开。") from error
    if pages == 0:
        raise Refused("OFD 没有任何页面。")
    return pages


def _bound(archive: zipfile.ZipFile, packed: int) -> None:
    entries = archive.infolist()
    if entries and min(entry.header_offset for entry in entries) != 0:
        raise Refused("OFD 文件前附有其他内容。")
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > _MOST_ENTRIES or unpacked > _MOST_UNPACKED or unpacked > max(packed, 65_536) * _MOST_RATIO:
        raise Refused("OFD 文件解开后过大。")
    for entry in entries:
        if entry.flag_bits & 1:
            raise Refused("OFD 设有密码，无法查看。", "请去除密码后重新上传。")
        if entry.filename.startswith(("/", "\\")) or ".." in entry.filename.replace("\\", "/").split("/"):
            raise Refused("OFD 内含有不安全的路径。")


def _xml(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    entry = archive.getinfo(name)
    with archive.open(entry) as stream:  # read one byte past the declared size: a header may lie about it
        text = stream.read(entry.file_size + 1)
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise Refused("OFD 文件的结构不符合标准。")
    return ElementTree.fromstring(text)
