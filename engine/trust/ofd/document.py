"""The files of an OFD document before it is sealed (GB/T 33190-2016 clauses 7.4 to 7.9)."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import quoteattr

import msgspec

from engine.trust.ofd.content import HEAD, SPACE, Numbering, box, page_xml, plain
from engine.trust.ofd.package import PackageError
from engine.trust.ofd.page import Drawing
from engine.trust.ofd.reading import every, one, parse, text
from engine.trust.sm3 import Sm3

ROOT, DOCUMENT = "OFD.xml", "Doc_0/Document.xml"
SIGNATURES = "Doc_0/Signs/Signatures.xml"
SIGNATURE, SEAL, VALUE = (f"Doc_0/Signs/Sign_0/{name}" for name in ("Signature.xml", "Seal.esl", "SignedValue.dat"))


class Description(msgspec.Struct, frozen=True):
    """What a document says about itself; `data` becomes CustomDatas in its order. `day` is ISO."""

    title: str
    author: str
    day: str
    creator: str
    version: str
    data: Mapping[str, str] = {}


def document_files(drawing: Drawing, about: Description) -> dict[str, bytes]:
    """The files by name, OFD.xml first; it names the list of signatures, which is still to be added."""
    ids = Numbering(1)
    pages = tuple(ids.next() for _ in drawing.pages)
    fonts, pictures = tuple(ids.next() for _ in drawing.fonts), tuple(ids.next() for _ in drawing.pictures)
    files = dict[str, bytes]()
    for place, page in enumerate(drawing.pages):
        files[f"Doc_0/Pages/Page_{place}/Content.xml"] = page_xml(page, fonts, pictures, ids).encode()
    for identifier, font in zip(fonts, drawing.fonts, strict=True):
        files[f"Doc_0/Res/font_{identifier}.ttf"] = font.data
    for identifier, picture in zip(pictures, drawing.pictures, strict=True):
        files[f"Doc_0/Res/image_{identifier}.png"] = picture
    files["Doc_0/PublicRes.xml"] = _fonts_xml(drawing, fonts).encode()
    if pictures:
        files["Doc_0/DocumentRes.xml"] = _pictures_xml(pictures).encode()
    files[DOCUMENT] = _document_xml(drawing, pages, bool(pictures), ids.last).encode()
    return {ROOT: _root_xml(about, _identity(files, about)).encode(), **files}


def read_root(data: bytes) -> Description:
    """What OFD.xml says of the document; PackageError unless `document_files` would write the same."""
    info = one(one(parse(data, ROOT, "OFD"), "DocBody"), "DocInfo")
    entries = every(one(info, "CustomDatas"), "CustomData")
    named = [(entry.attrib.get("Name", ""), entry.text or "") for entry in entries]
    about = Description(
        title=text(info, "Title"), author=text(info, "Author"), day=text(info, "CreationDate"),
        creator=text(info, "Creator"), version=text(info, "CreatorVersion"), data=dict(named),
    )  # fmt: skip
    if len(named) != len(about.data) or _root_xml(about, text(info, "DocID")).encode() != data:
        raise PackageError(f"{ROOT} 不是本系统的写法，已被改动。")
    return about


def page_id(place: int) -> int:
    """The identifier of the page at a place, from 0."""
    return place + 1


def _identity(files: Mapping[str, bytes], about: Description) -> str:
    """DocID: 32 hexadecimal digits, the same for the same content."""
    digest = Sm3("\0".join((about.title, about.day, *(f"{name}={text}" for name, text in about.data.items()))).encode())
    for data in files.values():
        digest.update(data)
    return digest.hexdigest()[:32]


def _root_xml(about: Description, identity: str) -> str:
    data = "".join(
        f"<ofd:CustomData Name={quoteattr(name)}>{plain(text)}</ofd:CustomData>" for name, text in about.data.items()
    )
    info = (
        f"<ofd:DocID>{identity}</ofd:DocID><ofd:Title>{plain(about.title)}</ofd:Title>"
        f"<ofd:Author>{plain(about.author)}</ofd:Author><ofd:CreationDate>{plain(about.day)}</ofd:CreationDate>"
        f"<ofd:DocUsage>Normal</ofd:DocUsage><ofd:Creator>{plain(about.creator)}</ofd:Creator>"
        f"<ofd:CreatorVersion>{plain(about.version)}</ofd:CreatorVersion><ofd:CustomDatas>{data}</ofd:CustomDatas>"
    )
    return (
        f'{HEAD}<ofd:OFD {SPACE} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo>{info}</ofd:DocInfo>'
        f"<ofd:DocRoot>{DOCUMENT}</ofd:DocRoot><ofd:Signatures>{SIGNATURES}</ofd:Signatures></ofd:DocBody></ofd:OFD>"
    )


def _document_xml(drawing: Drawing, pages: tuple[int, ...], pictures: bool, last: int) -> str:
    first = drawing.pages[0]
    resources = "<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>" if pictures else ""
    listed = "".join(
        f'<ofd:Page ID="{identifier}" BaseLoc="Pages/Page_{place}/Content.xml"/>'
        for place, identifier in enumerate(pages)
    )
    return (
        f"{HEAD}<ofd:Document {SPACE}><ofd:CommonData><ofd:MaxUnitID>{last}</ofd:MaxUnitID><ofd:PageArea>"
        f"<ofd:PhysicalBox>{box((0, 0, first.width, first.height))}</ofd:PhysicalBox></ofd:PageArea>"
        f"<ofd:PublicRes>PublicRes.xml</ofd:PublicRes>{resources}</ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>"
    )


def _fonts_xml(drawing: Drawing, fonts: tuple[int, ...]) -> str:
    listed = "".join(
        f'<ofd:Font ID="{identifier}" FontName={quoteattr(font.name)} FamilyName={quoteattr(font.family)} '
        f'Charset="unicode"><ofd:FontFile>font_{identifier}.ttf</ofd:FontFile></ofd:Font>'
        for identifier, font in zip(fonts, drawing.fonts, strict=True)
    )
    return f'{HEAD}<ofd:Res {SPACE} BaseLoc="Res"><ofd:Fonts>{listed}</ofd:Fonts></ofd:Res>'


def _pictures_xml(pictures: tuple[int, ...]) -> str:
    listed = "".join(
        f'<ofd:MultiMedia ID="{identifier}" Type="Image" Format="PNG">'
        f"<ofd:MediaFile>image_{identifier}.png</ofd:MediaFile></ofd:MultiMedia>"
        for identifier in pictures
    )
    return f'{HEAD}<ofd:Res {SPACE} BaseLoc="Res"><ofd:MultiMedias>{listed}</ofd:MultiMedias></ofd:Res>'
