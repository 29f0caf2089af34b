"""The archive information package 归档信息包: one ZIP with one spelling, a list of SM3 digests, a signature over it.

Entries are stored, not compressed, in the order of their names, with fixed dates, so that the same files make the same
bytes and any other spelling is refused. `校验清单.xml` lists every file but itself and the signature; `签名.json` signs
the SM3 of that list, so that nothing can be altered, added, left out, renamed or exchanged.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

import msgspec
from defusedxml import ElementTree as safe_xml
from defusedxml.common import DefusedXmlException

from engine.decoding import decoded
from engine.errors import ZhunyuError
from engine.trust import sm2
from engine.trust.canonical import canonical
from engine.trust.keys import Signer
from engine.trust.sm3 import sm3_hex

FORMAT = "zhunyu:archive-package:1"
LISTED, SIGNED = "校验清单.xml", "签名.json"
LARGEST, _MOST_FILES = 1 << 30, 5000
_DOMAIN = b"zhunyu:archive-package:v1\0"
_DATE = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100600 << 16
_NAME = re.compile(r"[^\x00-\x1f\x7f/\\:*?\"<>|.][^\x00-\x1f\x7f/\\:*?\"<>|]{0,119}")


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of `签名.json`: the SM3 of the list under a key, `signature` Base64 DER."""

    format: str
    algorithm: str
    key: str
    signed_at: str
    manifest: str
    signature: str = ""

    def content(self) -> bytes:
        """The bytes that are signed."""
        told = {name: value for name, value in msgspec.to_builtins(self).items() if name != "signature"}
        return _DOMAIN + canonical(told)


def pack(root: str, files: Mapping[str, bytes]) -> bytes:
    """The ZIP of files by path under one folder; ValueError for a path that is not safe on every system."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED, allowZip64=False) as made:
        for path in sorted(files):
            if not _safe(f"{root}/{path}"):
                raise ValueError(f"not a safe path: {path!r}")
            entry = zipfile.ZipInfo(f"{root}/{path}", _DATE)
            entry.create_system, entry.external_attr = 3, _MODE
            made.writestr(entry, files[path])
    return stream.getvalue()


def unpack(data: bytes) -> tuple[str, dict[str, bytes]]:
    """The folder's name and the files by path; ZhunyuError K010 unless the bytes are exactly what `pack` makes."""
    try:
        if len(data) > LARGEST:
            raise ValueError("too large")
        with zipfile.ZipFile(io.BytesIO(data)) as given:
            entries = given.infolist()
            if len(entries) > _MOST_FILES or sum(one.file_size for one in entries) > len(data):
                raise ValueError("more than it holds")
            if any(one.compress_type != zipfile.ZIP_STORED or one.flag_bits & 1 for one in entries):
                raise ValueError("compressed or encrypted")
            files = {one.filename: given.read(one) for one in entries}
        roots = {name.split("/", 1)[0] for name in files}
        if len(roots) != 1:
            raise ValueError("not one folder")
        root = roots.pop()
        found = {name.removeprefix(f"{root}/"): content for name, content in files.items()}
        if pack(root, found) != data:
            raise ValueError("another spelling")
    except (ValueError, KeyError, OSError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile,
            zipfile.LargeZipFile, OverflowError) as error:  # fmt: skip
        raise ZhunyuError("K010", "不是归档信息包，或者包的结构被改动过。", "请用原包重新取得。", status=422) from error
    return root, found


def seal(root: str, files: Mapping[str, bytes], signer: Signer, at: str) -> bytes:
    """The package of the files, with the list of their digests and the signature over it."""
    listed = manifest(files)
    bare = Signature(FORMAT, "SM2-SM3", signer.key_id, at, sm3_hex(listed))
    value = base64.b64encode(signer.sign(bare.content())).decode("ascii")
    signed = msgspec.structs.replace(bare, signature=value)
    return pack(root, {**files, LISTED: listed, SIGNED: canonical(msgspec.to_builtins(signed)) + b"\n"})


def manifest(files: Mapping[str, bytes]) -> bytes:
    """`校验清单.xml`: every file with its size and SM3, by path."""
    top = ElementTree.Element("校验清单", {"算法": "SM3", "文件数": str(len(files))})
    for path in sorted(files):
        attributes = {"路径": path, "字节数": str(len(files[path])), "摘要": sm3_hex(files[path])}
        ElementTree.SubElement(top, "文件", attributes)
    ElementTree.indent(top)
    return bytes(ElementTree.tostring(top, "utf-8", xml_declaration=True)) + b"\n"


def listed(data: bytes) -> dict[str, tuple[int, str]]:
    """Size and digest by path of a `校验清单.xml`; ValueError when it is none."""
    try:
        top = safe_xml.fromstring(data)
        found = {one.attrib["路径"]: (int(one.attrib["字节数"]), one.attrib["摘要"]) for one in top}
    except (ElementTree.ParseError, DefusedXmlException, KeyError, ValueError) as error:
        raise ValueError("not a list of digests") from error
    return found


def signature_of(files: Mapping[str, bytes]) -> Signature | None:
    """What `签名.json` says; None when it is missing or spelt otherwise than we spell it."""
    data = files.get(SIGNED, b"")
    try:
        found = decoded(data, Signature)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return found if canonical(msgspec.to_builtins(found)) + b"\n" == data else None


def signature_fault(files: Mapping[str, bytes], trusted: Mapping[str, sm2.PublicKey]) -> str:
    """Why the signature over the list may not be believed, "" when it may."""
    signed = signature_of(files)
    if signed is None or signed.format != FORMAT:
        return "包内没有可以识别的签名。"
    public = trusted.get(signed.key)
    if public is None:
        return f"签名密钥 {signed.key} 不受信任。"
    try:
        value = base64.b64decode(signed.signature, validate=True)
    except (ValueError, binascii.Error):
        value = b""
    strict = base64.b64encode(value).decode("ascii") == signed.signature
    if not strict or not sm2.verify(public, signed.content(), value):
        return "签名核验未通过。"
    if LISTED not in files or sm3_hex(files[LISTED]) != signed.manifest:
        return "校验清单与签名不符。"
    return ""


def digest_faults(files: Mapping[str, bytes]) -> Iterator[str]:
    """What in the package is not as the list says: altered, missing and foreign files, one sentence each."""
    try:
        wanted = listed(files.get(LISTED, b""))
    except ValueError:
        yield "校验清单读不出。"
        return
    for path, (size, digest) in wanted.items():
        if path not in files:
            yield f"缺少文件 {path}。"
        elif len(files[path]) != size or sm3_hex(files[path]) != digest:
            yield f"文件 {path} 与清单的摘要不符。"
    for path in sorted(files.keys() - wanted.keys() - {LISTED, SIGNED}):
        yield f"清单之外的文件 {path}。"


def faults(data: bytes, trusted: Mapping[str, sm2.PublicKey]) -> tuple[str, ...]:
    """Everything that keeps a package from being believed; () when it may be."""
    try:
        _, files = unpack(data)
    except ZhunyuError as error:
        return (error.what,)
    fault = signature_fault(files, trusted)
    return (*filter(None, (fault,)), *digest_faults(files))


def file_name(text: str) -> str:
    """A title as a file name that is safe on every system, at most 60 characters; 文件 for one with nothing left."""
    kept = "".join("_" if sign in '/\\:*?"<>|' or ord(sign) < 32 or ord(sign) == 127 else sign for sign in text)
    kept = "".join(sign for sign in kept if sign.isprintable())
    return kept.strip(" .")[:60].strip(" .") or "文件"


def _safe(path: str) -> bool:
    return all(_NAME.fullmatch(part) and not part.endswith((".", " ")) for part in path.split("/"))
