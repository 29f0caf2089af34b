"""复议, 诉讼, 投诉 about a case: their deadlines, a stay, their end, and a decision that is to be made again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import msgspec

from engine.errors import ZhunyuError
from engine.model.calendar import add_workdays
from engine.model.case import Case, Remand, Status
from engine.model.commands import Lapse
from engine.model.disputes import (
    PROCEEDINGS,
    REMANDED,
    AnswerDispute,
    CloseDispute,
    Dispute,
    DisputeMoved,
    OpenDispute,
    Reopen,
    StayDecision,
)
from engine.model.events import CertificateLocked, DueCleared, DueSet, Event, Happened, Noted, Reserved
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.pipeline.context import Context, Step
from engine.pipeline.filing import reservations_of
from engine.pipeline.progress import accepted, names_for, open_next, stamp
from engine.stages.clock import end_of
from engine.stages.workflow import ACCEPT_ROLE, route_of

WAKE = "dispute:"
_KIND = "争议"
_ANNULLED = (Status.REFUSED, Status.NOT_ACCEPTED, Status.TERMINATED)


def open_dispute(matter: Matter, case: Case, command: OpenDispute, facts: Mapping[str, Fact], context: Context) -> Step:
    """Register a dispute; its deadline runs from the day it was received. C004 when something is missing or the day is
    in the future."""
    proceeding = PROCEEDINGS.get(command.kind)
    if proceeding is None:
        raise ZhunyuError("C004", "没有选择争议的种类。", f"请选择：{'、'.join(PROCEEDINGS)}。", status=422)
    received = _day(command.received_on, context)
    number = needed(command.number, "没有填写案号或者编号。", "请按收到的文书填写；投诉填受理单号。")
    party = needed(command.party, "没有填写提出人。", "请填写复议申请人、原告或者投诉人。")
    claim = needed(command.claim, "没有写请求和理由。", "请写明对方要求什么、为什么。")
    if any(one.kind == command.kind and one.number == number for one in case.disputes):
        raise ZhunyuError("C004", f"{command.kind} {number} 已经登记过。", "请在列表里继续办理。", status=409)
    if proceeding.unit == "工作日":
        due = add_workdays(received, proceeding.days, context.calendar).isoformat()
    else:
        due = (received + timedelta(days=proceeding.days)).isoformat()
    made = Dispute(
        f"dispute-{len(case.disputes) + 1}", command.kind, number, party, claim, received.isoformat(), due,
        context.actor,
    )  # fmt: skip
    words = f"已登记{command.kind} {number}，应于 {due} 前答复（{proceeding.basis}）。"
    case = msgspec.structs.replace(case, disputes=(*case.disputes, made))
    return Step(case, (_moved(made), Noted(_KIND, words), DueSet(f"{WAKE}{made.id}", end_of(due, context.now))))


def answer_dispute(
    matter: Matter, case: Case, command: AnswerDispute, facts: Mapping[str, Fact], context: Context
) -> Step:
    """The office has answered, once."""
    dispute = open_one(case, command.dispute)
    if dispute.answered_on:
        raise ZhunyuError("C001", "已经登记过答复。", "请刷新后查看。", status=409)
    answer = needed(command.answer, "没有写答复的内容。", "请写明答复的要点和提交的证据。")
    made = msgspec.structs.replace(dispute, answer=answer, answered_on=context.now.date().isoformat())
    words = f"已答复{dispute.kind} {dispute.number}。"
    return _put(case, dispute, made, Noted(_KIND, words), DueCleared(f"{WAKE}{dispute.id}"))


def stay_decision(
    matter: Matter, case: Case, command: StayDecision, facts: Mapping[str, Fact], context: Context
) -> Step:
    """停止执行 or its end. C001 when it is so already."""
    dispute = open_one(case, command.dispute)
    if bool(dispute.stay_since) == command.on:
        told = "已经停止执行" if command.on else "没有停止执行"
        raise ZhunyuError("C001", f"这一决定{told}。", "请刷新后查看。", status=409)
    basis = needed(command.basis, "没有写依据。", "请填写停止执行通知书或者裁定书的文号。")
    since = context.now.date().isoformat() if command.on else ""
    made = msgspec.structs.replace(dispute, stay_since=since, stay_basis=basis)
    words = f"因{dispute.kind}，本件决定{'停止执行' if command.on else '恢复执行'}（{basis}）。"
    return _put(case, dispute, made, Happened(_KIND, words))


def close_dispute(
    matter: Matter, case: Case, command: CloseDispute, facts: Mapping[str, Fact], context: Context
) -> Step:
    """The dispute ended; a stay ends with it."""
    dispute = open_one(case, command.dispute)
    outcomes = PROCEEDINGS[dispute.kind].outcomes
    if command.outcome not in outcomes:
        raise ZhunyuError("C004", "没有选择结果。", f"请选择：{'、'.join(outcomes)}。", status=422)
    number = needed(command.number, "没有填写结果文书的文号。", "请按决定书、判决书或者答复意见填写。")
    made = msgspec.structs.replace(
        dispute, outcome=command.outcome, outcome_number=number, closed_on=context.now.date().isoformat(), stay_since=""
    )
    words = f"{dispute.kind} {dispute.number} 已结：{command.outcome}（{number}）。"
    return _put(case, dispute, made, Noted(_KIND, words), DueCleared(f"{WAKE}{dispute.id}"))


def reopen(matter: Matter, case: Case, command: Reopen, facts: Mapping[str, Fact], context: Context) -> Step:
    """重新办理 of a negative decision that was annulled: the limit starts again, the case stands after acceptance, what
    was decided is kept. C001 without such an outcome; a grant is ended by 撤销, never by this."""
    dispute = next((one for one in case.disputes if one.id == command.dispute), None)
    if dispute is None or dispute.outcome not in REMANDED:
        raise ZhunyuError("C001", "没有要求重新作出决定的结果。", "请先登记复议或者诉讼的结果。", status=409)
    if case.status not in _ANNULLED:
        what = f"办件当前为“{case.status.value}”，不能重新办理。"
        raise ZhunyuError("C001", what, "准予被撤销的，请依职权办理撤销。", status=409)
    if any(one.dispute == dispute.id for one in case.remands):
        raise ZhunyuError("C001", "已经按这一结果重新办理过。", "请刷新后查看。", status=409)
    reason = needed(command.reason, "没有写重新办理的理由。", "请写明结果文书的要求。")
    names = names_for(matter, case, facts, context)
    keys = reservations_of(matter, names)
    former = (*case.remands, Remand(dispute.id, case.decision, stamp(context), context.actor))
    case = msgspec.structs.replace(
        case, status=Status.RECEIVED, decision=None, closed_at="", close_reason="", remands=former, reservations=keys,
        delivered_at="",
    )
    words = f"因{dispute.kind}{dispute.outcome}（{dispute.outcome_number}），本机关重新办理这一申请。"
    events: list[Event] = [Happened("重新办理", words, reason), *(Reserved(key) for key in keys)]
    if case.acts_on and context.original is not None and matter.acts_on is not None and matter.acts_on.lock:
        events.append(CertificateLocked(context.original.id, context.original.version))
    case, started = accepted(matter, case, context, "转人工", "您的申请已重新受理。")
    first = next((step.id for step in route_of(matter) if step.role == ACCEPT_ROLE), "")
    case, opened = open_next(matter, case, names, context, first)
    return Step(case, (*events, *started, *opened))


def dispute_overdue(matter: Matter, case: Case, command: Lapse, facts: Mapping[str, Fact], context: Context) -> Step:
    """The day to answer is over: it is told once, and the dispute stands first in the list."""
    dispute = next((one for one in case.disputes if f"{WAKE}{one.id}" == command.what), None)
    if dispute is None or dispute.answered_on or dispute.closed_on or dispute.overdue:
        return Step(case, (DueCleared(command.what),))
    made = msgspec.structs.replace(dispute, overdue=True)
    words = f"{dispute.kind} {dispute.number} 到 {dispute.due} 没有登记答复。"
    return _put(case, dispute, made, Noted(_KIND, words), DueCleared(command.what))


def state_of(dispute: Dispute) -> str:
    """待答复 | 已答复 | 已结."""
    return "已结" if dispute.closed_on else "已答复" if dispute.answered_on else "待答复"


def open_one(case: Case, id: str) -> Dispute:
    """The dispute, if there is one and it has not ended."""
    found = next((one for one in case.disputes if one.id == id), None)
    if found is None:
        raise ZhunyuError("A003", "本办件没有这一争议。", "请从办件页面重新打开。", status=404)
    if found.closed_on:
        raise ZhunyuError("C001", "这一争议已经办结。", "请刷新后查看。", status=409)
    return found


def needed(text: str, what: str, next: str) -> str:
    """The text without blanks around it; C004 when there is none."""
    if not text.strip():
        raise ZhunyuError("C004", what, next, status=422)
    return text.strip()


def _day(text: str, context: Context) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ZhunyuError("C004", "收到日期不对。", "请写成 2026-12-31。", status=422) from None
    if day > context.now.date():
        raise ZhunyuError("C004", "收到日期在今天之后。", "请核对收到日期。", status=422)
    return day


def _put(case: Case, dispute: Dispute, made: Dispute, *events: Event) -> Step:
    case = msgspec.structs.replace(case, disputes=tuple(made if one is dispute else one for one in case.disputes))
    return Step(case, (_moved(made), *events))


def _moved(dispute: Dispute) -> DisputeMoved:
    return DisputeMoved(
        dispute.id, dispute.kind, dispute.number, state_of(dispute), dispute.due, bool(dispute.stay_since)
    )
