"""Opening the files of an archive, and binding them into one PDF."""

from __future__ import annotations

import io
from collections.abc import Sequence

import msgspec
from defusedxml import ElementTree as safe_xml
from defusedxml.common import DefusedXmlException
from PIL import Image
from pypdf import PdfReader, PdfWriter, Transformation
from pypdf.errors import PyPdfError

from engine.adapters.upload_kinds import Refused, image_pages, ofd_pages, pdf_pages
from engine.adapters.uploads import kind_of

_A4 = (595.276, 841.89)  # points
_DPI = 150
_MARGIN = 36.0
_IMAGES = {"jpg": "JPEG", "png": "PNG"}


class ArchiveFiles:
    """Fulfils `FileOpener` and `Binder`."""

    def pages(self, extension: str, data: bytes) -> int:
        """The pages (0 for data files); ValueError with the reason when header and extension differ or it is broken."""
        try:
            if extension in ("xml", "json", "txt"):
                _readable(extension, data)
                return 0
            if kind_of(data) != extension:
                raise ValueError(f"扩展名是 {extension}，文件头不是。")
            if extension == "pdf":
                return pdf_pages(data)
            return ofd_pages(data) if extension == "ofd" else image_pages(data, _IMAGES[extension])
        except Refused as refused:
            raise ValueError(refused.what) from refused
        except KeyError as error:
            raise ValueError(f"不认识的格式 {extension}。") from error

    def as_pdf(self, extension: str, data: bytes) -> bytes | None:
        """The file as PDF; None when it cannot be printed."""
        if extension == "pdf":
            return data
        if extension not in _IMAGES:
            return None
        with Image.open(io.BytesIO(data), formats=[_IMAGES[extension]]) as picture:
            flat = picture.convert("RGB")
        box = (int((_A4[0] - 2 * _MARGIN) / 72 * _DPI), int((_A4[1] - 2 * _MARGIN) / 72 * _DPI))
        flat.thumbnail(box)
        sheet = Image.new("RGB", (int(_A4[0] / 72 * _DPI), int(_A4[1] / 72 * _DPI)), "white")
        sheet.paste(flat, ((sheet.width - flat.width) // 2, (sheet.height - flat.height) // 2))
        stream = io.BytesIO()
        sheet.save(stream, "PDF", resolution=_DPI)
        return stream.getvalue()

    def count(self, pdf: bytes) -> int:
        """The pages of a PDF."""
        return len(PdfReader(io.BytesIO(pdf)).pages)

    def bind(self, parts: Sequence[bytes], numbered: bytes, first: int) -> bytes:
        """The parts in order; from page `first` on (counted from 0) the pages of `numbered` are laid over them."""
        writer = PdfWriter()
        for part in parts:
            try:
                writer.append(PdfReader(io.BytesIO(part)), import_outline=False)
            except (PyPdfError, ValueError, KeyError) as error:
                raise ValueError("一个文件无法并入全卷。") from error
        numbers = PdfReader(io.BytesIO(numbered)).pages if numbered else ()
        for page, number in zip(writer.pages[first:], numbers, strict=False):
            scale = float(page.mediabox.width) / _A4[0]
            place = Transformation().scale(scale).translate(float(page.mediabox.left), float(page.mediabox.bottom))
            page.merge_transformed_page(number, place)
        writer.metadata = None
        stream = io.BytesIO()
        writer.write(stream)
        return stream.getvalue()


def _readable(extension: str, data: bytes) -> None:
    try:
        if extension == "xml":
            safe_xml.fromstring(data)
        elif extension == "json":
            msgspec.json.decode(data)
        else:
            data.decode("utf-8")
    except (msgspec.DecodeError, UnicodeDecodeError, SyntaxError, DefusedXmlException, RecursionError) as error:
        raise ValueError(f"{extension.upper()} 读不出。") from error
