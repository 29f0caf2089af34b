"""Whatever is done to a sealed OFD shows, and whom it is relied on for."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from engine.trust.ofd.document import ROOT, SEAL, SIGNATURE, SIGNATURES, VALUE, document_files
from engine.trust.ofd.package import read_package, write_package
from engine.trust.ofd.sealing import sealed_ofd
from engine.trust.ofd.signature_xml import SignatureInfo, signature_xml
from engine.trust.ofd.structures import read_value, sign_value
from engine.trust.pki.issuing import Revocation, Term
from engine.trust.sm3 import sm3
from tests.unit.trust.ofd import sample
from tests.unit.trust.ofd.sample import ABOUT, AGENCY, AUTHORITY, DRAWING, NOW, OFFICE, checked, document

Files = dict[str, bytes]


def test_a_document_as_it_was_sealed_is_valid_for_both_verifiers() -> None:
    found = checked(document(), second=True)
    assert found.state == "valid" and found.sealed is not None
    assert (found.sealed.about, found.sealed.at, found.sealed.signer.name) == (ABOUT, NOW, OFFICE)


def test_no_flipped_bit_goes_unseen() -> None:
    rng, file = random.Random(33190), document()
    for _ in range(500):
        changed = bytearray(file)
        changed[rng.randrange(len(file))] ^= 1 << rng.randrange(8)
        assert checked(bytes(changed)).state != "valid"


def test_no_swap_and_no_cut_goes_unseen() -> None:
    rng, file = random.Random(38540), document()
    for _ in range(250):
        at, other, size = rng.randrange(len(file) - 64), rng.randrange(len(file) - 64), rng.randrange(1, 64)
        changed = bytearray(file)
        changed[at : at + size], changed[other : other + size] = file[other : other + size], file[at : at + size]
        if bytes(changed) != file:
            assert checked(bytes(changed)).state != "valid"
        assert checked(file[: rng.randrange(len(file))]).state != "valid"


def test_no_change_of_a_file_goes_unseen_when_the_archive_is_written_anew() -> None:
    rng, files = random.Random(32918), read_package(document())
    for _ in range(250):
        name = rng.choice(tuple(files))
        data, place = bytearray(files[name]), rng.randrange(len(files[name]))
        data[place] ^= 1 << rng.randrange(8)
        assert checked(write_package({**files, name: bytes(data)})).state != "valid", (name, place)


def test_bytes_before_or_after_the_archive_are_seen() -> None:
    assert checked(b"#" + document()).state != "valid" and checked(document() + b"#").state == "altered"


def _removed(files: Files) -> Files:
    return {name: data for name, data in files.items() if not name.endswith(".ttf")}


def _added(files: Files) -> Files:
    return {**files, "Doc_0/Attachs/note.xml": b"<x/>"}


def _reordered(files: Files) -> Files:
    return dict(sorted(files.items(), key=lambda one: one[0] != SEAL))


def _other_seal(files: Files) -> Files:
    return {**files, SEAL: sample.seal()}


def _entities(files: Files) -> Files:
    return {**files, SIGNATURE: b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}


def _encoding(files: Files) -> Files:
    return {**files, SIGNATURE: files[SIGNATURE].replace(b"UTF-8", b"UTF-9")}


def _resigned_digests(files: Files) -> Files:
    """Whoever changes a page may change its digest too, but not the signature over it."""
    page = "Doc_0/Pages/Page_0/Content.xml"
    changed = {**files, page: files[page].replace("单位".encode(), "单元".encode())}
    covered = {name: sm3(data) for name, data in changed.items() if name not in (SIGNATURE, VALUE)}
    return {**changed, SIGNATURE: signature_xml(SignatureInfo(NOW, covered, DRAWING.stamps)).encode()}


@pytest.mark.parametrize(
    ("change", "word"),
    [(_removed, "缺失"), (_added, "不在签章保护的范围内"), (_reordered, "次序"), (_other_seal, "印章"),
     (_entities, "不允许的内容"), (_encoding, "不允许的内容"), (_resigned_digests, "签章值不符"),
     (lambda files: {**files, SIGNATURES: b"<x/>"}, "不一致"),
     (lambda files: {name: data for name, data in files.items() if name != ROOT}, ROOT)],
)  # fmt: skip
def test_an_archive_whose_files_do_not_agree_is_altered(change: Callable[[Files], Files], word: str) -> None:
    found = checked(write_package(change(read_package(document()))))
    assert found.state == "altered" and word in found.reason


def test_a_file_without_a_seal_is_unknown() -> None:
    assert checked(write_package(document_files(DRAWING, ABOUT))).state == "altered"
    assert checked(b"%PDF-1.7").state == "unknown" and checked(b"").state == "unknown"


def test_a_seal_of_another_root_is_unknown() -> None:
    assert checked(document(), sample.Authority().trust()).state == "unknown"


def test_a_certificate_without_any_revocation_list_is_unknown() -> None:
    assert "吊销列表" in checked(document(), msgspec.structs.replace(AUTHORITY.trust(), lists={})).reason


def _revoked(days: int, reason: str = "superseded") -> str:
    at = NOW + timedelta(days=days)
    entry = Revocation(AGENCY.own.serial, at, reason)
    return checked(document(), AUTHORITY.trust((entry,)), max(at, NOW)).state


def test_a_seal_used_after_its_certificate_was_revoked_is_unknown() -> None:
    assert _revoked(-1) == "unknown"


def test_a_seal_used_before_its_certificate_was_replaced_stays_valid() -> None:
    assert _revoked(30) == "valid"


def test_no_seal_of_a_key_that_leaked_later_is_relied_on() -> None:
    assert _revoked(30, "key_compromise") == "unknown"


def test_a_seal_used_after_its_term_is_unknown() -> None:
    file = sealed_ofd(DRAWING, ABOUT, sample.seal(end=NOW - timedelta(days=1)), AGENCY, NOW)
    assert "印章不在有效期内" in checked(file).reason


def test_a_certificate_used_after_its_term_is_unknown() -> None:
    old = AUTHORITY.identity("agency", OFFICE, Term(NOW - timedelta(days=9), NOW - timedelta(days=1)))
    assert checked(sealed_ofd(DRAWING, ABOUT, sample.seal(old), old, NOW)).state == "unknown"


def test_a_seal_set_in_the_future_is_unknown() -> None:
    file = sealed_ofd(DRAWING, ABOUT, sample.seal(), AGENCY, NOW + timedelta(days=1))
    assert "将来" in checked(file).reason


def test_an_officer_cannot_use_a_seal() -> None:
    officer = AUTHORITY.identity("officer", OFFICE)
    assert "机关电子签章" in checked(sealed_ofd(DRAWING, ABOUT, sample.seal(officer), officer, NOW)).reason


def test_an_agency_cannot_make_a_seal_for_itself() -> None:
    assert "制章人" in checked(sealed_ofd(DRAWING, ABOUT, sample.seal(maker=AGENCY), AGENCY, NOW)).reason


def test_an_agency_cannot_seal_in_the_name_of_another() -> None:
    other = AUTHORITY.identity("agency", "上海市徐汇区卫生健康委员会")
    found = checked(sealed_ofd(DRAWING, ABOUT, sample.seal(other), other, NOW))
    assert found.state == "unknown" and "徐汇" in found.reason


def test_a_seal_cannot_be_used_by_whom_it_was_not_made_for() -> None:
    other = AUTHORITY.identity("agency", OFFICE)
    assert checked(sealed_ofd(DRAWING, ABOUT, sample.seal(AGENCY), other, NOW)).state == "altered"


def test_a_signature_by_a_key_that_is_not_the_certificates_is_altered() -> None:
    files = read_package(document())
    value = read_value(files[VALUE])
    thief = msgspec.structs.replace(AGENCY, private=AUTHORITY.identity("agency", OFFICE).private)
    files[VALUE] = sign_value(value.seal.der, value.at, value.digest, value.path, thief)
    assert "签章人的签名" in checked(write_package(files)).reason
