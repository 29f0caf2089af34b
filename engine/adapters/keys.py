"""The key store of the installation: one encrypted file, and what the services may do with its keys."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from engine.adapters.files import flush_folder
from engine.adapters.keys_data import SharedKeys
from engine.errors import ZhunyuError
from engine.model.certificate import Certificate
from engine.model.values import Json
from engine.ports.world import SealCheck
from engine.trust import sm2
from engine.trust.canonical import canonical
from engine.trust.keys import ITERATIONS, KeyRing, Signer, lock_store, new_ring, unlock_store, write_trusted
from engine.trust.provider import Crypto, SoftwareCrypto
from engine.trust.receipt import sign_receipt
from engine.trust.seal import Seal, SealFacts, check_pdf, seal_pdf
from engine.trust.sm3 import sm3_hex

PUBLISHED = {
    "trusted.json": "certificate", "decision-trusted.json": "decision", "push-trusted.json": "push",
    "audit-trusted.json": "audit",
}  # fmt: skip


REVOKED = "revoked.json"
NONE: Mapping[str, str] = MappingProxyType({})


def open_ring(folder: Path, passphrase: str) -> KeyRing:
    """The key ring of an installation; the first call makes it and writes the public keys beside it.

    `folder`/keystore is encrypted under `passphrase` and has mode 0600; the files of PUBLISHED beside it hold public
    keys: those of certificates for `zhunyu verify`, of decisions for `zhunyu replay`, of pushes for the peers,
    those of the history for who verifies a bundle.

    ZhunyuError K002 on a wrong passphrase or a damaged file.
    """
    return KeyFolder(folder, passphrase).ring()


class KeyFolder:
    """The key store of an installation: one encrypted file, and the public keys beside it."""

    def __init__(self, folder: Path, passphrase: str, iterations: int = ITERATIONS) -> None:
        self._folder, self._path, self._passphrase = folder, folder / "keystore", passphrase.encode()
        self._iterations = iterations
        self._seen: tuple[tuple[int, int, int], KeyRing] | None = None
        self._turn = threading.Lock()

    def __repr__(self) -> str:
        return f"KeyFolder({self._folder})"

    def ring(self) -> KeyRing:
        """The ring as the store has it now; unlocked again only when the file has changed.

        The first call makes the store and publishes the public keys. ZhunyuError K002 on a wrong passphrase or a
        damaged file.
        """
        if not self._path.exists():
            _keep_first(self._path, self._locked(new_ring(secrets.token_bytes)))
            self._publish(unlock_store(_read(self._path), self._passphrase))
        seen, stamp = self._seen, self._stamp()
        if seen is not None and seen[0] == stamp:
            return seen[1]
        with self._turn:
            if self._seen is None or self._seen[0] != stamp:
                self._seen = (stamp, unlock_store(_read(self._path), self._passphrase))
                self._publish(self._seen[1])
            return self._seen[1]

    @contextlib.contextmanager
    def changing(self) -> Iterator[None]:
        """One process at a time changes the store."""
        with (self._folder / "keystore.lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def replace(self, ring: KeyRing) -> None:
        """Keep another ring: whole or not at all; the public keys after it."""
        _replace(self._path, self._locked(ring), 0o600)
        self._publish(ring)

    def _publish(self, ring: KeyRing) -> None:
        """Write those files of public keys that are not what the ring says: after a crash between the store and them,
        too."""
        files = {name: write_trusted(ring.trusted(purpose)).encode() for name, purpose in PUBLISHED.items()}
        if ring.revoked or (self._folder / REVOKED).exists():
            files[REVOKED] = canonical(dict(ring.revoked)) + b"\n"
        for name, text in files.items():
            path = self._folder / name
            if not path.exists() or _read(path) != text:
                _replace(path, text, 0o644)

    def _locked(self, ring: KeyRing) -> bytes:
        return lock_store(ring, self._passphrase, secrets.token_bytes, iterations=self._iterations)

    def _stamp(self) -> tuple[int, int, int]:
        try:
            found = self._path.stat()
        except OSError as error:
            raise ZhunyuError("K002", f"密钥库 {self._path} 无法读取：{error.strerror}。", status=500) from error
        return found.st_mtime_ns, found.st_size, found.st_ino


def crypto_of(keys: KeyRing | Crypto) -> Crypto:
    """A provider over a ring that stays as it is; a provider as it is."""
    return SoftwareCrypto(keys, secrets.token_bytes) if isinstance(keys, KeyRing) else keys


class RingSealer(SharedKeys):
    """The keys of the store over a ring or another provider."""

    def __init__(self, keys: KeyRing | Crypto) -> None:
        super().__init__(crypto_of(keys))


class RingHistoryKeys:
    """The keys of the history: checkpoints are signed under the purpose `audit`."""

    def __init__(self, keys: KeyRing | Crypto, sealer: RingSealer) -> None:
        self._crypto = crypto_of(keys)
        self.tag, self.entry_key = sealer.tag, sealer.entry_key

    def signer(self) -> Signer:
        """The key that signs checkpoints now."""
        return self._crypto.signer("audit")

    def trusted(self) -> Mapping[str, sm2.PublicKey]:
        """Public keys of everything that ever signed checkpoints."""
        return self._crypto.trusted("audit")


class RingReceiptKeys:
    """The keys of decision receipts: signed under the purpose `decision`, salted under a key that never changes."""

    def __init__(self, keys: KeyRing | Crypto) -> None:
        self._crypto = crypto_of(keys)

    def sign(self, content: Mapping[str, Json]) -> bytes:
        """The signed file of a content."""
        return sign_receipt(content, self._crypto.signer("decision"))

    def secret(self, case: str) -> bytes:
        """The secret of one case's commitments; the same whatever is rotated, so that its receipts stay alike."""
        return self._crypto.secret("receipt-salt", case)


class RingSeals:
    """The certificate seal under the ring's certificate keys."""

    def __init__(self, keys: KeyRing | Crypto) -> None:
        self._crypto = crypto_of(keys)

    def seal(self, pdf: bytes, certificate: Certificate, sealed_at: str) -> tuple[bytes, str]:
        """The sealed file and its SM3 digest (hex); ZhunyuError K001 when `pdf` is no complete PDF."""
        sealed, _ = seal_pdf(pdf, _facts(certificate), self._crypto.signer("certificate"), sealed_at)
        return sealed, sm3_hex(sealed)

    def check(self, file: bytes, *, second: bool = False) -> SealCheck:
        """Check a file offline; `second` asks the independent verifier as well."""
        return check_file(file, self._crypto.trusted("certificate"), second=second, revoked=self._crypto.revoked())


def check_file(
    file: bytes, trusted: Mapping[str, sm2.PublicKey], *, second: bool = False, revoked: Mapping[str, str] = NONE
) -> SealCheck:
    """What a check against these public keys found; `facts` only where the seal may be believed.

    A seal made at or after the instant its key is `revoked` since is not.
    """
    found = check_pdf(file, trusted, second=second)
    if found.seal is not None and found.state == "valid":
        since = revoked.get(found.seal.key_id)
        if since is not None and _moment(found.seal.sealed_at) >= _moment(since):
            return SealCheck("unknown", f"签章密钥 {found.seal.key_id} 已于 {since[:10]} 吊销，此后的签章不可信。")
    if found.seal is None or found.state != "valid":
        return SealCheck(found.state, found.reason)
    return SealCheck(found.state, found.reason, found.seal.number, _told(found.seal))


def _facts(certificate: Certificate) -> SealFacts:
    return SealFacts(
        certificate_id=certificate.id,
        number=certificate.number,
        holder=certificate.holder_name,
        face=certificate.signed_face(),
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
    with _aside(path, data, mode) as aside, contextlib.suppress(FileExistsError):
        os.link(aside, path)


def _replace(path: Path, data: bytes, mode: int) -> None:
    """Replace a file: after a crash it is the old one or the new one."""
    with _aside(path, data, mode) as aside:
        os.replace(aside, path)
        flush_folder(path.parent)


@contextlib.contextmanager
def _aside(path: Path, data: bytes, mode: int) -> Iterator[Path]:
    """The data whole on the disk in a file beside `path`, which is gone when the block ends."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            yield aside
        finally:
            aside.unlink(missing_ok=True)
    except OSError as error:
        raise ZhunyuError("S004", f"密钥库 {path} 无法写入：{error.strerror}。", status=500) from error


def _moment(text: str) -> datetime:
    """An ISO instant; one without a zone is taken as UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ZhunyuError("K002", f"密钥库 {path} 无法读取：{error.strerror}。", status=500) from error
