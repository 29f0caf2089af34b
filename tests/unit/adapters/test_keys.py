from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from engine.adapters.keys import RingSealer, RingSeals, check_file, open_ring
from engine.errors import ZhunyuError
from engine.model.certificate import Certificate, CertificateStatus
from engine.trust.keys import KeyRing, new_ring, read_trusted, rotate_root, write_trusted
from tests.unit.adapters.key_rows import MemoryKeys

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"


@pytest.fixture(scope="module")
def ring() -> KeyRing:
    return new_ring(secrets.token_bytes)


def certificate() -> Certificate:
    return Certificate(
        id="01", number="沪卫公〔2026〕黄字第00001号", type="public_place", title="许可证", holder_code="X",
        holder_name="上海示例有限公司", authority="A", authority_name="黄浦区卫健委", district="黄浦区",
        status=CertificateStatus.ISSUING, version=1, issued_on="2026-11-02", valid_from="2026-11-02",
        valid_to="2030-11-01", face={"编号": "沪卫公〔2026〕黄字第00001号"}, matter="m", case="c",
    )  # fmt: skip


def test_a_ring_is_the_same_at_the_next_start(tmp_path: Path) -> None:
    first = open_ring(tmp_path, "a passphrase")
    assert open_ring(tmp_path, "a passphrase") == first


def test_a_wrong_passphrase_is_told_as_k002(tmp_path: Path) -> None:
    open_ring(tmp_path, "a passphrase")
    with pytest.raises(ZhunyuError, match="K002"):
        open_ring(tmp_path, "another")


def test_the_key_store_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    open_ring(tmp_path, "a passphrase")
    assert (tmp_path / "keystore").stat().st_mode & 0o777 == 0o600


def test_the_public_certificate_keys_lie_beside_the_store(tmp_path: Path) -> None:
    ring = open_ring(tmp_path, "a passphrase")
    assert read_trusted((tmp_path / "trusted.json").read_text()).keys() == ring.trusted("certificate").keys()


def test_a_sealed_field_opens_in_its_place(ring: KeyRing) -> None:
    sealer = RingSealer(ring).within(MemoryKeys())
    assert sealer.open("cases.sealed", "1", sealer.seal("cases.sealed", "1", b"x")) == b"x"


def test_a_sealed_field_does_not_open_in_another_row(ring: KeyRing) -> None:
    sealer = RingSealer(ring).within(MemoryKeys())
    token = sealer.seal("cases.sealed", "1", b"x")
    with pytest.raises(ZhunyuError, match="K004"):
        sealer.open("cases.sealed", "2", token)


def test_a_blind_index_survives_the_rotation_of_the_root(ring: KeyRing) -> None:
    later = rotate_root(ring, secrets.token_bytes)
    assert RingSealer(later).blind("a.b", "x") == RingSealer(ring).blind("a.b", "x")


def test_a_blind_index_differs_between_columns(ring: KeyRing) -> None:
    sealer = RingSealer(ring)
    assert sealer.blind("a.b", "x") != sealer.blind("a.c", "x")


def test_an_audit_tag_depends_on_its_salt(ring: KeyRing) -> None:
    sealer = RingSealer(ring)
    assert sealer.tag(b"1", b"entry") != sealer.tag(b"2", b"entry")


def test_a_sealed_file_is_valid_for_both_verifiers(ring: KeyRing) -> None:
    seals = RingSeals(ring)
    file, _ = seals.seal(PDF, certificate(), "2026-11-02T12:00:00+08:00")
    assert seals.check(file, second=True).state == "valid"


def test_a_check_tells_the_number_the_seal_was_made_for(ring: KeyRing) -> None:
    seals = RingSeals(ring)
    file, _ = seals.seal(PDF, certificate(), "2026-11-02T12:00:00+08:00")
    assert seals.check(file).number == certificate().number


def test_nothing_of_an_altered_file_is_believed(ring: KeyRing) -> None:
    seals = RingSeals(ring)
    file, _ = seals.seal(PDF, certificate(), "2026-11-02T12:00:00+08:00")
    found = seals.check(file.replace(b"obj", b"0bj", 1))
    assert (found.state, found.number, found.facts) == ("altered", "", {})


def test_a_file_sealed_by_a_stranger_is_unknown(ring: KeyRing) -> None:
    file, _ = RingSeals(ring).seal(PDF, certificate(), "2026-11-02T12:00:00+08:00")
    stranger = new_ring(secrets.token_bytes).trusted("certificate")
    assert check_file(file, read_trusted(write_trusted(stranger))).state == "unknown"
