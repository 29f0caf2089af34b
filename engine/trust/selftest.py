"""The known-answer tests of every algorithm in use, run once at start-up (GB/T 39786-2021: modules test themselves)."""

from __future__ import annotations

from engine.errors import ZhunyuError
from engine.trust import sm2, sm4
from engine.trust.envelope import hkdf
from engine.trust.keys import stretch
from engine.trust.second import verify_second
from engine.trust.sm3 import hmac_sm3, sm3_hex

_SM3_ABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"  # GB/T 32905-2016 A.1
# HMAC-SM3("passwd", "salt" ‖ 1): the first block of a published PBKDF2-HMAC-SM3 vector (GmSSL, pbkdf2test_sm3.h).
_HMAC_PASSWD = "30530b86537c85ea33fbe26ee0adea8d8bd91d283b87936f400e83ad2364ef26"
_HKDF_KEY, _HKDF_SALT = b"\x0b" * 22, bytes(range(13))  # RFC 5869 A.1 with SM3 (GmSSL, hkdftest.c)
_HKDF_INFO = bytes(range(0xF0, 0xFA))
_HKDF_OUT = "c69fe91b7aaee2dd5718d72dcaee0cce93f1b8e41f792da51261b6a517e68b36ed2c595572b01dfa359b"
_GCM_KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")  # RFC 8998 A.1
_GCM_NONCE = bytes.fromhex("00001234567800000000abcd")
_GCM_AAD = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
_GCM_PLAIN = b"".join(bytes((byte,)) * 8 for byte in bytes.fromhex("aabbccddeeffeeaa"))
_GCM_SEALED = bytes.fromhex(
    "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
    "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d83de3541e4c2b58177e065a9bf7b62ec"
)


def self_test() -> None:
    """Check SM3, HMAC, HKDF, PBKDF2, SM4-GCM and SM2 (both verifiers); ZhunyuError K003 names the first that fails."""
    if sm3_hex(b"abc") != _SM3_ABC:
        raise _failed("SM3")
    if hmac_sm3(b"passwd", b"salt\0\0\0\1").hex() != _HMAC_PASSWD:
        raise _failed("HMAC-SM3")
    if hkdf(_HKDF_KEY, _HKDF_SALT, _HKDF_INFO, 42).hex() != _HKDF_OUT:
        raise _failed("HKDF-SM3")
    if stretch(b"passwd", b"salt", 1, 32).hex() != _HMAC_PASSWD:
        raise _failed("PBKDF2-HMAC-SM3")
    if sm4.seal(_GCM_KEY, _GCM_NONCE, _GCM_PLAIN, _GCM_AAD) != _GCM_SEALED:
        raise _failed("SM4-GCM")
    if sm4.unseal(_GCM_KEY, _GCM_NONCE, _GCM_SEALED, _GCM_AAD) != _GCM_PLAIN or _opens_what_was_altered():
        raise _failed("SM4-GCM 解密")
    sm2.self_test()
    point, message, signature = sm2.KNOWN_ANSWER
    if not verify_second(point, message, signature) or verify_second(point, message + b".", signature):
        raise _failed("SM2 第二验签")


def _opens_what_was_altered() -> bool:
    try:
        sm4.unseal(_GCM_KEY, _GCM_NONCE, _GCM_SEALED, _GCM_AAD + b".")
    except ZhunyuError:
        return False
    return True


def _failed(algorithm: str) -> ZhunyuError:
    return ZhunyuError("K003", f"{algorithm} 自检结果与标准示例不符。", "请停止使用并检查密码库。", status=500)
