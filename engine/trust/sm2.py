"""SM2 keys and signatures (GB/T 32918-2016/2017) on OpenSSL, strict about every form it accepts."""

from __future__ import annotations

import base64
import binascii
import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine.errors import ZhunyuError
from engine.trust import curve, der, libcrypto
from engine.trust.curve import DEFAULT_SIGNER_ID

Random = Callable[[int], bytes]

_ALGORITHM = bytes.fromhex("301306072a8648ce3d020106082a811ccf5501822d")  # id-ecPublicKey with sm2p256v1
_PARAMETERS = der.encode(0xA0, bytes.fromhex("06082a811ccf5501822d"))


@dataclass(frozen=True)
class PublicKey:
    """A public key: the 65 bytes 04 ‖ x ‖ y. ZhunyuError K002 when they are no point of the curve."""

    point: bytes

    def __post_init__(self) -> None:
        if not curve.is_point(self.point):
            raise ZhunyuError("K002", "公钥不是 SM2 曲线上的点。")

    def __reduce__(self) -> tuple[Any, ...]:
        return PublicKey, (self.point,)

    @cached_property
    def handle(self) -> libcrypto.KeyHandle:
        """OpenSSL's key object, made once."""
        return libcrypto.KeyHandle.of_point(_some_key(), self.point)

    def to_der(self) -> bytes:
        """SubjectPublicKeyInfo (RFC 5280, GM/T 0009-2012 7.1)."""
        return der.encode(der.SEQUENCE, _ALGORITHM + der.encode(der.BIT_STRING, b"\0" + self.point))

    def to_pem(self) -> str:
        """SubjectPublicKeyInfo in PEM."""
        return _to_pem("PUBLIC KEY", self.to_der())

    def hex(self) -> str:
        """The point as 130 lower-case hexadecimal digits."""
        return self.point.hex()

    @staticmethod
    def from_hex(text: str) -> PublicKey:
        """From 130 hexadecimal digits; ZhunyuError K002 otherwise."""
        try:
            return PublicKey(bytes.fromhex(text))
        except ValueError as error:
            raise ZhunyuError("K002", "公钥不是十六进制文本。") from error

    @staticmethod
    def from_der(data: bytes) -> PublicKey:
        """From SubjectPublicKeyInfo with the named curve; ZhunyuError K002 otherwise."""
        try:
            body = der.read_only(data, der.SEQUENCE)
            if not body.startswith(_ALGORITHM):
                raise der.DerError("another algorithm")
            bits = der.read_only(body[len(_ALGORITHM) :], der.BIT_STRING)
        except der.DerError as error:
            raise ZhunyuError("K002", "不是 SM2 公钥（SubjectPublicKeyInfo）。") from error
        return PublicKey(bits[1:] if bits[:1] == b"\0" else b"")

    @staticmethod
    def from_pem(text: str) -> PublicKey:
        """From PEM `PUBLIC KEY`; ZhunyuError K002 otherwise."""
        return PublicKey.from_der(_from_pem("PUBLIC KEY", text))


@dataclass(frozen=True)
class PrivateKey:
    """A private key: the scalar d, 32 bytes, 1 ≤ d ≤ n-2. Never printed, never pickled. K002 when out of range."""

    scalar: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.scalar) != 32 or not 1 <= int.from_bytes(self.scalar, "big") <= curve.N - 2:
            raise ZhunyuError("K002", "SM2 私钥不在允许的范围内。")

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a private key does not leave the process this way")

    @cached_property
    def handle(self) -> libcrypto.KeyHandle:
        """OpenSSL's key object, made once."""
        return libcrypto.KeyHandle(_pkcs8(self.scalar, None), private=True)

    @cached_property
    def public(self) -> PublicKey:
        """The public key d·G."""
        return PublicKey.from_der(self.handle.public_info())

    def to_der(self) -> bytes:
        """PKCS#8 PrivateKeyInfo, not encrypted (RFC 5208, RFC 5915)."""
        return _pkcs8(self.scalar, self.public.point)

    def to_pem(self) -> str:
        """PKCS#8 in PEM, not encrypted."""
        return _to_pem("PRIVATE KEY", self.to_der())

    @staticmethod
    def from_der(data: bytes) -> PrivateKey:
        """From unencrypted PKCS#8; K002 when it is none, or when the public key it carries is not this scalar's."""
        try:
            scalar, point = _read_pkcs8(data)
        except der.DerError as error:
            raise ZhunyuError("K002", "不是 SM2 私钥（PKCS#8）。") from error
        key = PrivateKey(scalar)
        if point is not None and point != key.public.point:
            raise ZhunyuError("K002", "私钥文件中的公钥与私钥不匹配。")
        return key

    @staticmethod
    def from_pem(text: str) -> PrivateKey:
        """From PEM `PRIVATE KEY`; errors as `from_der`."""
        return PrivateKey.from_der(_from_pem("PRIVATE KEY", text))


@functools.cache
def _some_key() -> libcrypto.KeyHandle:
    """Any public key of the curve: the others are made after it."""
    return libcrypto.KeyHandle(PublicKey(KNOWN_ANSWER[0]).to_der(), private=False)


def generate(random: Random) -> PrivateKey:
    """A new key from 40 random bytes: 64 more than needed, so that the reduction has no bias (FIPS 186-5 A.2.1)."""
    return PrivateKey((int.from_bytes(random(40), "big") % (curve.N - 2) + 1).to_bytes(32, "big"))


def sign(private: PrivateKey, message: bytes, *, signer_id: bytes = DEFAULT_SIGNER_ID) -> bytes:
    """The DER signature over `message`; different each time, so its bytes identify nothing."""
    return libcrypto.digest_sign(private.handle, message, signer_id)


def verify(public: PublicKey, message: bytes, signature: bytes, *, signer_id: bytes = DEFAULT_SIGNER_ID) -> bool:
    """Whether `signature` is the key's over `message`; anything but strict DER with r, s in range is not."""
    if curve.read_signature(signature) is None:
        return False
    return libcrypto.digest_verify(public.handle, message, signature, signer_id)


_KNOWN_PRIVATE = bytes.fromhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
KNOWN_ANSWER = (  # public point, message and signature of GB/T 32918.5-2017 Annex A
    bytes.fromhex(
        "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
        "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
    ),
    b"message digest",
    bytes.fromhex(
        "3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
        "022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
    ),
)


def self_test() -> None:
    """Compare with the standard's example (GB/T 32918.5-2017 Annex A) at start-up; ZhunyuError K003 on any difference.

    The key pair, one verification that must pass, one that must fail, and one fresh signature.
    """
    point, message, signature = KNOWN_ANSWER
    private, public = PrivateKey(_KNOWN_PRIVATE), PublicKey(point)
    good = (
        private.public == public
        and verify(public, message, signature)
        and not verify(public, message + b".", signature)
        and not verify(public, message, signature, signer_id=b"")
        and verify(public, message, sign(private, message))
    )
    if not good:
        raise ZhunyuError("K003", "SM2 自检结果与标准示例不符。", "请检查 OpenSSL 的版本与编译选项。", status=500)


def _pkcs8(scalar: bytes, point: bytes | None) -> bytes:
    inner = der.encode_integer(1) + der.encode(der.OCTET_STRING, scalar)
    if point is not None:
        inner += der.encode(0xA1, der.encode(der.BIT_STRING, b"\0" + point))
    wrapped = der.encode(der.OCTET_STRING, der.encode(der.SEQUENCE, inner))
    return der.encode(der.SEQUENCE, der.encode_integer(0) + _ALGORITHM + wrapped)


def _read_pkcs8(data: bytes) -> tuple[bytes, bytes | None]:
    head = der.encode_integer(0) + _ALGORITHM
    body = der.read_only(data, der.SEQUENCE)
    if not body.startswith(head):
        raise der.DerError("another version or algorithm")
    wrapped, _attributes = der.read(body[len(head) :], der.OCTET_STRING)
    version, rest = der.read_integer(der.read_only(wrapped, der.SEQUENCE))
    scalar, rest = der.read(rest, der.OCTET_STRING)
    if version != 1:
        raise der.DerError("another version")
    rest = rest.removeprefix(_PARAMETERS)
    if not rest:
        return scalar, None
    return scalar, der.read_only(der.read_only(rest, 0xA1), der.BIT_STRING)[1:]


def _to_pem(label: str, data: bytes) -> str:
    text = base64.b64encode(data).decode("ascii")
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""))


def _from_pem(label: str, text: str) -> bytes:
    _before, begin, rest = text.partition(f"-----BEGIN {label}-----")
    body, end, _after = rest.partition(f"-----END {label}-----")
    try:
        if not begin or not end:
            raise ValueError("label not found")
        return base64.b64decode("".join(body.split()), validate=True)
    except (ValueError, binascii.Error) as error:
        raise ZhunyuError("K002", f"不是 PEM 格式的 {label}。") from error
