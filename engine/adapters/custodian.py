"""The second custodian of the checkpoints: a folder of another unit, or a system that is sent signed messages."""

from __future__ import annotations

import os
import re
import secrets
import time
from pathlib import Path

import msgspec
import requests

from engine.adapters.reply_body import TooLong, read_body
from engine.decoding import decoded
from engine.errors import ZhunyuError
from engine.ports.world import Clock
from engine.trust.history import Checkpoint
from engine.trust.message import sign_message
from engine.trust.provider import Crypto

_FILE = "checkpoints.jsonl"
_TIMEOUT = (2.0, 10.0)
_MOST = 1 << 22  # bytes of an answer
_ADDRESS = re.compile(r"https?://[^/]+")


def custodian_of(setting: str, crypto: Crypto, clock: Clock) -> FolderCustodian | HttpCustodian | None:
    """The custodian a setting names: an address, a folder, or "" for none."""
    if not setting:
        return None
    if setting.startswith(("http://", "https://")):
        return HttpCustodian(setting, crypto, clock)
    return FolderCustodian(Path(setting).expanduser().absolute())


class FolderCustodian:
    """Appends to `checkpoints.jsonl` in a folder: a mount of another unit, or one that can only be written once."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / _FILE

    @property
    def place(self) -> str:
        return f"目录 {self._file.parent}"

    def keep(self, checkpoints: tuple[Checkpoint, ...]) -> None:
        last = self._last()
        lines = [msgspec.json.encode(one) + b"\n" for one in checkpoints if one.batch > last]
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("ab") as file:
                file.writelines(lines)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise ZhunyuError(
                "S006", f"第二处保管写不进去：{error.strerror}。", "请检查目录。", status=503
            ) from error

    def kept(self, after: int, limit: int) -> tuple[Checkpoint, ...]:
        return tuple(one for one in self._read() if one.batch > after)[:limit]

    def _last(self) -> int:
        return max((one.batch for one in self._read()), default=0)

    def _read(self) -> tuple[Checkpoint, ...]:
        if not self._file.exists():
            return ()
        try:
            lines = self._file.read_bytes().splitlines()
            return tuple(decoded(line, Checkpoint) for line in lines)
        except (OSError, msgspec.DecodeError) as error:
            raise ZhunyuError("S006", "第二处保管的文件读不出。", "请查明文件是否被改动。", status=503) from error


class HttpCustodian:
    """POSTs checkpoints to an address and GETs them back, each message signed with the push key."""

    def __init__(self, address: str, crypto: Crypto, clock: Clock) -> None:
        self._address, self._crypto, self._clock = address.rstrip("/"), crypto, clock

    @property
    def place(self) -> str:
        return self._address

    def keep(self, checkpoints: tuple[Checkpoint, ...]) -> None:
        self._ask("POST", "", msgspec.json.encode(checkpoints))

    def kept(self, after: int, limit: int) -> tuple[Checkpoint, ...]:
        said = self._ask("GET", f"?after={after}&limit={limit}", b"")
        try:
            return decoded(said, tuple[Checkpoint, ...])
        except msgspec.DecodeError as error:
            raise ZhunyuError("S006", "第二处保管的答复看不懂。", "请联系对方。", status=503) from error

    def _ask(self, method: str, query: str, body: bytes) -> bytes:
        address = self._address + query
        path = _ADDRESS.sub("", address, count=1) or "/"
        headers = sign_message(
            self._crypto.signer("push"), method, path, body, self._clock.now().isoformat(), secrets.token_urlsafe(18)
        )
        try:
            with requests.Session() as session:
                session.trust_env = False
                with session.request(
                    method, address, data=body, timeout=_TIMEOUT, allow_redirects=False, stream=True,
                    headers={**headers, "Content-Type": "application/json; charset=utf-8"},
                ) as reply:  # fmt: skip
                    said = read_body(reply, _MOST, time.monotonic() + sum(_TIMEOUT))
        except (requests.RequestException, TooLong, OSError) as error:
            raise ZhunyuError("S006", "连接不上第二处保管。", "请检查网络和地址。", status=503) from error
        if reply.status_code >= 300:
            raise ZhunyuError(
                "S006", f"第二处保管没有收下（状态 {reply.status_code}）。", "请联系对方。", status=503
            )
        return said
