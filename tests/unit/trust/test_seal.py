"""The seal over a PDF: readers still open the file, and no change to it goes unseen."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable

import msgspec
import pypdf
import pytest
import typst

from engine.errors import ZhunyuError
from engine.trust import keys, seal, sm2
from engine.trust.canonical import canonical
from engine.trust.keys import KeyRing

AT = "2026-03-01T08:00:00+08:00"
FACTS = seal.SealFacts(
    certificate_id="c-1",
    number="沪卫公〔2026〕静字第00001号",
    holder="上海某某酒店有限公司",
    face={"单位名称": "上海某某酒店有限公司", "经营项目": "住宿"},
    status_at_issue="有效",
    issued_on="2026-03-01",
    valid_to="2030-02-28",
    issuer="上海市静安区卫生健康委员会",
)


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return typst.compile(b"= Licence\nHolder: *somebody*\n#pagebreak()\nConditions")


@pytest.fixture(scope="module")
def sealed(pdf: bytes, ring: KeyRing) -> bytes:
    return seal.seal_pdf(pdf, FACTS, ring.signer("certificate"), AT)[0]


@pytest.fixture
def check(ring: KeyRing) -> Callable[[bytes], seal.Check]:
    trusted = ring.trusted("certificate")
    return lambda file: seal.check_pdf(file, trusted)


Checker = Callable[[bytes], seal.Check]


def found(file: bytes) -> seal.Seal:
    read = seal.read_seal(file)
    assert read is not None
    return read[0]


def rewritten(file: bytes, **changed: object) -> bytes:
    """The file with its seal's fields changed and the tail written anew, as a forger would."""
    read = seal.read_seal(file)
    assert read is not None
    return read[1] + seal._tail(read[1], msgspec.structs.replace(read[0], **changed))


def test_a_sealed_file_is_valid(sealed: bytes, check: Checker) -> None:
    assert check(sealed).state == "valid"


def test_the_second_verifier_agrees(sealed: bytes, ring: KeyRing) -> None:
    assert seal.check_pdf(sealed, ring.trusted("certificate"), second=True).state == "valid"


def test_a_second_verifier_that_disagrees_makes_the_file_not_valid(
    sealed: bytes, ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seal, "verify_second", lambda *given: False)
    assert "两种独立实现" in seal.check_pdf(sealed, ring.trusted("certificate"), second=True).reason


def test_the_seal_read_back_says_what_was_sealed(pdf: bytes, ring: KeyRing) -> None:
    file, written = seal.seal_pdf(pdf, FACTS, ring.signer("certificate"), AT)
    assert found(file) == written


def test_the_seal_states_the_facts_given(sealed: bytes) -> None:
    read = msgspec.structs.asdict(found(sealed))
    assert {name: read[name] for name in FACTS.__struct_fields__} == msgspec.structs.asdict(FACTS)


def test_the_pdfs_own_bytes_stand_unchanged_before_the_seal(pdf: bytes, sealed: bytes) -> None:
    assert sealed.startswith(pdf)


def test_no_comment_line_is_longer_than_200_characters(pdf: bytes, sealed: bytes) -> None:
    assert max(map(len, sealed[len(pdf) :].split(b"\n"))) <= 200


def test_a_strict_reader_still_opens_the_sealed_file(sealed: bytes) -> None:
    pages = pypdf.PdfReader(io.BytesIO(sealed), strict=True).pages
    assert [page.extract_text().strip() for page in pages] == ["Licence\nHolder: somebody", "Conditions"]


def test_the_tail_repeats_the_last_startxref(pdf: bytes, sealed: bytes) -> None:
    offsets = re.findall(rb"startxref\s+(\d+)", sealed)
    assert offsets[-1] == re.findall(rb"startxref\s+(\d+)", pdf)[-1]


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n", b"\n\n  "])
def test_a_pdf_is_sealed_whatever_its_line_ending(pdf: bytes, ring: KeyRing, check: Checker, ending: bytes) -> None:
    assert check(seal.seal_pdf(pdf.rstrip() + ending, FACTS, ring.signer("certificate"), AT)[0]).state == "valid"


def test_no_single_flipped_byte_is_called_valid(sealed: bytes, pdf: bytes, check: Checker) -> None:
    places = [*range(0, len(pdf), 41), *range(len(pdf) - 40, len(sealed))]
    valid = []
    for place in places:
        for bit in (1, 32, 128):
            verdict = check(sealed[:place] + bytes((sealed[place] ^ bit,)) + sealed[place + 1 :])
            if verdict.state != "altered":
                valid.append((place, bit, verdict.reason))
    assert valid == []


def test_no_byte_removed_is_called_valid(sealed: bytes, pdf: bytes, check: Checker) -> None:
    places = [*range(0, len(pdf), 97), *range(len(pdf) - 20, len(sealed))]
    assert [at for at in places if check(sealed[:at] + sealed[at + 1 :]).state != "altered"] == []


def test_no_byte_inserted_is_called_valid(sealed: bytes, pdf: bytes, check: Checker) -> None:
    places = [*range(0, len(pdf), 97), *range(len(pdf) - 20, len(sealed) + 1)]
    extra = [b"\n", b"A", b"%"]
    assert [at for at in places for one in extra if check(sealed[:at] + one + sealed[at:]).state != "altered"] == []


def test_a_file_cut_off_anywhere_in_the_seal_is_altered(sealed: bytes, pdf: bytes, check: Checker) -> None:
    start = len(pdf) + 1 + len(seal._MARK)
    assert {check(sealed[:size]).state for size in range(start, len(sealed), 3)} == {"altered"}


TAIL = b"startxref\n1\n%%EOF\n"


def parts(file: bytes) -> tuple[bytes, list[bytes]]:
    """The bytes before the seal, and the lines from it on, each with its line end."""
    start = file.index(seal._MARK)
    return file[:start], file[start:].splitlines(keepends=True)


def rewrapped(file: bytes) -> bytes:
    before, lines = parts(file)
    return before + lines[0][:60] + b"\n" + seal._MARK + lines[0][60:] + b"".join(lines[1:])


TAMPERED: dict[str, Callable[[bytes], bytes]] = {
    "a space behind the end": lambda file: file + b" ",
    "an incremental update behind the end": lambda file: file + b"9 0 obj <<>> endobj\n" + TAIL,
    "the seal's lines repeated": lambda file: file + b"".join(parts(file)[1]),
    "bytes between page content and seal": lambda file: parts(file)[0] + b"% note\n" + b"".join(parts(file)[1]),
    "two seal lines swapped": lambda file: parts(file)[0] + b"".join(swapped(parts(file)[1])),
    "the first seal line left out": lambda file: parts(file)[0] + b"".join(parts(file)[1][1:]),
    "another startxref": lambda file: re.sub(rb"startxref\n\d+\n%%EOF\n\Z", TAIL, file),
    "windows line ends in the tail": lambda file: parts(file)[0] + b"".join(parts(file)[1]).replace(b"\n", b"\r\n"),
    "the seal moved to the front": lambda file: b"".join(parts(file)[1]) + parts(file)[0],
    "the page content replaced": lambda file: typst.compile(b"Other") + b"\n" + b"".join(parts(file)[1]),
    "seal lines wrapped elsewhere": rewrapped,
}


def swapped(lines: list[bytes]) -> list[bytes]:
    return [lines[1], lines[0], *lines[2:]]


@pytest.mark.parametrize("how", TAMPERED)
def test_a_tampered_file_is_altered(sealed: bytes, check: Checker, how: str) -> None:
    assert check(TAMPERED[how](sealed)).state == "altered"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", 2),
        ("certificate_id", "c-2"),
        ("number", "沪卫公〔2026〕静字第00002号"),
        ("holder", "上海某某酒店有限公司 "),
        ("face", {"单位名称": "上海某某酒店有限公司", "经营项目": "住宿、游泳"}),
        ("status_at_issue", "注销"),
        ("issued_on", "2025-03-01"),
        ("valid_to", "2099-12-31"),
        ("issuer", "另一机关"),
        ("sealed_at", "2026-03-01T08:00:01+08:00"),
        ("file_digest", "00" * 32),
        ("length", 1),
        ("key_id", "certificate-0000000000000000"),
        ("public_key", sm2.PrivateKey(bytes(31) + b"\5").public.hex()),
        ("public_key", "zz"),
        ("signature", ""),
        ("signature", "AAAA"),
        ("signature", "不是"),
    ],
)
def test_an_edited_field_of_the_seal_is_altered(sealed: bytes, check: Checker, name: str, value: object) -> None:
    assert check(rewritten(sealed, **{name: value})).state == "altered"


def with_length(file: bytes, length: int) -> bytes:
    """As `rewritten`, for a number that canonical JSON refuses."""
    covered = file[: file.index(seal._MARK)]
    fields = {**msgspec.structs.asdict(found(file)), "length": length}
    text = base64.urlsafe_b64encode(msgspec.json.encode(fields)).rstrip(b"=")
    lines = [seal._MARK + text[at : at + 185] + b"\n" for at in range(0, len(text), 185)]
    return covered + b"".join(lines) + b"startxref\n1\n%%EOF\n"


def test_a_length_beyond_all_numbers_is_altered(sealed: bytes, check: Checker) -> None:
    assert check(with_length(sealed, 10**18)).state == "altered"


def test_another_spelling_of_the_same_signature_is_altered(pdf: bytes, ring: KeyRing, check: Checker) -> None:
    tries = (seal.seal_pdf(pdf, FACTS, ring.signer("certificate"), AT) for _ in range(200))
    file, written = next(one for one in tries if one[1].signature.endswith("="))  # three in four leave unused bits
    stem = written.signature.rstrip("=")
    other = stem[:-1] + chr(ord(stem[-1]) + 1) + written.signature[len(stem) :]
    same_bytes = base64.b64decode(other) == base64.b64decode(written.signature)
    assert (same_bytes, check(rewritten(file, signature=other)).state) == (True, "altered")


def test_a_file_sealed_by_an_unknown_key_is_unknown(pdf: bytes, other_ring: KeyRing, check: Checker) -> None:
    assert check(seal.seal_pdf(pdf, FACTS, other_ring.signer("certificate"), AT)[0]).state == "unknown"


def test_a_seal_under_a_trusted_key_id_but_another_key_is_altered(
    pdf: bytes, ring: KeyRing, other_ring: KeyRing, check: Checker
) -> None:
    forged = msgspec.structs.replace(other_ring.signer("certificate"), key_id=ring.signer("certificate").key_id)
    assert "伪造" in check(seal.seal_pdf(pdf, FACTS, forged, AT)[0]).reason


def test_a_signature_made_without_the_seals_domain_is_altered(sealed: bytes, ring: KeyRing, check: Checker) -> None:
    plain = seal.signed_bytes(found(sealed)).removeprefix(seal._DOMAIN)
    other = base64.b64encode(sm2.sign(ring.signer("certificate").private, plain)).decode()
    assert check(rewritten(sealed, signature=other)).state == "altered"


def test_a_forger_who_seals_the_sealed_file_again_is_found(sealed: bytes, other_ring: KeyRing, check: Checker) -> None:
    hidden = sealed.replace(seal._MARK, b"%ZHUNYU-SEAL-0 ")
    twice = seal.seal_pdf(hidden, FACTS, other_ring.signer("certificate"), AT)[0]
    assert check(twice.replace(b"%ZHUNYU-SEAL-0 ", seal._MARK)).state == "altered"


def test_a_file_without_a_seal_is_unknown(pdf: bytes, check: Checker) -> None:
    assert check(pdf) == seal.Check("unknown", "文件中没有签章。")


@pytest.mark.parametrize("file", [b"", b"hello", b"\xff" * 5000])
def test_something_that_is_no_pdf_is_unknown(file: bytes, check: Checker) -> None:
    assert check(file).state == "unknown"


@pytest.mark.parametrize(
    "content",
    [b"{}", b"[]", b"null", b"\xff", b'{"version":"\\ud800"}', b'{"version":1e400}', b"[" * 5000, b'{"length":-1}'],
)
def test_a_seal_with_senseless_content_is_altered(pdf: bytes, check: Checker, content: bytes) -> None:
    text = base64.urlsafe_b64encode(content)[:180].rstrip(b"=")
    assert check(pdf + b"\n" + seal._MARK + text + b"\nstartxref\n1\n%%EOF\n").state == "altered"


def test_a_check_with_no_trusted_key_is_never_valid(sealed: bytes) -> None:
    assert seal.check_pdf(sealed, {}).state == "unknown"


def test_a_key_rotated_out_still_confirms_its_seals(
    sealed: bytes, ring: KeyRing, random: Callable[[int], bytes]
) -> None:
    turned = keys.rotate_signing(ring, "certificate", random)
    assert seal.check_pdf(sealed, turned.trusted("certificate")).state == "valid"


def test_the_published_trust_file_is_all_a_check_needs(sealed: bytes, ring: KeyRing) -> None:
    published = keys.write_trusted(ring.trusted("certificate"))
    assert seal.check_pdf(sealed, keys.read_trusted(published)).state == "valid"


@pytest.mark.parametrize("file", [b"", b"hello", b"%PDF-1.7\nno end", b"startxref\n1\n%%EOF\n"])
def test_what_is_no_complete_pdf_is_not_sealed(ring: KeyRing, file: bytes) -> None:
    with pytest.raises(ZhunyuError, match="K001"):
        seal.seal_pdf(file, FACTS, ring.signer("certificate"), AT)


def test_a_sealed_file_is_not_sealed_again(sealed: bytes, ring: KeyRing) -> None:
    with pytest.raises(ZhunyuError, match="已有签章"):
        seal.seal_pdf(sealed, FACTS, ring.signer("certificate"), AT)


def test_the_signature_covers_the_canonical_json_behind_its_domain(sealed: bytes) -> None:
    fields = msgspec.structs.asdict(found(sealed))
    del fields["signature"]
    assert seal.signed_bytes(found(sealed)) == b"zhunyu:certificate-seal:v1\0" + canonical(fields)
