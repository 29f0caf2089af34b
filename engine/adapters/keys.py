"""The key store of the installation: one encrypted file, and what the services may do with its keys."""

from __future__ import annotations

import functools
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from engine.errors import ZhunyuError
from engine.model.certificate import Certificate
from engine.model.values import Json
from engine.ports.world import SealCheck
from engine.trust import envelope, history, sm2
from engine.trust.keys import KeyRing, SigningKey, lock_store, new_ring, unlock_store, write_trusted
from engine.trust.receipt import sign_receipt
from engine.trust.seal import Seal, SealFacts, check_pdf, seal_pdf
from engine.trust.sm3 import hmac_sm3, sm3_hex

_MOST_OPENED = 256
PUBLISHED = {
    "trusted.json": "certificate", "decision-trusted.json": "decision", "push-trusted.json": "push",
    "audit-trusted.json": "audit",
}  # fmt: skip


def open_ring(folder: Path, passphrase: str) -> KeyRing:
    """The key ring of an installation; the first call makes it and writes the public keys beside it.

    `folder`/keystore is encrypted under `passphrase` and has mode 0600; the files of PUBLISHED beside it hold public
    keys: those of certificates for `zhunyu verify`, of decisions for `zhunyu replay`, of pushes for the peers,
    those of the history for who verifies a bundle.

    ZhunyuError K002 on a wrong passphrase or a damaged file.
    """
    path = folder / "keystore"
    if not path.exists():
        _keep_first(path, lock_store(new_ring(secrets.token_bytes), passphrase.encode(), secrets.token_bytes))
    ring = unlock_store(_read(path), passphrase.encode())
    for name, purpose in PUBLISHED.items():
        if not (folder / name).exists():
            _keep_first(folder / name, write_trusted(ring.trusted(purpose)).encode(), mode=0o644)
    return ring


class RingSealer:
    """The keys of the store: sealed fields, blind digests and audit tags under the ring's root keys."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring
        # Unique indexes rest on blind digests, so they stay under the first root key whatever is rotated.
        self._first = min(ring.roots)
        self._blind: dict[str, bytes] = {}
        # A page opens the same account and draft several times. Found only by the whole token and its place, so that
        # what was altered or moved is never found here.
        self._opened = functools.lru_cache(_MOST_OPENED)(functools.partial(envelope.open_field, ring))
        self._tag = envelope.derive(ring.root(self._first), "audit-tag", "entry", self._first, 32)

    def seal(self, place: str, row: str, plaintext: bytes) -> str:
        """A token that opens only in this place ("table.column") and row."""
        return envelope.seal_field(self._ring, place, row, plaintext, secrets.token_bytes)

    def open(self, place: str, row: str, token: str) -> bytes:
        """The plaintext; ZhunyuError K004 when the token was altered or moved."""
        return self._opened(place, row, token)

    def blind(self, place: str, value: str) -> str:
        """64 hexadecimal digits, equal for equal values of one place for the life of the installation."""
        key = self._blind.get(place)
        if key is None:
            key = envelope.derive(self._ring.root(self._first), "blind-index", place, self._first, 32)
            self._blind[place] = key
        return hmac_sm3(key, value.encode("utf-8")).hex()

    def tag(self, salt: bytes, content: bytes) -> str:
        """The keyed tag (HMAC-SM3, hex) of a history entry's content."""
        return history.entry_tag(self.entry_key(salt), content).hex()

    def entry_key(self, salt: bytes) -> bytes:
        """The key of one history entry's tag."""
        return history.entry_key(self._tag, salt)


class RingHistoryKeys:
    """The keys of the history: checkpoints are signed under the purpose `audit`."""

    def __init__(self, ring: KeyRing, sealer: RingSealer) -> None:
        self._ring = ring
        self.tag, self.entry_key = sealer.tag, sealer.entry_key

    def signer(self) -> SigningKey:
        """The key that signs checkpoints now."""
        return self._ring.signer("audit")

    def trusted(self) -> Mapping[str, sm2.PublicKey]:
        """Public keys of everything that ever signed checkpoints."""
        return self._ring.trusted("audit")


class RingReceiptKeys:
    """The keys of decision receipts: signed under the purpose `decision`, salted under the first root key."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring
        self._root = ring.root(min(ring.roots))

    def sign(self, content: Mapping[str, Json]) -> bytes:
        """The signed file of a content."""
        return sign_receipt(content, self._ring.signer("decision"))

    def secret(self, case: str) -> bytes:
        """The secret of one case's commitments; the same whatever is rotated, so that its receipts stay alike."""
        return envelope.derive(self._root, "receipt-salt", case, min(self._ring.roots), 32)


class RingSeals:
    """The certificate seal under the ring's certificate keys."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def seal(self, pdf: bytes, certificate: Certificate, sealed_at: str) -> tuple[bytes, str]:
        """The sealed file and its SM3 digest (hex); ZhunyuError K001 when `pdf` is no complete PDF."""
        sealed, _ = seal_pdf(pdf, _facts(certificate), self._ring.signer("certificate"), sealed_at)
        return sealed, sm3_hex(sealed)

    def check(self, file: bytes, *, second: bool = False) -> SealCheck:
        """Check a file offline; `second` asks the independent verifier as well."""
        return check_file(file, self._ring.trusted("certificate"), second=second)


def check_file(file: bytes, trusted: Mapping[str, sm2.PublicKey], *, second: bool = False) -> SealCheck:
    """What a check against these public keys found; `facts` only where the seal may be believed."""
    found = check_pdf(file, trusted, second=second)
    if found.seal is None or found.state != "valid":
        return SealCheck(found.state, found.reason)
    return SealCheck(found.state, found.reason, found.seal.number, _told(found.seal))


def _facts(certificate: Certificate) -> SealFacts:
    return SealFacts(
        certificate_id=certificate.id,
        number=certificate.number,
        holder=certificate.holder_name,
        face=dict(certificate.face),
        status_at_issue="有效",
        issued_on=certificate.issued_on,
        valid_to=certificate.valid_to,
        issuer=certificate.authority_name,
    )


def _told(seal: Seal) -> dict[str, Json]:
    return {
        "certificate": seal.certificate_id,
        "holder": seal.holder,
        "face": dict(seal.face),
        "issued_on": seal.issued_on,
        "valid_to": seal.valid_to,
        "issuer": seal.issuer,
        "sealed_at": seal.sealed_at,
        "key": seal.key_id,
    }


def _keep_first(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a file unless it is there; of two processes that start together the first one's content stays."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    except OSError as error:
        raise ZhunyuError("S004", f"密钥库 {path} 无法写入：{error.strerror}。", status=500) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ZhunyuError("K002", f"密钥库 {path} 无法读取：{error.strerror}。", status=500) from error
