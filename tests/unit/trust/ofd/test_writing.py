"""What is written keeps the rules of GB/T 33190 and GB/T 38540."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree

import pytest
from asn1crypto import core

from engine.trust.ofd.content import number, plain
from engine.trust.ofd.document import SEAL, SIGNATURE, VALUE, document_files, read_root
from engine.trust.ofd.package import MOST_FILES, PackageError, read_package, write_package
from engine.trust.ofd.page import Path, bounds
from engine.trust.ofd.structures import SM2_SM3, StructureError, read_seal, read_value
from engine.trust.sm3 import sm3
from tests.unit.trust.ofd.sample import ABOUT, AGENCY, DRAWING, MAKER, document, seal

OFD = "{http://www.ofdspec.org/2016}"


def files() -> dict[str, ElementTree.Element]:
    """The XML files of the sample, parsed by the standard library."""
    with zipfile.ZipFile(io.BytesIO(document())) as archive:
        return {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist() if name.endswith("xml")}


def test_an_ordinary_reader_of_archives_finds_every_file_whole() -> None:
    with zipfile.ZipFile(io.BytesIO(document())) as archive:
        assert archive.testzip() is None and archive.namelist()[0] == "OFD.xml"


def test_every_element_is_of_the_standards_namespace_with_the_literal_prefix() -> None:
    with zipfile.ZipFile(io.BytesIO(document())) as archive:
        for name in filter(lambda one: one.endswith("xml"), archive.namelist()):
            assert b"<ofd:" in archive.read(name)
    assert all(element.tag.startswith(OFD) for root in files().values() for element in root.iter())


def test_every_file_a_document_names_is_there() -> None:
    found, read = files(), read_package(document())
    assert found["OFD.xml"].findtext(f".//{OFD}DocRoot") in read
    assert found["OFD.xml"].findtext(f".//{OFD}Signatures") in read
    for page in found["Doc_0/Document.xml"].iter(f"{OFD}Page"):
        assert f"Doc_0/{page.attrib['BaseLoc']}" in read
    for name, of in (("PublicRes", "FontFile"), ("DocumentRes", "MediaFile")):
        for place in found[f"Doc_0/{name}.xml"].iter(f"{OFD}{of}"):
            assert f"Doc_0/Res/{place.text}" in read
    for reference in found[SIGNATURE].iter(f"{OFD}Reference"):
        assert reference.attrib["FileRef"].removeprefix("/") in read


def test_object_identifiers_are_unique_and_within_the_highest_the_document_states() -> None:
    used = [
        int(element.attrib["ID"]) for name, root in files().items() if "Signs" not in name
        for element in root.iter() if "ID" in element.attrib
    ]  # fmt: skip
    stated = int(files()["Doc_0/Document.xml"].findtext(f".//{OFD}MaxUnitID") or 0)
    assert len(used) == len(set(used)) and max(used) == stated


def test_a_text_has_one_distance_less_than_characters() -> None:
    code = next(files()["Doc_0/Pages/Page_0/Content.xml"].iter(f"{OFD}TextCode"))
    assert (code.text, len(code.attrib["DeltaX"].split())) == ("单位<&>", 4)


def test_every_file_but_the_two_of_the_signature_is_covered_by_it() -> None:
    covered = {one.attrib["FileRef"].removeprefix("/") for one in files()[SIGNATURE].iter(f"{OFD}Reference")}
    assert covered == read_package(document()).keys() - {SIGNATURE, VALUE}


def test_the_seal_stands_on_a_page_of_the_document() -> None:
    pages = {one.attrib["ID"] for one in files()["Doc_0/Document.xml"].iter(f"{OFD}Page")}
    stamp = next(files()[SIGNATURE].iter(f"{OFD}StampAnnot"))
    assert stamp.attrib["PageRef"] in pages and stamp.attrib["Boundary"] == "100 100 42 42"


def test_what_a_document_says_of_itself_is_read_back() -> None:
    assert read_root(document_files(DRAWING, ABOUT)["OFD.xml"]) == ABOUT


def test_a_signature_of_a_seal_has_the_fields_of_the_standard_in_their_order() -> None:
    whole = core.Sequence.load(read_package(document())[VALUE])
    to_sign, cert, algorithm, signature = (whole[place] for place in range(4))
    assert (algorithm.native, cert.native, type(signature)) == (SM2_SM3, AGENCY.certificate, core.BitString)
    version, made, at, digest, path = (to_sign[place] for place in range(5))
    assert (version.native, path.native) == (4, f"/{SIGNATURE}")
    assert isinstance(at, core.GeneralizedTime) and isinstance(digest, core.BitString)
    info = made[0]
    assert [info[0][place].native for place in range(2)] == ["ES", 4] and made[1].native == MAKER.certificate


def test_the_signature_is_over_the_digest_of_its_description() -> None:
    read = read_package(document())
    assert read_value(read[VALUE]).digest == sm3(read[SIGNATURE]) and read_value(read[VALUE]).seal.der == read[SEAL]


@pytest.mark.parametrize("change", [b"\x00", b"\x30\x00"])
def test_a_structure_with_bytes_behind_it_is_refused(change: bytes) -> None:
    with pytest.raises(StructureError):
        read_seal(seal() + change)
    with pytest.raises(StructureError):
        read_value(read_package(document())[VALUE] + change)


@pytest.mark.parametrize("junk", [b"", b"\x30\x80\x00\x00", b"\x30\x84\xff\xff\xff\xff", b"0" * 3000])
def test_what_is_no_structure_is_refused(junk: bytes) -> None:
    with pytest.raises(StructureError):
        read_value(junk)


@pytest.mark.parametrize("name", ["../x", "/x", "a//b", "a\\b", "a/../b", "", ".x", "文件", "a/" * 9 + "b", "x\0y"])
def test_no_archive_is_written_or_read_with_a_name_that_leads_elsewhere(name: str) -> None:
    with pytest.raises(ValueError):
        write_package({name: b""})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name or "x\\y"), b"")
    with pytest.raises(PackageError):
        read_package(out.getvalue())


def test_a_bomb_is_refused_before_it_is_opened() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("OFD.xml", b"0" * 50_000_000)
    with pytest.raises(PackageError, match="压缩"):
        read_package(out.getvalue())


def test_two_files_of_one_name_are_refused() -> None:
    twice = write_package({"a": b"1", "b": b"2"}).replace(b"\x01\x00\x00\x00b", b"\x01\x00\x00\x00a")
    with pytest.raises(PackageError):
        read_package(twice.replace(b"b2", b"a2"))


def test_too_many_files_are_refused() -> None:
    with pytest.raises(PackageError, match=str(MOST_FILES)):
        read_package(write_package({f"f{place}": b"" for place in range(MOST_FILES + 1)}))


def test_an_empty_archive_is_refused() -> None:
    with pytest.raises(PackageError):
        read_package(write_package({}))


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (-0.0001, "0"), (1.5, "1.5"), (297.0000127, "297"), (10, "10")]
)
def test_numbers_are_written_shortly(value: float, text: str) -> None:
    assert number(value) == text


def test_characters_xml_cannot_hold_are_left_out() -> None:
    assert plain("a\0\x1b<\ud800&𬭎") == "a&lt;&amp;𬭎"


def test_the_box_around_a_path_holds_its_line() -> None:
    assert bounds(Path((("M", (10, 10)), ("L", (20, 10))), None, (0, 0, 0), 1)) == (9, 9, 12, 2)
