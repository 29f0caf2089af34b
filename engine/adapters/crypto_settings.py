"""What is agreed with a crypto service: one JSON file of mode 0600."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import msgspec

from engine.decoding import decoded
from engine.errors import ZhunyuError
from engine.trust import sm2
from engine.trust.keys import SigningKey

NO_KEYS: Mapping[str, str] = MappingProxyType({})


class CryptoSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the service is, who we are to it, and which of its keys serve what.

    `client` signs our requests, `service` are the public keys its replies are signed with, by key id. `root` and `mac`
    name the keys that wrap data keys and derive permanent secrets; `signing` those that sign, by purpose, the last one
    signs. `certificate` is the TLS client certificate with its key, `ca` what the service's certificate is checked by.
    `timeouts` in seconds: to connect, to answer.
    """

    url: str
    client: SigningKey
    service: Mapping[str, sm2.PublicKey]
    root: str
    mac: str
    signing: Mapping[str, tuple[str, ...]]
    revoked: Mapping[str, str] = NO_KEYS
    certificate: tuple[str, str] | None = None
    ca: str = ""
    timeouts: tuple[float, float] = (2.0, 5.0)

    def __repr__(self) -> str:
        return f"CryptoSettings(url={self.url}, client={self.client.key_id})"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    client: str
    client_key: str
    service: dict[str, str]
    root: str
    mac: str
    signing: dict[str, tuple[str, ...]]
    revoked: dict[str, str] = {}
    certificate: tuple[str, str] | None = None
    ca: str = ""
    timeouts: tuple[float, float] = (2.0, 5.0)


def read_crypto_settings(url: str, path: Path) -> CryptoSettings:
    """The settings of a file; relative names in it count from its folder. ZhunyuError S001 when it cannot be used.

    The file and the keys it names must be readable by their owner only.
    """
    try:
        found = decoded(path.read_bytes(), _File)
        key = path.parent / found.client_key
        private = sm2.PrivateKey.from_pem(key.read_text(encoding="ascii"))
    except (OSError, msgspec.DecodeError, ValueError, ZhunyuError) as error:
        raise ZhunyuError("S001", f"密码服务的配置 {path} 无法使用：{error}") from error
    names = (found.certificate or ())[1:]
    for secret in (path, key, *(path.parent / name for name in names)):
        if secret.exists() and stat.S_IMODE(secret.stat().st_mode) & 0o077:
            raise ZhunyuError("S001", f"{secret} 的权限过宽。", "请改为 0600。")
    certificate = found.certificate and (
        str(path.parent / found.certificate[0]), str(path.parent / found.certificate[1])
    )  # fmt: skip
    return CryptoSettings(
        url=url, client=SigningKey(found.client, "crypto", private),
        service={name: sm2.PublicKey.from_hex(point) for name, point in found.service.items()}, root=found.root,
        mac=found.mac, signing=found.signing, revoked=found.revoked, certificate=certificate,
        ca=str(path.parent / found.ca) if found.ca else "", timeouts=found.timeouts,
    )  # fmt: skip
