"""The folders in which an operator keeps the certificates and revocation lists that are relied on."""

from __future__ import annotations

from pathlib import Path

from engine.errors import ZhunyuError

_CERTIFICATES = frozenset({".cer", ".crt", ".pem", ".der"})
_LISTS = frozenset({".crl"})
_MOST, _LARGEST = 200, 16 << 20


class TrustFolder:
    """Fulfils `TrustFiles`; a file put there counts at once. Files are read again when they have changed."""

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        self._kept: dict[Path, tuple[int, int, bytes]] = {}

    def certificates(self) -> tuple[bytes, ...]:
        return self._read(_CERTIFICATES)

    def lists(self) -> tuple[bytes, ...]:
        return self._read(_LISTS)

    def _read(self, endings: frozenset[str]) -> tuple[bytes, ...]:
        try:
            found = [
                path for folder in self._folders if folder.is_dir()
                for path in sorted(folder.iterdir()) if path.suffix.lower() in endings and path.is_file()
            ]  # fmt: skip
            return tuple(self._content(path) for path in found[:_MOST])
        except OSError as error:
            raise ZhunyuError(
                "K007", f"受信任证书目录无法读取：{error.strerror}（{error.filename}）。", "请检查目录权限。",
                status=503,
            ) from error  # fmt: skip

    def _content(self, path: Path) -> bytes:
        stat = path.stat()
        kept = self._kept.get(path)
        if kept is not None and kept[:2] == (stat.st_mtime_ns, stat.st_size):
            return kept[2]
        if stat.st_size > _LARGEST:
            raise ZhunyuError("K007", f"{path.name} 太大，不是证书或吊销列表。", "请从目录里移走。", status=503)
        data = path.read_bytes()
        self._kept[path] = (stat.st_mtime_ns, stat.st_size, data)
        return data
