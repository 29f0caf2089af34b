"""制发证: the paper certificates of a case, from the order to print to the hand of who receives them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from engine.errors import ZhunyuError
from engine.model.calendar import add_workdays
from engine.model.case import Case
from engine.model.certificate import Certificate
from engine.model.events import Event, Happened, Noted
from engine.model.facts import Fact
from engine.model.matter import CertificateDef, Matter
from engine.model.papers import (
    AT_WINDOW,
    BACK,
    BY_POST,
    DROPPED,
    ELECTRONIC,
    HANDED,
    OPEN,
    PAPER,
    RETURNED,
    SENT,
    TO_COLLECT,
    TO_PRINT,
    TO_SEND,
    BlankTaken,
    ChangeWay,
    DropPaper,
    HandOver,
    Paper,
    PaperArrived,
    PaperBack,
    PaperCommand,
    PaperMoved,
    PrintPaper,
    SendPaper,
    Spoiled,
    SpoilPaper,
)
from engine.pipeline.context import Context, Step
from engine.pipeline.progress import stamp

DELIVERY_DAYS = 10  # working days from the decision, 行政许可法第四十四条
RECEIVERS = ("本人", "法定代表人", "代理人")
_TAIL = 4


def ordered_papers(
    matter: Matter, case: Case, certificate: Certificate, context: Context
) -> tuple[Case, tuple[Event, ...]]:
    """The paper certificates that a sealed certificate is to have: by its medium, and as the applicant chose."""
    way = wanted_way(matter, case)
    definition = definition_of(matter, certificate.type)
    known = {(one.certificate, one.version) for one in case.papers}
    if way == ELECTRONIC or definition is None or PAPER not in definition.media:
        return case, ()
    if (certificate.id, certificate.version) in known:
        return case, ()
    parts = ("正本", "副本") if certificate.duplicate else ("正本",)
    due = _due(case, context)
    made = tuple(
        Paper(
            id=f"paper-{len(case.papers) + place}", certificate=certificate.id, version=certificate.version,
            type=certificate.type, title=certificate.title, number=certificate.number, part=part, way=way,
            state=TO_PRINT, ordered_at=stamp(context), due=due,
        )
        for place, part in enumerate(parts, 1)
    )  # fmt: skip
    return msgspec.structs.replace(case, papers=(*case.papers, *made)), tuple(_moved(one) for one in made)


def wanted_way(matter: Matter, case: Case) -> str:
    """How the applicant wants the certificate: what they chose, at the window where the form does not ask."""
    field = next((one for one in matter.fields() if one.serves == "领取方式"), None)
    return AT_WINDOW if field is None else str(case.answers.get(field.id) or ELECTRONIC)


def definition_of(matter: Matter, type: str) -> CertificateDef | None:
    """What the matter declares of a certificate of this type."""
    return next((one for one in matter.certificates if one.type == type), None)


def move_paper(matter: Matter, case: Case, command: PaperCommand, facts: Mapping[str, Fact], context: Context) -> Step:
    """Carry a command of the issuing desk out. C001 when the paper is not in a state for it, C004 when something that
    must be recorded is missing."""
    paper = next((one for one in case.papers if one.id == command.paper), None)
    if paper is None:
        raise ZhunyuError("A003", "本办件没有这份纸质证照。", "请从制发证台重新打开。", status=404)
    allowed, handler = _MOVES[type(command)]
    if paper.state not in allowed:
        raise ZhunyuError("C001", f"这份证照现在是“{paper.state}”，不能进行此操作。", "请刷新后查看。", status=409)
    moved, events = handler(matter, paper, command, context)
    case = msgspec.structs.replace(case, papers=tuple(moved if one is paper else one for one in case.papers))
    return Step(case, (_moved(moved), *events))


_Moved = tuple[Paper, tuple[Event, ...]]


def _print(matter: Matter, paper: Paper, command: PrintPaper, context: Context) -> _Moved:
    blank, needed = command.blank.strip(), _has_blanks(matter, paper)
    if needed and not blank:
        raise ZhunyuError("C004", "没有填写空白证书的编号。", "请填写所用空白证书上印的编号。", status=422)
    if not needed and blank:
        raise ZhunyuError("C004", "这种证照不用空白证书。", "请留空编号，用普通纸打印。", status=422)
    state = TO_COLLECT if paper.way == AT_WINDOW else TO_SEND
    made = _with(paper, state=state, blank=blank, printed_at=stamp(context), printed_by=context.actor)
    taken = (BlankTaken(paper.type, blank, paper.id),) if blank else ()
    told = "可以到窗口领取，请带身份证件。" if state == TO_COLLECT else "即将寄出。"
    detail = f"空白证书 {blank}" if blank else ""
    return made, (*taken, Happened("制发证", f"纸质{_named(paper)}已打印，{told}", detail))


def _spoil(matter: Matter, paper: Paper, command: SpoilPaper, context: Context) -> _Moved:
    reason = _needed(command.reason, "没有写作废的原因。", "请写明，例如打印错位、污损。")
    bad = Spoiled(paper.blank, reason, stamp(context), context.actor)
    made = _with(
        paper, state=TO_PRINT, blank="", printed_at="", printed_by=None, spoiled=(*paper.spoiled, bad), sent_at="",
        courier="", tracking="",
    )
    taken = (BlankTaken(paper.type, paper.blank, paper.id, reason, True),) if paper.blank else ()
    serial = f"空白证书 {paper.blank} 作废" if paper.blank else "作废"
    return made, (*taken, Noted("制发证", f"纸质{_named(paper)}{serial}：{reason}"))


def _hand(matter: Matter, paper: Paper, command: HandOver, context: Context) -> _Moved:
    receiver = _needed(command.receiver, "没有填写领取人。", "请按身份证件填写姓名。")
    if command.receiver_as not in RECEIVERS:
        raise ZhunyuError("C004", "没有选择领取人的身份。", f"请选择：{'、'.join(RECEIVERS)}。", status=422)
    document = command.document.strip()
    if len(document) != _TAIL or not document[:-1].isdigit() or not (document[-1].isdigit() or document[-1] in "Xx"):
        raise ZhunyuError("C004", "没有填写证件号码的末四位。", "请核对身份证件原件，只填末四位。", status=422)
    replaces = (definition := definition_of(matter, paper.type)) is not None and definition.action != "新发"
    if replaces and command.original not in RETURNED:
        raise ZhunyuError("C004", "没有登记原证的处理。", f"请选择：{'、'.join(RETURNED)}。", status=422)
    made = _with(
        paper, state=HANDED, receiver=receiver, receiver_as=command.receiver_as, document=document.upper(),
        original=command.original if replaces else "", done_at=stamp(context),
    )
    original = f"，原证{command.original}" if replaces else ""
    told = f"{command.receiver_as}{receiver}领取，已核对证件（末四位 {document.upper()}）{original}"
    return made, (Happened("制发证", f"纸质{_named(paper)}已在窗口领取。", told),)


def _send(matter: Matter, paper: Paper, command: SendPaper, context: Context) -> _Moved:
    courier = _needed(command.courier, "没有填写寄送单位。", "例如 中国邮政。")
    tracking = _needed(command.tracking, "没有填写邮件号。", "请按面单填写。")
    if not tracking.isalnum() or not tracking.isascii():
        raise ZhunyuError("C004", "邮件号只有字母和数字。", "请按面单填写，不带空格和横线。", status=422)
    made = _with(paper, state=SENT, courier=courier, tracking=tracking.upper(), sent_at=stamp(context))
    return made, (Happened("制发证", f"纸质{_named(paper)}已寄出，{courier}，邮件号 {tracking.upper()}。"),)


def _arrived(matter: Matter, paper: Paper, command: PaperArrived, context: Context) -> _Moved:
    receiver = _needed(command.receiver, "没有填写签收人。", "请按回执填写。")
    made = _with(paper, state=HANDED, receiver=receiver, done_at=stamp(context))
    return made, (Happened("制发证", f"纸质{_named(paper)}已签收。", f"签收人 {receiver}，邮件号 {paper.tracking}"),)


def _back(matter: Matter, paper: Paper, command: PaperBack, context: Context) -> _Moved:
    reason = _needed(command.reason, "没有写退回的原因。", "请按退件上的原因填写。")
    made = _with(paper, state=BACK, note=reason)
    words = f"寄送的纸质{_named(paper)}被退回：{reason}。请联系办理机关，可以重新寄送，也可以到窗口领取。"
    return made, (Happened("制发证", words, f"邮件号 {paper.tracking}"),)


def _rerouted(matter: Matter, paper: Paper, command: ChangeWay, context: Context) -> _Moved:
    if command.way not in (AT_WINDOW, BY_POST):
        raise ZhunyuError("C004", "没有选择领取方式。", f"请选择：{AT_WINDOW}、{BY_POST}。", status=422)
    printed = TO_COLLECT if command.way == AT_WINDOW else TO_SEND
    made = _with(paper, way=command.way, state=printed if paper.printed_at else TO_PRINT, note="")
    return made, (Happened("制发证", f"纸质{_named(paper)}改为{command.way}。"),)


def _drop(matter: Matter, paper: Paper, command: DropPaper, context: Context) -> _Moved:
    reason = _needed(command.reason, "没有写不再制作的原因。", "请写明，例如申请人只要电子证照。")
    made = _with(paper, state=DROPPED, note=reason, done_at=stamp(context))
    taken = (BlankTaken(paper.type, paper.blank, paper.id, reason, True),) if paper.blank else ()
    return made, (*taken, Happened("制发证", f"不再制作纸质{_named(paper)}：{reason}。电子证照不受影响。"))


_PRINTED = (TO_COLLECT, TO_SEND, BACK)
_MOVES: dict[type, tuple[tuple[str, ...], Any]] = {
    PrintPaper: ((TO_PRINT,), _print),
    SpoilPaper: (_PRINTED, _spoil),
    HandOver: ((TO_COLLECT, BACK), _hand),
    SendPaper: ((TO_SEND, BACK), _send),
    PaperArrived: ((SENT,), _arrived),
    PaperBack: ((SENT,), _back),
    ChangeWay: ((TO_PRINT, TO_COLLECT, TO_SEND, BACK), _rerouted),
    DropPaper: (tuple(state for state in OPEN if state != SENT), _drop),
}


def _has_blanks(matter: Matter, paper: Paper) -> bool:
    definition = definition_of(matter, paper.type)
    return definition is not None and definition.overprint is not None and paper.part == "正本"


def _due(case: Case, context: Context) -> str:
    assert case.decision is not None
    decided = datetime.fromisoformat(case.decision.at).date()
    return add_workdays(decided, DELIVERY_DAYS, context.calendar).isoformat()


def _named(paper: Paper) -> str:
    return f"《{paper.title}》{'副本' if paper.part == '副本' else ''}"


def _needed(text: str, what: str, next: str) -> str:
    if not text.strip():
        raise ZhunyuError("C004", what, next, status=422)
    return text.strip()


def _with(paper: Paper, **changes: Any) -> Paper:
    return msgspec.structs.replace(paper, **changes)


def _moved(paper: Paper) -> PaperMoved:
    return PaperMoved(
        paper.id, paper.certificate, paper.title, paper.number, paper.part, paper.way, paper.state, paper.due
    )
