"""A certificate is relied on only within its path, time, use and standing; nothing malformed gets through."""

from __future__ import annotations

import secrets
from datetime import timedelta

import msgspec
import pytest
from asn1crypto import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ZhunyuError
from engine.trust import sm2
from engine.trust.pki import pin as pins
from engine.trust.pki.certificate import (
    KINDS,
    POLICY_BYTES,
    Certificate,
    read_any,
    read_certificate,
    read_certificates,
    write_pem,
)
from engine.trust.pki.identity import KeyIdentity
from engine.trust.pki.issuing import Revocation, Subject, Term, issue
from engine.trust.pki.trust import Standing, Trust, read_list, standing
from engine.trust.pki.usual import read_usual
from engine.trust.sm3 import sm3_hex
from tests.unit.trust.pki_world import DAY, NOW, YEAR, Authority

OURS, THEIRS = Authority(), Authority("另一个根")
LEAF = OURS.issue()
ISSUED = (OURS.root.der, *(OURS.issue(kind).der for kind in KINDS if kind != "root"))


def found(trust: Trust, leaf: object = LEAF, kind: str = "officer", days: int = 0) -> Standing:
    at = NOW + timedelta(days=days)
    return standing(trust, leaf, kind, at, at)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "root"])
def test_a_certificate_is_good_for_its_own_kind_and_for_no_other(kind: str) -> None:
    leaf = OURS.issue(kind)
    others = {other: found(OURS.trust(), leaf, other).state for other in KINDS if other != kind}
    assert found(OURS.trust(), leaf, kind).state == "valid" and set(others.values()) == {"usage"}


def test_a_certificate_says_whom_it_is_for() -> None:
    assert (LEAF.name, LEAF.organisation, LEAF.code, LEAF.kind) == ("黄窗示", "黄浦区", "HP-0001", "officer")


def test_the_path_leads_from_the_certificate_to_the_anchor() -> None:
    assert [one.id for one in found(OURS.trust()).path] == [LEAF.id, OURS.root.id]


def test_before_its_first_day_a_certificate_is_not_valid_yet() -> None:
    late = OURS.issue(term=Term(NOW + DAY, NOW + 9 * DAY))
    assert found(OURS.trust(), late).state == "not_yet"


def test_after_its_last_day_a_certificate_is_expired() -> None:
    assert found(OURS.trust(), OURS.issue(term=Term(NOW - 9 * DAY, NOW - DAY))).state == "expired"


def test_a_certificate_ends_with_that_of_its_issuer() -> None:
    short = Authority(term=Term(NOW - 9 * DAY, NOW - DAY))
    assert found(short.trust(), short.issue()).state == "expired"


def test_a_certificate_of_another_authority_is_not_trusted() -> None:
    assert found(OURS.trust(), THEIRS.issue()).state == "untrusted"


def test_an_authority_of_the_same_name_with_another_key_is_not_trusted() -> None:
    assert found(OURS.trust(), Authority("示例根").issue()).state == "untrusted"


def test_a_certificate_that_signs_itself_is_not_trusted() -> None:
    assert found(OURS.trust(), THEIRS.root, "root").state == "untrusted"


def test_a_changed_name_breaks_the_signature() -> None:
    forged = LEAF.der.replace("黄窗示".encode(), "黄窗不".encode())
    assert found(OURS.trust(), read_certificate(forged)).state == "untrusted"


def test_a_revoked_certificate_is_not_valid_from_that_moment() -> None:
    trust = OURS.trust(Revocation(LEAF.serial, NOW - DAY, "key_compromise"))
    assert (found(trust).state, "密钥泄露" in found(trust).reason) == ("revoked", True)


def test_what_was_signed_before_the_revocation_stands_and_says_so() -> None:
    trust = OURS.trust(Revocation(LEAF.serial, NOW, "superseded"))
    earlier = standing(trust, LEAF, "officer", NOW - DAY, NOW + DAY)
    assert (earlier.state, earlier.revoked_later[:10]) == ("valid", "2026-05-04")


def test_without_a_revocation_list_the_standing_is_unknown() -> None:
    assert found(Trust((OURS.root,))).state == "unknown"


def test_an_outdated_list_is_not_relied_on_for_a_new_signature() -> None:
    trust = OURS.trust(term=Term(NOW - 9 * DAY, NOW - DAY))
    assert found(trust).state == "unknown"
    assert standing(trust, LEAF, "officer", NOW - 5 * DAY, NOW).state == "valid"


def test_a_list_of_another_authority_is_refused() -> None:
    with pytest.raises(ZhunyuError) as refused:
        read_list(THEIRS.list(), (OURS.root,))
    assert refused.value.code == "K007"


def test_an_officer_cannot_issue_certificates() -> None:
    officer, key = OURS.issue_with_key()
    sly = issue(officer, lambda message: sm2.sign(key, message), "agency", Subject("某某局"), LEAF.public, 5, YEAR)
    assert standing(OURS.trust(), sly, "agency", NOW, NOW, (officer,)).state == "untrusted"


def test_a_path_longer_than_the_anchor_allows_is_refused() -> None:
    top, middle = Authority("上级", path_length=0), Authority("下级")
    body = x509.Certificate.load(middle.root.der)["tbs_certificate"].copy()
    body["issuer"] = x509.Name.load(top.root.subject)
    body["extensions"] = [one for one in body["extensions"] if one["extn_id"].native != "authority_key_identifier"]
    whole = {"tbs_certificate": body, "signature_algorithm": {"algorithm": "sm2_sm3"},
             "signature_value": top.sign(body.dump(force=True))}  # fmt: skip
    between = read_certificate(x509.Certificate(whole).dump(force=True))
    leaf = middle.issue()
    refused = standing(top.trust(), leaf, "officer", NOW, NOW, (between,))
    assert (refused.state, "级数" in refused.reason) == ("untrusted", True)


def test_a_circle_of_issuers_ends() -> None:
    assert standing(Trust((THEIRS.root,)), LEAF, "officer", NOW, NOW, (OURS.root,) * 40).state == "untrusted"


def test_openssl_reads_what_is_issued(tmp_path_factory: pytest.TempPathFactory) -> None:
    import subprocess

    file = tmp_path_factory.mktemp("pki") / "leaf.der"
    file.write_bytes(LEAF.der)
    said = subprocess.run(["openssl", "x509", "-inform", "DER", "-in", file, "-noout", "-text"], capture_output=True)
    assert b"SM2-with-SM3" in said.stdout and b"Non Repudiation" in said.stdout


def test_pem_holds_the_same_certificate() -> None:
    assert read_certificates(write_pem(LEAF).encode()) == (LEAF,)


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_bytes_that_are_no_certificate_are_refused_and_nothing_else_happens(data: bytes) -> None:
    for read in (read_certificate, read_certificates, lambda one: read_list(one, (OURS.root,))):
        with pytest.raises(ZhunyuError) as refused:
            read(data)
        assert refused.value.code == "K007"


@pytest.mark.parametrize("unused", range(1, 8))
def test_a_signature_with_unused_bits_is_refused(unused: int) -> None:
    data = bytearray(LEAF.der)
    place = len(data) - len(LEAF.signature) - 1
    assert data[place] == 0
    data[place] = unused
    with pytest.raises(ZhunyuError, match="K007"):
        read_certificate(bytes(data))


@given(st.integers(0, len(LEAF.der) - 1), st.integers(1, 255))
@settings(max_examples=250, deadline=None)
def test_a_certificate_with_one_byte_changed_is_never_valid(place: int, by: int) -> None:
    data = bytearray(LEAF.der)
    data[place] ^= by
    try:
        changed = read_certificate(bytes(data))
    except ZhunyuError as error:
        assert error.code in ("K007", "K002")
        return
    assert found(OURS.trust(), changed).state != "valid"


@pytest.mark.parametrize("kind", list(KINDS))
def test_what_we_issue_is_read_the_quick_way_and_says_the_same_in_full(kind: str) -> None:
    data = OURS.root.der if kind == "root" else OURS.issue(kind).der
    assert read_usual(data, POLICY_BYTES) is not None
    assert read_certificate(data) == read_any(data)


@given(st.sampled_from(ISSUED), st.data())
@settings(max_examples=600, deadline=None)
def test_what_the_quick_way_accepts_the_full_reader_reads_alike(data: bytes, drawn: st.DataObject) -> None:
    altered = bytearray(data)
    for _ in range(drawn.draw(st.integers(1, 3))):
        altered[drawn.draw(st.integers(0, len(data) - 1))] = drawn.draw(st.integers(0, 255))
    quick = read_usual(bytes(altered), POLICY_BYTES)
    if quick is not None:
        assert Certificate(id=sm3_hex(bytes(altered)), **quick) == read_any(bytes(altered))


@pytest.mark.parametrize("size", range(0, len(LEAF.der), 7))
def test_a_certificate_cut_off_is_refused(size: int) -> None:
    with pytest.raises(ZhunyuError):
        read_certificate(LEAF.der[:size])


def test_bytes_after_the_end_are_refused() -> None:
    with pytest.raises(ZhunyuError):
        read_certificate(LEAF.der + b"\0")


def test_a_key_opens_with_its_pin_for_its_certificate_only() -> None:
    certificate, key = OURS.issue_with_key()
    box = pins.lock_key(key, "tide-2026", certificate.id, secrets.token_bytes, iterations=1000)
    assert pins.open_key(box, "tide-2026", certificate.id) == key
    for pin, of in (("tide-2027", certificate.id), ("tide-2026", LEAF.id)):
        with pytest.raises(ZhunyuError) as refused:
            pins.open_key(box, pin, of)
        assert refused.value.code == "K008"


@pytest.mark.parametrize("pin", ["", "12345", "123456", "111111", "112211", "a" * 65, "abc\ndef"])
def test_a_pin_that_is_easily_guessed_is_refused(pin: str) -> None:
    with pytest.raises(ZhunyuError) as refused:
        pins.check_pin(pin)
    assert refused.value.code == "K008"


def test_a_damaged_key_box_is_refused() -> None:
    with pytest.raises(ZhunyuError) as refused:
        pins.open_key(b"{}", "tide-2026", LEAF.id)
    assert refused.value.code == "K002"


def test_an_identity_shows_its_chain_and_signs_under_its_certificate() -> None:
    certificate, key = OURS.issue_with_key("agency")
    identity = KeyIdentity(certificate, key, (OURS.root,))
    assert identity.chain == (certificate.der, OURS.root.der)
    assert sm2.verify(certificate.public, b"text", identity.sign(b"text"))
    assert "scalar" not in repr(identity) and msgspec.structs.asdict(identity)
