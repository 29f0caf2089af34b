"""窗口收件: a clerk files for an applicant at the counter, with the same drafts, rules and submission as the portal."""

from __future__ import annotations

import msgspec

from engine.errors import Problem, ZhunyuError
from engine.model.case import Case, Upload
from engine.model.checkdigits import id_reason, uscc_reason
from engine.model.counter import AGENT, LEGAL, OWN, SEEN, Agent, Counter, PaperMaterial
from engine.model.matter import Matter
from engine.model.people import Subject
from engine.ports.drafts import Draft
from engine.ports.store import Store
from engine.ports.world import Clock, Renderer
from engine.services.accounts import Session
from engine.services.cards import Card
from engine.services.cases import Cases
from engine.services.counter_papers import slip, statement
from engine.services.desk_access import at_counter, may_see, refuse
from engine.services.draft_keeping import missing
from engine.services.draft_views import Choice
from engine.services.drafts import Drafts
from engine.services.ex_officio import Begun
from engine.services.permission import permits
from engine.services.shelf import Shelf
from engine.services.views import CaseView

ROLE, ORIGIN = "窗口", "窗口"
RIGHTS_OF = {"自然人": (OWN, AGENT), "法人": (LEGAL, AGENT)}
_FACE_TO_FACE = 3  # the clerk has seen the person and the document
_SHOWN, _LONGEST, _MOST_PAGES = 30, 100, 999


class CounterDesk:
    """What a clerk does at the counter before a case is there."""

    def __init__(
        self, *, store: Store, clock: Clock, shelf: Shelf, drafts: Drafts, cases: Cases, renderer: Renderer
    ) -> None:
        self._store, self._clock, self._shelf = store, clock, shelf
        self._drafts, self._cases, self._renderer = drafts, cases, renderer

    def search(self, session: Session, text: str) -> tuple[Card, ...]:
        """Matters one may apply for that fit the text, as the portal finds them; without a text those used most."""
        clerk_of(session)
        found = self._shelf.find(text).cards if text.strip() else self._shelf.most_used(10)
        return found[:_SHOWN]

    def begun(self, session: Session) -> tuple[Begun, ...]:
        """What the clerk has begun and not filed, last changed first."""
        with self._store.read() as tx:
            drafts = tx.drafts.begun_by(clerk_of(session).account.id)
        lines = ((one, self._shelf.version(one.matter_hash)) for one in drafts)
        return tuple(
            Begun(one.id, matter.title, one.subject.name, one.updated_at)
            for one, matter in lines
            if not matter.ex_officio
        )

    def matter(self, session: Session, matter_id: str) -> Matter:
        """The matter; A003, A008, A010 for one that cannot be applied for at the counter."""
        clerk_of(session)
        matter = self._shelf.applied_for(matter_id)
        if matter.batch is not None and matter.batch.of_rows:
            raise ZhunyuError("A010", f"“{matter.title}”要导入清单办理。", "请引导申请人在门户办理。", status=403)
        return matter

    def certificates(self, session: Session, matter_id: str, subject: Subject) -> tuple[Choice, ...]:
        """The subject's certificates of the kind the matter acts on."""
        self.matter(session, matter_id)
        return self._drafts.subject_certificates(_acting(session, subject, Agent("", "")), matter_id)

    def start(self, session: Session, matter_id: str, subject: Subject, agent: Agent, acts_on: str = "") -> Draft:
        """Begin an application for a subject; A004 with problems by field when subject or agent are not in order, and
        what `Drafts.start` raises."""
        matter = self.matter(session, matter_id)
        subject, agent = _tidied(subject), _of_subject(subject, agent)
        problems = tuple(self._wrong(subject, agent))
        if problems:
            raise ZhunyuError("A004", "申请人或经办人的信息还要更正。", "请按提示更正。", status=422, problems=problems)
        draft = self._drafts.start(_acting(session, subject, agent), matter.id, acts_on)
        with self._store.write() as tx:
            tx.counter.keep(draft.id, Counter(agent))
        return draft

    def acting(self, session: Session, draft_id: str) -> Session:
        """The clerk's session, acting for the subject of a draft of theirs by the right of who came; or A003."""
        with self._store.read() as tx:
            draft = tx.drafts.get(draft_id)
            note = tx.counter.note(draft_id) if draft is not None else None
        if draft is None or note is None or draft.account != clerk_of(session).account.id:
            raise missing("找不到这份窗口收件。")
        return _acting(session, draft.subject, note.agent)

    def for_case(self, session: Session, case_id: str) -> Session:
        """The clerk's session, acting for the subject of a case filed at the counter, by the right of who came then.

        A003 for a case that was not filed at the counter, or in another district.
        """
        with self._store.read() as tx:
            case = tx.cases.load(case_id)
        if case is None or case.counter is None:
            raise missing("找不到这件窗口收件。")
        acting = _acting(clerk_of(session), case.subjects[0], case.counter.agent)
        if not at_counter(acting, case):
            raise missing("找不到这件窗口收件。")
        return acting

    def view(self, session: Session, case_id: str) -> CaseView:
        """A case filed at the counter as its applicant sees it; A003 as `for_case`."""
        return self._cases.view(self.for_case(session, case_id), case_id)

    def withdraw(self, session: Session, case_id: str, signed: str, reason: str) -> Case:
        """撤回 of a case filed at the counter, by who came with a withdrawal signed on paper (`signed` is whose name it
        bears: A004 without). A003 as `for_case`, C001 after the decision."""
        acting, signer, why = self.for_case(session, case_id), signed.strip()[:_LONGEST], reason.strip()
        if not signer:
            raise ZhunyuError(
                "A004", "没有登记纸质撤回申请上的签名人。", "请核对纸质撤回申请后，填写签名人姓名。", status=422
            )
        told = f"窗口代为办理，{signer} 在纸质撤回申请上签名。{why}"
        return self._cases.withdraw(acting, case_id, told, on_paper=True)

    def note(self, session: Session, draft_id: str) -> Counter:
        """What is recorded of who came and what was handed in on paper."""
        self.acting(session, draft_id)
        with self._store.read() as tx:
            note = tx.counter.note(draft_id)
        assert note is not None
        return note

    def moved(self, session: Session, old: str, new: str) -> None:
        """The answers of a draft went into another of another matter (改办): who came is the same."""
        with self._store.write() as tx:
            note = tx.counter.note(old)
            if note is not None:
                tx.counter.keep(new, Counter(note.agent))

    def paper(self, session: Session, draft_id: str, paper: PaperMaterial) -> Upload | None:
        """Record a material handed in on paper. Where nothing of it is scanned, a slip that says so stands for it.

        A004 for an unknown way or number of pages, A007 where the material takes no PDF: it must be scanned.
        """
        acting = self.acting(session, draft_id)
        draft = self._drafts.load(acting, draft_id)
        matter = self._shelf.version(draft.matter_hash)
        need = next((one for one in matter.materials if one.id == paper.material), None)
        if need is None:
            raise missing("本事项没有这份材料。")
        if paper.seen not in SEEN or not 1 <= paper.pages <= _MOST_PAGES:
            raise ZhunyuError("A004", "纸质材料没有登记完整。", "请选择原件或复印件，写明页数。", status=422)
        made = None
        if not draft.uploads.get(need.id):
            if "pdf" not in need.accept:
                what = f"“{need.title}”只收图片，不能只登记纸质件。"
                raise ZhunyuError("A007", what, "请扫描或拍照后上传。", status=422)
            sheet = slip(matter, draft, need, paper, session.account.name, self._clock.now())
            data = self._renderer.render("archive_sheet", sheet)
            made = self._drafts.upload(acting, draft_id, need.id, "纸质材料登记单.pdf", data)
        with self._store.write() as tx:
            note = tx.counter.note(draft_id)
            assert note is not None
            others = tuple(one for one in note.papers if one.material != paper.material)
            tx.counter.keep(draft_id, msgspec.structs.replace(note, papers=(*others, paper)))
        return made

    def statement(self, session: Session, draft_id: str) -> tuple[str, bytes]:
        """The sheet that is printed and signed on paper: all answers, the declaration, the commitments."""
        acting = self.acting(session, draft_id)
        preview = self._drafts.preview(acting, draft_id, complete=True)
        page = statement(preview, self.note(session, draft_id), self._clock.now())
        return f"申请表-{preview.draft.subject.name}.pdf", self._renderer.render("archive_sheet", page)

    def submit(self, session: Session, draft_id: str, key: str, insist: bool, declared: str) -> Case:
        """File the application; the same form sent twice gives the same case. `declared` is who signed the declaration
        on paper: A004 without. A002 for another district's application; else what `Submission.submit` raises."""
        acting = self.acting(session, draft_id)
        signer = declared.strip()[:_LONGEST]
        if not signer:
            raise ZhunyuError(
                "A004", "没有登记纸质申请表上的签名人。", "请打印申请表请申请人签名，核对后填写签名人姓名。", status=422
            )
        preview = self._drafts.preview(acting, draft_id, complete=True)
        office = preview.application.authority
        if not preview.draft.case and office is not None and not may_see(session.account, office.district):
            what = f"这件申请由{office.district}的{office.name}办理，您在{session.account.district}的窗口不能收件。"
            raise ZhunyuError("A002", what, "请引导申请人到该区窗口，或在门户提交；草稿已保留。", status=403)
        at = self._clock.now().isoformat(timespec="seconds")
        note = msgspec.structs.replace(self.note(session, draft_id), declared=signer, declared_at=at)
        kept = {id for id, files in preview.draft.uploads.items() if files}
        note = msgspec.structs.replace(note, papers=tuple(one for one in note.papers if one.material in kept))
        return self._cases.submission.submit(acting, draft_id, key, insist, ORIGIN, counter=note)

    def _wrong(self, subject: Subject, agent: Agent) -> list[Problem]:
        today, told = self._clock.now().date(), []
        reason = id_reason(subject.code, today) if subject.kind == "自然人" else uscc_reason(subject.code)
        told += [("name", "请填写申请人的姓名或名称。")] if not subject.name else []
        told += [("code", f"{reason}。")] if reason else []
        if agent.right not in RIGHTS_OF[subject.kind]:
            told.append(("right", f"{subject.kind}的申请由{'或者'.join(RIGHTS_OF[subject.kind])}的人办理。"))
        if agent.right != OWN:
            told += [("agent_name", "请填写经办人姓名。")] if not agent.name else []
            wrong = id_reason(agent.id_no, today)
            told += [("agent_id", f"经办人的{wrong}。")] if wrong else []
        if agent.right == AGENT and not agent.letter:
            told.append(("letter", "请写明授权委托书的日期或编号和授权事项。"))
        return [Problem("A004", words, file=field) for field, words in told]


def clerk_of(session: Session) -> Session:
    """The session of a clerk at the counter; else A002."""
    refuse(permits(session.account, "counter.file").why_not, "请由窗口人员办理。")
    return session


def _acting(session: Session, subject: Subject, agent: Agent) -> Session:
    account = msgspec.structs.replace(session.account, level=_FACE_TO_FACE)
    return msgspec.structs.replace(session, account=account, subject=subject, authority=agent.right)


def _tidied(subject: Subject) -> Subject:
    kind = "自然人" if subject.kind == "自然人" else "法人"
    return Subject(kind, subject.code.strip().upper()[:_LONGEST], subject.name.strip()[:_LONGEST])


def _of_subject(subject: Subject, agent: Agent) -> Agent:
    """Who came; where it is the applicant in person, that is the agent."""
    texts = {name: str(getattr(agent, name)).strip()[:_LONGEST] for name in ("name", "phone", "letter")}
    agent = msgspec.structs.replace(agent, id_no=agent.id_no.strip().upper()[:18], **texts)
    if agent.right != OWN:
        return agent
    mine = _tidied(subject)
    return msgspec.structs.replace(agent, name=mine.name, id_no=mine.code, letter="")
