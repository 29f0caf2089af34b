"""Confirmations of second parties: asked from a draft, answered in the party's own account, bound to the answers."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from engine.errors import Problem, ZhunyuError
from engine.model.case import Case, Status
from engine.model.confirming import CONFIRMED, DECLINED, Confirmation, Countersign
from engine.model.form import Field
from engine.model.matter import Matter
from engine.pipeline.assess import form_and_names
from engine.pipeline.confirming import digest_of, party_of
from engine.ports.confirming import ASKED, Request
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids
from engine.services.accounts import Session, actor_of
from engine.services.draft_keeping import missing, own, unfiled
from engine.services.draft_views import Preview
from engine.services.recording import record
from engine.services.shelf import Shelf
from engine.services.signing_applicants import ApplicantSigning

SIGNS = "确认"
_REMIND_AFTER = timedelta(hours=24)
_LISTED = 100
_LONGEST = 500


class RequestView(msgspec.Struct, frozen=True):
    """A request as its party sees it: the fields it shows, in the order of the matter; `signs` when it is signed."""

    request: Request
    sign: Countersign
    fields: tuple[Field, ...]
    signs: bool
    holds: bool


class Confirming:
    """What applicants ask of second parties, and what these answer."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, shelf: Shelf, applicants: ApplicantSigning | None = None
    ) -> None:
        self._store, self._clock, self._ids = store, clock, ids
        self._shelf, self._applicants = shelf, applicants

    def ask(self, session: Session, preview: Preview, sign_id: str) -> Request:
        """Send a draft, as it was just judged, for confirmation; what was asked before is gone.

        A003 for what the matter does not ask, A004 while what the party is to see is not filled in or the party is
        the applicant itself.
        """
        sign = _sign(preview.matter, sign_id)
        application, now = preview.application, self._clock.now()
        actor, calendar = actor_of(session), self._shelf.reference_calendar()
        reading, _ = form_and_names(preview.matter, application, actor, now.date(), calendar, complete=False)
        party = party_of(sign, application, reading.answers)
        _require_shown(preview, sign, party)
        request = Request(
            id=self._ids.new(), draft=preview.draft.id, sign=sign.id, matter_hash=preview.matter.hash,
            matter_title=preview.matter.title, applicant=preview.draft.subject, party=party,
            digest=digest_of(sign, party, reading.answers),
            answers={id: reading.answers[id] for id in sign.of if id in reading.answers}, asked_at=_text(now),
        )  # fmt: skip
        with self._store.write() as tx:
            unfiled(own(session, tx.drafts.get(preview.draft.id, lock=True)))
            tx.confirmations.put(request)
            self._tell(tx, request, session, "送请确认")
        return request

    def remind(self, session: Session, draft_id: str, sign_id: str) -> None:
        """Put an open request at the top of the party's list again; C001 within a day of the last time."""
        now = self._clock.now()
        with self._store.write() as tx:
            found = self._of_draft(tx, session, draft_id, sign_id)
            last = datetime.fromisoformat(found.reminded_at or found.asked_at)
            if found.state != ASKED or now - last < _REMIND_AFTER:
                next = "送出或上次提醒满一天、对方还没有答复的，可以提醒。"
                raise ZhunyuError("C001", "现在不能提醒。", next, status=409)
            tx.confirmations.put(msgspec.structs.replace(found, reminded_at=_text(now)))
            self._tell(tx, found, session, "提醒确认")

    def withdraw(self, session: Session, draft_id: str, sign_id: str) -> None:
        """Take a request back, answered or not; A003 when there is none."""
        with self._store.write() as tx:
            found = self._of_draft(tx, session, draft_id, sign_id)
            tx.confirmations.withdraw(draft_id, sign_id)
            self._tell(tx, found, session, "撤回送请")

    def inbox(self, session: Session) -> tuple[Request, ...]:
        """What the session's subject is asked to confirm: open first, then the newest answered."""
        if session.subject is None:
            return ()
        with self._store.read() as tx:
            return tx.confirmations.of_party(session.subject.code, _LISTED)

    def waiting(self, session: Session) -> int:
        """How many requests wait for the session's subject."""
        if session.subject is None:
            return 0
        with self._store.read() as tx:
            return tx.confirmations.waiting(session.subject.code)

    def view(self, session: Session, id: str) -> RequestView:
        """A request to the session's subject; A003 when there is none."""
        with self._store.read() as tx:
            return self._view(tx, _to(session, tx.confirmations.load(id)))

    def answer(self, session: Session, id: str, agree: bool, reason: str = "", secret: str = "") -> Request:
        """Confirm, or decline with a reason; signed where the matter asks for it.

        A003 for somebody else's request, C001 once it is answered or taken back, C004 for a decline without a reason,
        A010, K007 and K008 as `ApplicantSigning.signer`.
        """
        words = reason.strip()
        if not agree and not words:
            raise ZhunyuError("C004", "没有填写理由。", "请写明为什么不同意，申请人会看到。", status=422)
        if len(words) > _LONGEST:
            raise ZhunyuError("C004", "理由过长。", f"请控制在 {_LONGEST} 字以内。", status=422)
        seen, now = self.view(session, id), self._clock.now()
        if not session.authority or not seen.holds:
            raise _gone() if session.authority else ZhunyuError("A010", "您没有代为确认的授权。", "", status=403)
        signature = self._signed(session, seen, now, secret) if agree and seen.signs else ""
        answered = msgspec.structs.replace(
            seen.request, state=CONFIRMED if agree else DECLINED, answered_at=_text(now),
            answered_by=session.account.name, reason=words, signature=signature,
        )  # fmt: skip
        with self._store.write() as tx:
            found = _to(session, tx.confirmations.load(id, lock=True))
            if found.state != ASKED or found != seen.request:
                raise _gone()
            tx.confirmations.put(answered)
            self._tell(tx, answered, session, answered.state)
        return answered

    def _signed(self, session: Session, seen: RequestView, now: datetime, secret: str) -> str:
        """The signed act as JSON: over the digest, which holds the answers, the text and the party."""
        if self._applicants is None:
            raise ZhunyuError("K008", "没有配置申请人签名服务。", "请联系系统管理员。", status=503)
        request = seen.request
        about = Case(
            id=request.id, number="", matter="", matter_title=request.matter_title, matter_hash=request.matter_hash,
            origin="网上", initiator=actor_of(session), subjects=(request.applicant,), authority="",
            authority_name="", district="", status=Status.RECEIVED, received_at=request.asked_at, answers={},
        )  # fmt: skip
        content = {"confirmed": seen.sign.id, "text": seen.sign.text, "digest": request.digest}
        act = self._applicants.signer(session, secret)(SIGNS, about, 0, content, now, "")
        return msgspec.json.encode(act).decode()

    def _view(self, tx: Transaction, request: Request) -> RequestView:
        matter = self._shelf.version(request.matter_hash)
        sign = _sign(matter, request.sign)
        draft = tx.drafts.get(request.draft)
        fields = tuple(field for field in matter.fields() if field.id in request.answers)
        holds = request.state == ASKED and draft is not None and not draft.case
        return RequestView(request, sign, fields, SIGNS in matter.sign, holds)

    def _of_draft(self, tx: Transaction, session: Session, draft_id: str, sign_id: str) -> Request:
        unfiled(own(session, tx.drafts.get(draft_id, lock=True)))
        found = next((one for one in tx.confirmations.of_draft(draft_id) if one.sign == sign_id), None)
        if found is None:
            raise missing("没有送请这项确认。")
        return found

    def _tell(self, tx: Transaction, request: Request, session: Session, what: str) -> None:
        content = {"request": request.id, "sign": request.sign, "digest": request.digest, "state": request.state}
        record(tx, self._ids, trail=f"confirming:{request.draft}", at=_text(self._clock.now()),
               actor=session.account.id, what=what, content=content)  # fmt: skip


def given(requests: tuple[Request, ...]) -> dict[str, Confirmation]:
    """What the parties said, as an application carries it."""
    return {
        one.sign: Confirmation(
            one.state, one.party, one.digest, one.answered_at, one.answered_by, one.reason, one.signature
        )
        for one in requests
        if one.state in (CONFIRMED, DECLINED)
    }


def _require_shown(preview: Preview, sign: Countersign, party: str) -> None:
    titles = preview.matter.titles
    wrong = {path: text for path, text in preview.errors.items() if path.partition(".")[0] in sign.of}
    blank = [path for path in preview.missing if path.partition(".")[0] in sign.of]
    wrong |= {path: f"请填写{titles.get(path, path)}。" for path in blank}
    if wrong or not party:
        problems = tuple(Problem("A004", text, file=path) for path, text in wrong.items())
        raise ZhunyuError("A004", f"“{sign.title}”要给对方看的内容还没有填好。", "请填好后再送请确认。", status=422,
                          problems=problems)  # fmt: skip
    if party == preview.draft.subject.code:
        what = f"“{sign.title}”要由对方确认，现在填写的是申请人自己。"
        raise ZhunyuError("A004", what, "请核对对方的代码。", status=422)


def _sign(matter: Matter, id: str) -> Countersign:
    found = next((one for one in matter.countersign if one.id == id), None)
    if found is None:
        raise missing("本事项没有这项确认。")
    return found


def _to(session: Session, request: Request | None) -> Request:
    if request is None or session.subject is None or request.party != session.subject.code:
        raise missing("找不到这项确认，可能已被撤回。")
    return request


def _gone() -> ZhunyuError:
    what = "申请人已经改动、撤回或提交了这份申请，这项确认不再有效。"
    return ZhunyuError("C001", what, "请与申请人联系。", status=409)


def _text(at: datetime) -> str:
    return at.isoformat(timespec="seconds")

