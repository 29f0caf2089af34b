"""Sealing and opening a large file, against the library's bare SM4-GCM in the same run; data keys and their wrapping.

Times are CPU seconds of the thread: what the disk and the neighbours do is not measured.
"""

from __future__ import annotations

import secrets
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterable
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

from engine.adapters.files import DirectoryFiles, SealedFiles
from engine.adapters.keys import RingSealer
from engine.adapters.sql.database import Database
from engine.adapters.sql.schema import migrate
from engine.adapters.sql.transaction import SqlStore
from engine.trust.files import CHUNK, open_for, seal_for
from engine.trust.keys import new_ring
from tests.bench.core import rate
from tests.bench.figures import Line, line

_SIZE = 50 * 1024 * 1024
_NEAR, _MEMORY = 0.8, 64
_SECTION = "密钥与加密"


def measure() -> list[Line]:
    """All figures of this part."""
    data, key = secrets.token_bytes(_SIZE), secrets.token_bytes(16)
    raw = _speed(lambda: _bare(data, key))
    sealed = b"".join(seal_for("owner", key, "place", (data,), secrets.token_bytes))
    sealing = _speed(lambda: _through(seal_for("owner", key, "place", (data,), secrets.token_bytes)))
    opening = _speed(lambda: _through(open_for(lambda _: key, "place", (sealed,))))
    reference = f"{raw:.0f} MB/s 库自身"
    return [
        line(_SECTION, "库自身的 SM4-GCM，50 MB 分 1 MB 块", raw, "MB/s"),
        line(_SECTION, "加密 50 MB 文件", sealing, "MB/s", reference=reference),
        line(_SECTION, "解密 50 MB 文件", opening, "MB/s", reference=reference),
        line(_SECTION, "加密与库自身之比", sealing / raw, "", least=_NEAR),
        line(_SECTION, "解密与库自身之比", opening / raw, "", least=_NEAR),
        *_stored(data),
    ]


def _stored(data: bytes) -> list[Line]:
    with tempfile.TemporaryDirectory(prefix="zhunyu-bench-") as folder:
        database = Database(f"sqlite:///{folder}/zhunyu.db")
        migrate(database)
        sealer = RingSealer(new_ring(secrets.token_bytes))
        store = SqlStore(database, sealer)
        files = SealedFiles(DirectoryFiles(Path(folder) / "files"), None, store.data_key)
        store.data_key("owner")
        tracemalloc.start()
        files.put("a", data, "owner")
        peak = tracemalloc.get_traced_memory()[1] / 1024 / 1024
        tracemalloc.stop()
        with store.write() as tx:
            token = tx._sealer.of("case").seal("cases.sealed", "case", data[:2000])
        with store.read() as tx:
            mine = tx._sealer.of("case")
            fields = rate(lambda: mine.seal("cases.sealed", "case", data[:2000]))
            opened = rate(lambda: mine.open("cases.sealed", "case", token))
        kept = sealer._unwrapping.wrapped("case", data[:16])
        wraps = rate(lambda: sealer.rewrapped(kept))
        database.close()
    return [
        line(_SECTION, "存一个 50 MB 文件另用的内存", peak, "MB", most=_MEMORY),
        line(_SECTION, "加密一个 2 KB 字段", fields, "次/秒"),
        line(_SECTION, "打开刚用过的 2 KB 字段", opened, "次/秒"),
        line(_SECTION, "轮换：重新封装数据密钥", wraps, "个/秒"),
    ]


def _bare(data: bytes, key: bytes) -> None:
    """What cannot be avoided: SM4-GCM over the same chunks, nothing kept."""
    for start in range(0, len(data), CHUNK):
        encryptor = Cipher(SM4(key), modes.GCM(secrets.token_bytes(12))).encryptor()
        encryptor.update(data[start : start + CHUNK])
        encryptor.finalize()


def _through(pieces: Iterable[bytes]) -> None:
    for _ in pieces:
        pass


def _speed(work: Callable[[], None]) -> float:
    """MB/s, the best of three."""
    best = 0.0
    for _ in range(3):
        began = time.thread_time()
        work()
        best = max(best, _SIZE / 1024 / 1024 / (time.thread_time() - began))
    return best
