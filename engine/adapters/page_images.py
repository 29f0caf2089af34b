"""Pages of PDFs and pictures as JPEG, by PDFium and Pillow. PDFium is not made for threads: one page at a time."""

from __future__ import annotations

import io
import threading

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

from engine.errors import ZhunyuError

_ONE_AT_A_TIME = threading.Lock()
_MOST_PIXELS = 16_000_000
_QUALITY = 82
_FORMATS = ("JPEG", "PNG")


class PdfiumPages:
    """Fulfils `PageImages`."""

    def draw(self, media: str, data: bytes, page: int, width: int) -> bytes:
        """See the port."""
        if media == "application/pdf":
            with _ONE_AT_A_TIME:
                picture = _page(data, page, width)
        elif media.startswith("image/") and page == 1:
            picture = _picture(data, width)
        else:
            raise _no_page()
        stream = io.BytesIO()
        picture.save(stream, "JPEG", quality=_QUALITY, optimize=True)
        return stream.getvalue()


def _page(data: bytes, page: int, width: int) -> Image.Image:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise _undrawable() from error
    try:
        if not 1 <= page <= len(document):
            raise _no_page()
        sheet = document[page - 1]
        wide, high = sheet.get_size()
        if wide <= 0 or high <= 0:
            raise _undrawable()
        scale = min(width / wide, (_MOST_PIXELS / (wide * high)) ** 0.5)
        drawn: Image.Image = sheet.render(scale=scale, may_draw_forms=False).to_pil()
        return drawn.convert("RGB")
    except pypdfium2.PdfiumError as error:
        raise _undrawable() from error
    finally:
        document.close()


def _picture(data: bytes, width: int) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            opened.draft("RGB", (width, width * 4))
            upright = ImageOps.exif_transpose(opened)
            flat = upright.convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise _undrawable() from error
    if flat.width > width:
        flat = flat.resize((width, max(1, round(flat.height * width / flat.width))))
    return flat


def _no_page() -> ZhunyuError:
    return ZhunyuError("A003", "文件没有这一页。", "请从材料清单重新打开。", status=404)


def _undrawable() -> ZhunyuError:
    return ZhunyuError("A007", "这个文件不能在这里显示。", "请用“在新窗口打开”查看原文件。", status=422)
