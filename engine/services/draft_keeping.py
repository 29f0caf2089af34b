"""Drafts kept: loading, autosave, files, and what was typed into an expired session."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Upload
from engine.model.form import MaterialNeed
from engine.model.matter import Matter
from engine.model.values import Answers
from engine.ports.drafts import Draft, Parked, UploadChecker
from engine.ports.store import Store
from engine.ports.world import Clock, FileStore, Ids
from engine.services.accounts import Session
from engine.services.draft_views import DraftLine
from engine.services.shelf import Shelf
from engine.services.upload_place import upload_key

MOST_BYTES = 200 * 1024 * 1024
_LARGEST_ANSWERS = 1024 * 1024
_PARKED_HOURS = 24


class KeptDrafts:
    """Applications being filled in, each seen only by the account that made it, for the subject it made it for."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, files: FileStore, shelf: Shelf, uploads: UploadChecker
    ) -> None:
        self._store, self._clock, self._ids, self._files = store, clock, ids, files
        self._shelf, self._uploads = shelf, uploads

    def load(self, session: Session, draft_id: str) -> Draft:
        """The draft; A003 when there is none, when it is another's, or made for another subject."""
        with self._store.read() as tx:
            return own(session, tx.drafts.get(draft_id))

    def list(self, session: Session) -> tuple[DraftLine, ...]:
        """The open drafts of the account for its present subject, last changed first."""
        if session.subject is None:
            return ()
        with self._store.read() as tx:
            drafts = tx.drafts.of(session.account.id, session.subject.code)
        lines = []
        for draft in drafts:
            matter = self._shelf.version(draft.matter_hash)
            about = _about(matter, draft)
            lines.append(DraftLine(draft.id, draft.matter, matter.title, about, draft.updated_at))
        return tuple(lines)

    def case_of(self, session: Session, draft_id: str) -> str:
        """The id of the case the draft became, "" before."""
        return self.load(session, draft_id).case

    def delete(self, session: Session, draft_id: str) -> None:
        """Remove a draft and its files."""
        with self._store.write() as tx:
            draft = unfiled(own(session, tx.drafts.get(draft_id, lock=True)))
            kept = [draft.uploads, *(row.uploads for row in tx.rows.of(draft_id))]
            tx.drafts.delete(draft_id)
        for upload in (one for uploads in kept for files in uploads.values() for one in files):
            self._files.delete(upload_key(upload.id))

    def save(
        self, session: Session, draft_id: str, answers: Answers, revision: int | None = None, window: str = ""
    ) -> Draft:
        """Keep answers as typed; A004 when they are too large, A013 when another window saved after `revision`.

        The window that saved last may always go on: the answer that told it the new revision may have been lost.
        """
        if len(msgspec.json.encode(answers)) > _LARGEST_ANSWERS:
            raise ZhunyuError("A004", "填写的内容过多，无法保存。", "请精简后再保存。", status=413)
        with self._store.write() as tx:
            draft = unfiled(own(session, tx.drafts.get(draft_id, lock=True)))
            mine = window != "" and window == draft.window
            if revision is not None and revision != draft.revision and not mine:
                raise ZhunyuError(
                    "A013", "这份申请已在另一个窗口修改，刚才的内容没有保存。", "请刷新页面后再填写。", status=409
                )
            if answers == draft.answers:
                return draft
            saved = msgspec.structs.replace(
                draft, answers=answers, revision=draft.revision + 1, updated_at=self._stamp(),
                window=window or draft.window,
            )  # fmt: skip
            if not tx.drafts.replace(saved, draft.revision):
                raise ZhunyuError("A013", "这份申请已在另一个窗口修改。", "请刷新页面后再填写。", status=409)
        return saved

    def upload(self, session: Session, draft_id: str, material_id: str, filename: str, stream: bytes) -> Upload:
        """Check a file by its content and keep it; A007 with the reason when it may not be taken."""
        draft = unfiled(self.load(session, draft_id))
        need = _material(self._shelf.version(draft.matter_hash), material_id)
        checked = self._uploads.check(filename, stream, need.accept, need.max_mb)
        upload = Upload(
            id=self._ids.new(), name=checked.name, media=checked.media, size=checked.size, digest=checked.digest,
            pages=checked.pages,
        )  # fmt: skip
        self._files.put(upload_key(upload.id), stream, draft.id)
        try:
            with self._store.write() as tx:
                draft = unfiled(own(session, tx.drafts.get(draft_id, lock=True)))
                kept = draft.uploads.get(material_id, ())
                _room(need, draft, kept, upload)
                uploads = {**draft.uploads, material_id: (*kept, upload)}
                tx.drafts.replace(
                    msgspec.structs.replace(draft, uploads=uploads, updated_at=self._stamp()), draft.revision
                )
        except BaseException:
            self._files.delete(upload_key(upload.id))
            raise
        return upload

    def remove_upload(self, session: Session, draft_id: str, material_id: str, upload_id: str) -> None:
        """Take a file out again; A003 when it is not there."""
        with self._store.write() as tx:
            draft = unfiled(own(session, tx.drafts.get(draft_id, lock=True)))
            kept = draft.uploads.get(material_id, ())
            rest = tuple(upload for upload in kept if upload.id != upload_id)
            if len(rest) == len(kept):
                raise missing("找不到这个文件。")
            uploads = {**draft.uploads, material_id: rest}
            tx.drafts.replace(msgspec.structs.replace(draft, uploads=uploads, updated_at=self._stamp()), draft.revision)
        self._files.delete(upload_key(upload_id))

    def upload_content(self, session: Session, draft_id: str, upload_id: str) -> tuple[Upload, bytes]:
        """A file of the draft and its content; A003 when it is not there."""
        draft = self.load(session, draft_id)
        for uploads in draft.uploads.values():
            for upload in uploads:
                if upload.id == upload_id:
                    return upload, self._files.get(upload_key(upload_id))
        raise missing("找不到这个文件。")

    def park(self, draft_id: str, answers: Answers) -> str:
        """Keep what was typed into a form whose session had expired; an id to restore it by, "" when there is no
        such draft. The last three a draft are kept, for a day."""
        if len(msgspec.json.encode(answers)) > _LARGEST_ANSWERS:
            return ""
        parked = Parked(id=self._ids.new(), draft=draft_id, answers=answers, parked_at=self._stamp())
        with self._store.write() as tx:
            draft = tx.drafts.get(draft_id)
            if draft is None or draft.case:
                return ""
            tx.drafts.park(parked)
        return parked.id

    def parked_matter(self, draft_id: str) -> Matter | None:
        """The matter whose form was typed into, for reading what was typed; None when there is no such draft."""
        with self._store.read() as tx:
            draft = tx.drafts.get(draft_id)
        return None if draft is None or draft.case else self._shelf.version(draft.matter_hash)

    def restore(self, session: Session, draft_id: str, parked_id: str) -> Draft:
        """Put what was parked back into the draft it was typed for; the draft unchanged when it is gone or too old."""
        draft = self.load(session, draft_id)
        with self._store.write() as tx:
            parked = tx.drafts.parked(parked_id)
            if parked is None or parked.draft != draft.id:
                return draft
            tx.drafts.unpark(parked_id)
        oldest = (self._clock.now() - timedelta(hours=_PARKED_HOURS)).isoformat(timespec="seconds")
        return draft if parked.parked_at < oldest else self.save(session, draft_id, parked.answers)

    def _stamp(self) -> str:
        return self._clock.now().isoformat(timespec="seconds")


def own(session: Session, draft: Draft | None) -> Draft:
    """The draft when it is the session's; A003 otherwise."""
    subject = session.subject
    if draft is None or draft.account != session.account.id or subject is None or draft.subject.code != subject.code:
        raise missing("找不到这份申请。")
    return draft


def unfiled(draft: Draft) -> Draft:
    """The draft when it has not become a case; C001 otherwise."""
    if draft.case:
        raise ZhunyuError("C001", "这份申请已经提交，不能再修改。", "请到“我的办件”查看进度。", status=409)
    return draft


def missing(what: str) -> ZhunyuError:
    """A003 in words."""
    return ZhunyuError("A003", what, "请从“我的办件”重新进入。", status=404)


def _material(matter: Matter, material_id: str) -> MaterialNeed:
    for need in matter.materials:
        if need.id == material_id:
            return need
    raise missing("本事项没有这份材料。")


def _room(need: MaterialNeed, draft: Draft, kept: tuple[Upload, ...], upload: Upload) -> None:
    if len(kept) >= need.max_files:
        what = f"“{need.title}”最多上传 {need.max_files} 个文件。"
        raise ZhunyuError("A007", what, "请先删除一个再上传。", status=422)
    if any(one.digest == upload.digest for one in kept):
        raise ZhunyuError("A007", "这个文件已经上传过了。", "不用重复上传。", status=422)
    total = sum(one.size for uploads in draft.uploads.values() for one in uploads)
    if total + upload.size > MOST_BYTES:
        raise ZhunyuError("A007", "这份申请的文件总量超过 200 MB。", "请压缩文件后上传。", status=413)


def _about(matter: Matter, draft: Draft) -> str:
    """A few words to tell one draft from another: the first text the applicant gave, addresses before others."""
    fields = [field for field in matter.fields() if field.kind in ("文本", "地址") and not field.sensitive]
    own_words = sorted((field for field in fields if not field.locked), key=lambda field: field.kind != "地址")
    return next((text for field in own_words if isinstance(text := draft.answers.get(field.id), str)), "")
