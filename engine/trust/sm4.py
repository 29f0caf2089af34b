"""SM4-GCM (GM/T 0002-2012 with the mode of RFC 8998)."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

from engine.errors import ZhunyuError

KEY_SIZE, NONCE_SIZE, TAG_SIZE = 16, 12, 16


def seal(key: bytes, nonce: bytes, plaintext: bytes, aad: bytes) -> bytes:
    """Ciphertext ‖ 16-byte tag; `key` 16 bytes, `nonce` 12 bytes and never used twice with one key."""
    encryptor = Cipher(SM4(_checked(key, KEY_SIZE)), modes.GCM(_checked(nonce, NONCE_SIZE))).encryptor()
    encryptor.authenticate_additional_data(aad)
    return b"".join((encryptor.update(plaintext), encryptor.finalize(), encryptor.tag))


def unseal(key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
    """The plaintext of `seal`'s output; ZhunyuError K004 when key, nonce, bytes or `aad` differ."""
    if len(sealed) < TAG_SIZE:
        raise ZhunyuError("K004", "密文不完整。")
    body, tag = sealed[:-TAG_SIZE], sealed[-TAG_SIZE:]
    decryptor = Cipher(SM4(_checked(key, KEY_SIZE)), modes.GCM(_checked(nonce, NONCE_SIZE), tag)).decryptor()
    decryptor.authenticate_additional_data(aad)
    try:
        return decryptor.update(body) + decryptor.finalize()
    except InvalidTag as error:
        raise ZhunyuError("K004", "内容已被改动，或密钥、所在位置不符。") from error


def _checked(value: bytes, size: int) -> bytes:
    if len(value) != size:
        raise ValueError(f"{size} bytes are needed, not {len(value)}")
    return value
