"""Checking of uploaded files by what they are, not by what they are called (pdf, jpg, png, ofd)."""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Callable

from engine.adapters.upload_kinds import Refused, image_pages, ofd_pages, pdf_pages
from engine.errors import ZhunyuError
from engine.ports.drafts import CheckedUpload
from engine.trust.sm3 import sm3_hex

_MEDIA = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png", "ofd": "application/ofd"}
_SAME = {"jpeg": "jpg", "jpe": "jpg"}
_LONGEST_STEM = 80
_END_OF_ZIP = b"PK\x05\x06"
_ZIP_TAIL = 65_557  # the end record of 22 bytes and the longest comment
_UNSAFE = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')


class ContentChecker:
    """Checks uploads in process: magic bytes, structure, bounds, and that a file is of one type only."""

    def check(self, filename: str, data: bytes, accept: tuple[str, ...], max_mb: int) -> CheckedUpload:
        """What the file is; ZhunyuError A007 (status 422, or 413 when too large) when it may not be taken."""
        stem, extension = split_name(filename)
        accepted = tuple(_SAME.get(kind.lower(), kind.lower()) for kind in accept)
        if not data:
            raise _refusal("文件是空的。", "请确认文件能正常打开后重新上传。")
        if len(data) > max_mb * 1024 * 1024:
            size = f"{len(data) / 1024 / 1024:.1f}"
            raise _refusal(f"文件有 {size} MB，超过上限 {max_mb} MB。", "请压缩或分成几个文件后上传。", status=413)
        kind = kind_of(data)
        allowed = "、".join(name.upper() for name in accepted)
        if not kind:
            raise _refusal("文件内容不是可以识别的格式。", f"请上传 {allowed} 格式的文件。")
        if kind not in accepted:
            raise _refusal(f"文件内容是 {kind.upper()}，本材料不收这种格式。", f"请上传 {allowed} 格式的文件。")
        if extension and extension not in _MEDIA:
            raise _refusal(
                f"文件扩展名是 .{extension}，内容却是 {kind.upper()}，两者不符。",
                f"请将文件另存为 {kind.upper()} 后上传。",
            )
        second = _second_type(kind, data)
        if second:
            raise _refusal(f"文件同时是 {kind.upper()} 和 {second}，无法确定其真实内容。", "请重新导出或扫描后上传。")
        try:
            pages = _PAGES[kind](data)
        except Refused as refused:
            raise _refusal(refused.what, refused.next) from refused
        return CheckedUpload(f"{stem}.{kind}", _MEDIA[kind], len(data), sm3_hex(data), pages)


def split_name(filename: str) -> tuple[str, str]:
    """A stem that is safe to show and to offer for download, and the lower-case extension ("" when none).

    Folders, control and direction-changing characters and leading dots are dropped; at most 80 characters remain.
    """
    name = unicodedata.normalize("NFC", filename).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(sign for sign in name if unicodedata.category(sign) not in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
    name = _UNSAFE.sub("_", name).strip().lstrip(".")
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    extension = extension.strip().lower()
    if len(extension) > 8 or not extension.isalnum():
        stem, extension = name, ""
    return stem.strip(" .")[:_LONGEST_STEM] or "材料", _SAME.get(extension, extension)


def kind_of(data: bytes) -> str:
    """pdf, jpg, png or ofd by the first bytes; "" for anything else."""
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"PK\x03\x04") and b"OFD.xml" in data:
        return "ofd"
    return ""


def _second_type(kind: str, data: bytes) -> str:
    """The other type a reader could take the same bytes for; "" when there is none."""
    if kind != "pdf" and b"%PDF-" in data:
        return "PDF"
    if kind != "ofd" and _has_zip(data):
        return "ZIP 压缩包"
    if kind == "pdf" and data[data.rfind(b"%%EOF") + 5 :].strip(b" \t\r\n\x00") and b"%%EOF" in data:
        return "附在末尾的其他内容"
    if kind == "png":
        end = data.rfind(b"IEND")
        if end >= 0 and data[end + 8 :].strip(b"\x00"):
            return "附在末尾的其他内容"
    head = data[:1024].lower()
    if kind in {"jpg", "png"} and any(mark in head for mark in (b"<script", b"<html", b"<svg", b"<!doctype")):
        return "网页"
    return ""


def _has_zip(data: bytes) -> bool:
    """Whether an unzip program would find an archive in the bytes, wherever it begins."""
    tail_start = max(0, len(data) - _ZIP_TAIL - 1024)
    place = data.rfind(_END_OF_ZIP, tail_start)
    while place >= 0:
        if place + 22 <= len(data):
            size, offset = struct.unpack_from("<II", data, place + 12)
            if any(data[at : at + 4] == b"PK\x01\x02" for at in (offset, place - size) if at >= 0):
                return True
        place = data.rfind(_END_OF_ZIP, tail_start, place)
    return False


def _refusal(what: str, next_step: str, status: int = 422) -> ZhunyuError:
    return ZhunyuError("A007", what, next_step, status=status)


_PAGES: dict[str, Callable[[bytes], int]] = {
    "pdf": pdf_pages,
    "jpg": lambda data: image_pages(data, "JPEG"),
    "png": lambda data: image_pages(data, "PNG"),
    "ofd": ofd_pages,
}
