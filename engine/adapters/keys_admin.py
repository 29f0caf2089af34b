"""What the security officer does to the key store of an installation."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from pathlib import Path

from engine.adapters.keys import PUBLISHED, REVOKED, KeyFolder
from engine.errors import ZhunyuError
from engine.ports.keys import KeyLine
from engine.trust.canonical import canonical
from engine.trust.keys import PURPOSES, retire_roots, revoke_signing, rotate_root, rotate_signing, write_trusted

SETTLED = 600  # seconds after a change of the store, in which every process has noticed and ended its transactions


class FolderAdmin:
    """Fulfils `RootAdmin` over the key store in a folder."""

    def __init__(self, folder: KeyFolder, path: Path, seconds: Callable[[], float]) -> None:
        """`path` is the folder's, `seconds` the present time since 1970."""
        self._folder, self._path, self._seconds = folder, path, seconds

    def provider(self) -> str:
        return "software/1"

    def roots(self) -> tuple[int, ...]:
        return tuple(sorted(self._folder.ring().roots))

    def lines(self) -> tuple[KeyLine, ...]:
        ring = self._folder.ring()
        found = []
        for purpose, keys in sorted(ring.signing.items()):
            signing = ring.signer(purpose).key_id
            for key in keys:
                since = ring.revoked.get(key.key_id, "")
                state = "已吊销" if since else ("签名" if key.key_id == signing else "仅验签")
                found.append(KeyLine(key.key_id, purpose, state, since))
        return tuple(found)

    def public_files(self) -> dict[str, str]:
        ring = self._folder.ring()
        files = {name: write_trusted(ring.trusted(purpose)) for name, purpose in PUBLISHED.items()}
        return {**files, REVOKED: canonical(dict(ring.revoked)).decode() + "\n"}

    def rotate(self) -> int:
        with self._folder.changing():
            ring = rotate_root(self._folder.ring(), secrets.token_bytes)
            self._folder.replace(ring)
        return ring.root_version

    def retire(self, used: Collection[int]) -> tuple[int, ...]:
        with self._folder.changing():
            ring = self._folder.ring()
            kept = retire_roots(ring, used)
            gone = tuple(sorted(set(ring.roots) - set(kept.roots)))
            # What another process sealed under the old root before it noticed the new one must be committed by now.
            if gone and self._seconds() - (self._path / "keystore").stat().st_mtime < SETTLED:
                raise ZhunyuError("K002", "根密钥刚刚轮换过。", f"请在 {SETTLED // 60} 分钟后再停用旧版本。")
            if gone:
                self._folder.replace(kept)
        return gone

    def rotate_signing(self, purpose: str) -> str:
        if purpose not in PURPOSES:
            raise ZhunyuError("K002", f"没有用途 {purpose}。", f"用途是 {'、'.join(PURPOSES)} 之一。")
        with self._folder.changing():
            ring = rotate_signing(self._folder.ring(), purpose, secrets.token_bytes)
            self._folder.replace(ring)
        return ring.signer(purpose).key_id

    def revoke(self, key_id: str, at: str) -> None:
        with self._folder.changing():
            self._folder.replace(revoke_signing(self._folder.ring(), key_id, at, secrets.token_bytes))
