"""A private key that opens only with its owner's PIN: PBKDF2-HMAC-SM3, then SM4-GCM bound to the certificate."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from engine.decoding import decoded
from engine.errors import ZhunyuError
from engine.trust import sm2, sm4

ITERATIONS = 400_000  # about 0.17 s
SHORTEST, LONGEST = 6, 64
_FEWEST, _MOST = 1_000, 5_000_000
_DOMAIN = b"zhunyu:signing-key:1\0"
Random = Callable[[int], bytes]


class _Box(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    iterations: int
    salt: str
    nonce: str
    sealed: str


def check_pin(pin: str) -> None:
    """ZhunyuError K008 for a PIN nobody should use."""
    easy = len(set(pin)) < 3 or pin in "0123456789 9876543210"
    if not SHORTEST <= len(pin) <= LONGEST or not pin.isprintable() or easy:
        raise ZhunyuError(
            "K008", "签名口令不合要求。", f"请用 {SHORTEST} 至 {LONGEST} 个字符，不要用连续或重复的数字。", status=422
        )


def lock_key(
    private: sm2.PrivateKey, pin: str, certificate: str, random: Random, *, iterations: int = ITERATIONS
) -> bytes:
    """The key under a PIN, for the certificate of this id; K008 for a PIN against the rules."""
    check_pin(pin)
    salt, nonce = random(16), random(sm4.NONCE_SIZE)
    sealed = sm4.seal(_stretch(pin, salt, iterations), nonce, private.to_der(), _DOMAIN + certificate.encode())
    return msgspec.json.encode(_Box(iterations, _text(salt), _text(nonce), _text(sealed)))


def open_key(data: bytes, pin: str, certificate: str) -> sm2.PrivateKey:
    """The key behind a PIN; ZhunyuError K008 when the PIN is wrong, K002 when the box is damaged."""
    try:
        box = decoded(data, _Box)
        salt, nonce, sealed = (base64.b64decode(one, validate=True) for one in (box.salt, box.nonce, box.sealed))
    except (msgspec.MsgspecError, binascii.Error, ValueError) as error:
        raise ZhunyuError("K002", "签名私钥已损坏。", "请联系管理员重新签发证书。", status=500) from error
    if not _FEWEST <= box.iterations <= _MOST or len(nonce) != sm4.NONCE_SIZE or len(pin) > LONGEST:
        raise wrong_pin()
    try:
        plain = sm4.unseal(_stretch(pin, salt, box.iterations), nonce, sealed, _DOMAIN + certificate.encode())
    except ZhunyuError as error:
        raise wrong_pin() from error
    return sm2.PrivateKey.from_der(plain)


def wrong_pin() -> ZhunyuError:
    """K008: not the PIN."""
    return ZhunyuError("K008", "签名口令不正确。", "请核对后再试；连续输错 5 次，签名锁定 15 分钟。", status=403)


def _stretch(pin: str, salt: bytes, iterations: int) -> bytes:
    return PBKDF2HMAC(hashes.SM3(), sm4.KEY_SIZE, salt, iterations).derive(pin.encode("utf-8"))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
