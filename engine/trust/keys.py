"""The ring of root and signing keys, and the encrypted store it is kept in."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any, Protocol

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from engine.decoding import decoded
from engine.errors import ZhunyuError
from engine.trust import sm2, sm4
from engine.trust.canonical import canonical
from engine.trust.sm3 import sm3_hex

Random = Callable[[int], bytes]

PURPOSES = ("certificate", "decision", "push", "audit")
ITERATIONS = 400_000  # about 0.17 s
_FEWEST, _MOST = 100_000, 5_000_000
_MAGIC = b"zhunyu-keystore-1\n"


class Signer(Protocol):
    """Who signs for a purpose: a key of the ring, or a service that holds it."""

    @property
    def key_id(self) -> str: ...
    @property
    def public(self) -> sm2.PublicKey: ...
    def sign(self, message: bytes) -> bytes: ...


class SigningKey(msgspec.Struct, frozen=True):
    """A private key with the purpose it serves and the id that signatures name."""

    key_id: str
    purpose: str
    private: sm2.PrivateKey

    @property
    def public(self) -> sm2.PublicKey:
        """The public key."""
        return self.private.public

    def sign(self, message: bytes) -> bytes:
        """The DER signature over a message, whose first bytes must name what it is (a domain)."""
        return sm2.sign(self.private, message)


class KeyRing(msgspec.Struct, frozen=True):
    """All keys of an installation.

    `roots`: 32-byte root keys by version, the highest seals, all open. `signing`: keys by purpose, oldest first,
    the last that is not revoked signs, all are trusted. `permanent`: the key under which equal values stay equal for
    ever (blind indexes, history tags, receipt salts); b"" in stores of the first format, whose root 1 serves.
    `revoked`: the instant since which signatures of a key are not believed, by key id.
    """

    roots: Mapping[int, bytes]
    signing: Mapping[str, tuple[SigningKey, ...]]
    permanent: bytes = b""
    revoked: Mapping[str, str] = MappingProxyType({})

    def __repr__(self) -> str:
        return f"KeyRing(roots={sorted(self.roots)}, signing={sorted(self.signing)})"

    @property
    def root_version(self) -> int:
        """The version new content is sealed under."""
        return max(self.roots)

    @property
    def first(self) -> bytes:
        """The key that no rotation changes."""
        return self.permanent or self.root(min(self.roots))

    def root(self, version: int) -> bytes:
        """The root key of a version; ZhunyuError K004 when the ring has none."""
        key = self.roots.get(version)
        if key is None:
            raise ZhunyuError("K004", f"没有第 {version} 版根密钥。")
        return key

    def signer(self, purpose: str) -> SigningKey:
        """The key that signs for `purpose` now; ZhunyuError K002 when there is none."""
        keys = [key for key in self.signing.get(purpose, ()) if key.key_id not in self.revoked]
        if not keys:
            raise ZhunyuError("K002", f"没有用途为 {purpose} 的签名密钥。", status=500)
        return keys[-1]

    def trusted(self, purpose: str) -> Mapping[str, sm2.PublicKey]:
        """Public keys by key id of everything this ring has signed with for `purpose`."""
        return MappingProxyType({key.key_id: key.public for key in self.signing.get(purpose, ())})


def new_ring(random: Random) -> KeyRing:
    """A ring with root version 1 and one signing key for each of PURPOSES."""
    signing = {purpose: (new_signing_key(purpose, random),) for purpose in PURPOSES}
    roots, permanent = MappingProxyType({1: _root(random)}), _root(random)
    return KeyRing(roots=roots, signing=MappingProxyType(signing), permanent=permanent)


def new_signing_key(purpose: str, random: Random) -> SigningKey:
    """A fresh key for `purpose`."""
    return signing_key(purpose, sm2.generate(random))


def signing_key(purpose: str, private: sm2.PrivateKey) -> SigningKey:
    """A private key under the id derived from its public key, so that one id never means two keys."""
    return SigningKey(key_id=key_id(purpose, private.public), purpose=purpose, private=private)


def key_id(purpose: str, public: sm2.PublicKey) -> str:
    """`purpose-` and the first 16 hexadecimal digits of the SM3 of the SubjectPublicKeyInfo."""
    return f"{purpose}-{sm3_hex(public.to_der())[:16]}"


def rotate_root(ring: KeyRing, random: Random) -> KeyRing:
    """The ring with one more root version, which seals from now on."""
    roots = {**ring.roots, ring.root_version + 1: _root(random)}
    return msgspec.structs.replace(ring, roots=MappingProxyType(roots), permanent=ring.first)


def retire_roots(ring: KeyRing, used: Collection[int]) -> KeyRing:
    """The ring without the root versions that are neither `used` nor the current one."""
    roots = {version: root for version, root in ring.roots.items() if version in used or version == ring.root_version}
    return msgspec.structs.replace(ring, roots=MappingProxyType(roots), permanent=ring.first)


def rotate_signing(ring: KeyRing, purpose: str, random: Random) -> KeyRing:
    """The ring with a new signing key for `purpose`; earlier signatures stay verifiable."""
    keys = (*ring.signing.get(purpose, ()), new_signing_key(purpose, random))
    return msgspec.structs.replace(ring, signing=MappingProxyType({**ring.signing, purpose: keys}))


def revoke_signing(ring: KeyRing, revoked: str, at: str, random: Random) -> KeyRing:
    """The ring in which the key with this id is revoked since `at`, with a successor where it was the one that signs.

    ZhunyuError K002 when there is no such key or it is revoked already.
    """
    purpose = next((name for name, keys in ring.signing.items() if any(key.key_id == revoked for key in keys)), "")
    if not purpose or revoked in ring.revoked:
        raise ZhunyuError("K002", f"没有可以吊销的签名密钥 {revoked}。", "请用 zhunyu keys list 核对编号。")
    turned = rotate_signing(ring, purpose, random) if ring.signer(purpose).key_id == revoked else ring
    return msgspec.structs.replace(turned, revoked=MappingProxyType({**ring.revoked, revoked: at}))


def write_trusted(trusted: Mapping[str, sm2.PublicKey]) -> str:
    """Public keys as JSON text, {key id: point in hexadecimal}: the file that `zhunyu verify` is given."""
    return canonical({name: key.hex() for name, key in trusted.items()}).decode("utf-8") + "\n"


def read_trusted(text: str) -> Mapping[str, sm2.PublicKey]:
    """The reverse of `write_trusted`; ZhunyuError K002 on anything else."""
    try:
        points = decoded(text, dict[str, str])
    except msgspec.DecodeError as error:
        raise ZhunyuError("K002", "受信公钥文件不是约定的格式。") from error
    return MappingProxyType({name: sm2.PublicKey.from_hex(point) for name, point in points.items()})


def lock_store(ring: KeyRing, passphrase: bytes, random: Random, *, iterations: int = ITERATIONS) -> bytes:
    """The ring encrypted under a passphrase: PBKDF2-HMAC-SM3, then SM4-GCM; PKCS#8 inside."""
    head = {"iterations": iterations, "salt": _text(random(16)), "nonce": _text(random(sm4.NONCE_SIZE))}
    header = _MAGIC + canonical(head) + b"\n"
    key = stretch(passphrase, _bytes(head["salt"]), iterations)
    content = {
        "roots": {str(version): _text(root) for version, root in ring.roots.items()},
        "signing": {purpose: [_text(key.private.to_der()) for key in keys] for purpose, keys in ring.signing.items()},
        "permanent": _text(ring.permanent),
        "revoked": dict(ring.revoked),
    }
    return header + sm4.seal(key, _bytes(head["nonce"]), canonical(content), header)


def unlock_store(data: bytes, passphrase: bytes) -> KeyRing:
    """The ring of a key store; ZhunyuError K002 on a wrong passphrase, a damaged file or another format."""
    header_end = data.find(b"\n", len(_MAGIC)) + 1
    if not data.startswith(_MAGIC) or not header_end:
        raise ZhunyuError("K002", "不是密钥库文件。")
    header = data[:header_end]
    try:
        head = decoded(header[len(_MAGIC) :], _Head)
        nonce, salt = _bytes(head.nonce), _bytes(head.salt)
    except (msgspec.DecodeError, binascii.Error) as error:
        raise ZhunyuError("K002", "密钥库文件已损坏。") from error
    if not _FEWEST <= head.iterations <= _MOST or len(nonce) != sm4.NONCE_SIZE or len(salt) < 16:
        raise ZhunyuError("K002", "密钥库的参数不在允许的范围内。")
    try:
        plain = sm4.unseal(stretch(passphrase, salt, head.iterations), nonce, data[header_end:], header)
    except ZhunyuError as error:
        raise ZhunyuError("K002", "密钥库口令不正确，或文件已损坏。", "请核对口令；文件损坏时用备份恢复。") from error
    return _ring(decoded(plain, _Content))


class _Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    iterations: int
    salt: str
    nonce: str


class _Content(msgspec.Struct, frozen=True):
    roots: dict[str, str]
    signing: dict[str, list[str]]
    permanent: str = ""
    revoked: dict[str, str] = {}


def _ring(content: _Content) -> KeyRing:
    roots = {int(version): _bytes(root) for version, root in content.roots.items()}
    signing = {
        purpose: tuple(signing_key(purpose, sm2.PrivateKey.from_der(_bytes(one))) for one in keys)
        for purpose, keys in content.signing.items()
    }
    return KeyRing(
        roots=MappingProxyType(roots), signing=MappingProxyType(signing), permanent=_bytes(content.permanent),
        revoked=MappingProxyType(content.revoked),
    )  # fmt: skip


def stretch(passphrase: bytes, salt: bytes, iterations: int, size: int = sm4.KEY_SIZE) -> bytes:
    """PBKDF2-HMAC-SM3 (GM/T 0091-2020)."""
    return PBKDF2HMAC(hashes.SM3(), size, salt, iterations).derive(passphrase)


def _root(random: Random) -> bytes:
    key = random(32)
    if len(key) != 32:
        raise ZhunyuError("K002", "随机源没有给出 32 字节。", status=500)
    return key


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: Any) -> bytes:
    return base64.b64decode(text, validate=True)
