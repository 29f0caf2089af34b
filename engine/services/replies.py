"""Letters of bodies outside: taken from the desk while their reply is written down, and checked when it is signed."""

from __future__ import annotations

import contextlib

from engine.errors import ZhunyuError
from engine.model.case import Reply, Upload
from engine.ports.drafts import UploadChecker
from engine.ports.world import FileStore, Ids
from engine.services.upload_place import upload_key
from engine.trust.sm3 import sm3_hex

ACCEPT, LARGEST = ("pdf", "ofd", "jpg", "png"), 20  # MB


class Replies:
    """Keeps the letters under the key of their case."""

    def __init__(self, *, files: FileStore, ids: Ids, uploads: UploadChecker) -> None:
        self._files, self._ids, self._uploads = files, ids, uploads

    def take(self, case_id: str, filename: str, data: bytes) -> Upload:
        """Keep a letter; A007 with the reason when it is no file of a kind that is accepted."""
        found = self._uploads.check(filename, data, ACCEPT, LARGEST)
        upload = Upload(self._ids.new(), found.name, found.media, found.size, found.digest, found.pages)
        self._files.put(upload_key(upload.id), data, case_id)
        return upload

    def require(self, reply: Reply | None) -> None:
        """A007 unless the letter of a reply, which has been to the browser and back, is the very one that is kept."""
        upload = reply.upload if reply is not None else None
        if upload is None:
            return
        stored = b""
        with contextlib.suppress(KeyError, ValueError):
            stored = self._files.get(upload_key(upload.id))
        if not stored or sm3_hex(stored) != upload.digest or len(stored) != upload.size:
            raise ZhunyuError("A007", "来文的文件已经失效。", "请重新上传。", status=422)
