"""The files of a case for the viewer: as pictures page by page, and those a supplement replaced."""

from __future__ import annotations

from engine.errors import ZhunyuError
from engine.model.case import Upload
from engine.ports.page_images import PageImages
from engine.ports.world import FileStore
from engine.services.accounts import Session
from engine.services.desk import Desk
from engine.services.dossier import Dossiers
from engine.services.upload_place import upload_key

WIDTHS = (480, 960, 1600)
_DRAWN = frozenset({"application/pdf", "image/jpeg", "image/png"})


class CaseFiles:
    """Reads what the desk may read of a case."""

    def __init__(self, *, desk: Desk, dossiers: Dossiers, files: FileStore, images: PageImages) -> None:
        self._desk, self._dossiers, self._files, self._images = desk, dossiers, files, images

    def upload(self, session: Session, case_id: str, upload_id: str) -> tuple[Upload, bytes]:
        """A file handed in for a case, or one that its supplement replaced; A003 when the case never had it."""
        try:
            return self._desk.upload(session, case_id, upload_id)
        except ZhunyuError as error:
            if error.code != "A003":
                raise
            earlier = self._dossiers.before(self._desk.view(session, case_id))
            for upload in (one for files in (earlier.uploads if earlier else {}).values() for one in files):
                if upload.id == upload_id:
                    return upload, self._files.get(upload_key(upload_id))
            raise

    def page(self, session: Session, case_id: str, upload_id: str, page: int, width: int) -> bytes:
        """A page of a file as JPEG; widths are rounded up to one of `WIDTHS`. A003, A007."""
        upload, data = self.upload(session, case_id, upload_id)
        if upload.media not in _DRAWN:
            raise ZhunyuError("A007", "这种文件不能在这里显示。", "请下载后用阅读器查看。", status=422)
        fitting = next((one for one in WIDTHS if one >= width), WIDTHS[-1])
        return self._images.draw(upload.media, data, page, fitting)
