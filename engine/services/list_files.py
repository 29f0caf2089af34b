"""Files of the rows of a list: handed in row by row, or many at once, each for the row it is called like."""

from __future__ import annotations

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Upload
from engine.ports.drafts import UploadChecker
from engine.ports.rows import RowLine
from engine.ports.store import Store
from engine.ports.world import FileStore, Ids
from engine.services.accounts import Session
from engine.services.draft_keeping import missing, own, unfiled
from engine.services.list_rows import ListRows, own_row
from engine.services.list_shape import Shape
from engine.services.upload_place import upload_key

_MOST_BYTES = 1024 * 1024 * 1024


class ListFiles:
    """The files of rows."""

    def __init__(self, *, store: Store, ids: Ids, files: FileStore, uploads: UploadChecker, rows: ListRows) -> None:
        self._store, self._ids, self._files, self._uploads, self._rows = store, ids, files, uploads, rows

    def attach(
        self, session: Session, draft_id: str, material: str, name: str, data: bytes, row_id: str = ""
    ) -> RowLine:
        """Keep a file for a material of a row, found by `row_id`, else by the file's name: the key of the row.

        A007 with the reason when it may not be taken or no row is called like it.
        """
        draft, shape = self._rows.shape(session, draft_id)
        need = next((one for one in shape.materials if one.id == material), None)
        if need is None:
            raise missing("清单的各行没有这份材料。")
        found = self._uploads.check(name, data, need.accept, need.max_mb)
        upload = Upload(self._ids.new(), found.name, found.media, found.size, found.digest, found.pages)
        self._files.put(upload_key(upload.id), data, draft.id)
        try:
            with self._store.write() as tx:
                unfiled(own(session, tx.drafts.get(draft_id, lock=True)))
                rows = tx.rows.of(draft_id)
                row = next((one for one in rows if one.id == row_id), None) or _called(shape, rows, name)
                if row is None:
                    title = next(one.title for one in shape.columns if one.id == shape.key)
                    what = f"清单里没有{title}与文件名相同的行。"
                    raise ZhunyuError("A007", what, f"请用{title}作文件名，或到那一行上传。", status=422)
                kept = row.uploads.get(material, ())
                if any(one.digest == upload.digest for one in kept) or len(kept) >= need.max_files:
                    what = f"第 {row.place} 行的{need.title}已经上传过，或已满 {need.max_files} 个。"
                    raise ZhunyuError("A007", what, "请先到那一行删除原来的文件。", status=422)
                if upload.size + sum(_size(one) for one in rows) > _MOST_BYTES:
                    raise ZhunyuError("A007", "清单的文件总量超过 1 GB。", "请压缩文件，或者分批办理。", status=413)
                uploads = {**row.uploads, material: (*kept, upload)}
                tx.rows.replace(msgspec.structs.replace(row, uploads=uploads, basis=""))
        except BaseException:
            self._files.delete(upload_key(upload.id))
            raise
        return row

    def detach(self, session: Session, draft_id: str, row_id: str, upload_id: str) -> None:
        """Take a file of a row out again."""
        with self._store.write() as tx:
            row = own_row(tx, session, draft_id, row_id)
            uploads = {key: tuple(one for one in files if one.id != upload_id) for key, files in row.uploads.items()}
            if uploads == row.uploads:
                raise missing("找不到这个文件。")
            tx.rows.replace(msgspec.structs.replace(row, uploads=uploads, basis=""))
        self._files.delete(upload_key(upload_id))

    def content(self, session: Session, draft_id: str, row_id: str, upload_id: str) -> tuple[Upload, bytes]:
        """A file of a row and its content."""
        draft, _ = self._rows.shape(session, draft_id)
        with self._store.read() as tx:
            row = tx.rows.get(row_id)
        for upload in (one for files in row.uploads.values() for one in files) if row and row.draft == draft.id else ():
            if upload.id == upload_id:
                return upload, self._files.get(upload_key(upload_id))
        raise missing("找不到这个文件。")


def _called(shape: Shape, rows: tuple[RowLine, ...], name: str) -> RowLine | None:
    stem = name.rsplit("/", 1)[-1].rsplit("\\", 1)[-1].rsplit(".", 1)[0]
    key = shape.key_in({shape.key: stem})
    found = [row for row in rows if key and shape.key_in(row.answers) == key]
    return found[0] if len(found) == 1 else None


def _size(row: RowLine) -> int:
    return sum(one.size for files in row.uploads.values() for one in files)
