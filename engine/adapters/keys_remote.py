"""What the security officer may do to keys that a crypto service holds."""

from __future__ import annotations

from collections.abc import Collection

from engine.adapters.crypto_remote import RemoteCrypto
from engine.adapters.keys import PUBLISHED, REVOKED
from engine.errors import ZhunyuError
from engine.ports.keys import KeyLine
from engine.trust.canonical import canonical
from engine.trust.keys import write_trusted


class RemoteAdmin:
    """Fulfils `RootAdmin`: roots are rotated through the service, signing keys by its own administrators."""

    def __init__(self, crypto: RemoteCrypto) -> None:
        self._crypto = crypto

    def provider(self) -> str:
        return self._crypto.provider

    def roots(self) -> tuple[int, ...]:
        return self._crypto.roots()

    def lines(self) -> tuple[KeyLine, ...]:
        return self._crypto.lines()

    def public_files(self) -> dict[str, str]:
        files = {name: write_trusted(self._crypto.trusted(purpose)) for name, purpose in PUBLISHED.items()}
        return {**files, REVOKED: canonical(dict(self._crypto.revoked())).decode() + "\n"}

    def rotate(self) -> int:
        return self._crypto.rotate()

    def retire(self, used: Collection[int]) -> tuple[int, ...]:
        return self._crypto.retire(used)

    def rotate_signing(self, purpose: str) -> str:
        raise _theirs()

    def revoke(self, key_id: str, at: str) -> None:
        raise _theirs()


def _theirs() -> ZhunyuError:
    return ZhunyuError(
        "K002", "签名密钥由密码服务管理。", "请在密码服务办理，再把新的编号或吊销时间写进 ZHUNYU_CRYPTO_CONFIG。"
    )
