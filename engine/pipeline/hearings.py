"""听证: told of, asked for within five working days, held within twenty, called seven before (行政许可法第四十七条)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from engine.errors import ZhunyuError
from engine.model import hearing as h
from engine.model.calendar import add_workdays, workdays_between
from engine.model.case import UNDER_WAY, Case
from engine.model.clock import standing
from engine.model.clock_commands import AskHearing, CallHearing, EndHearing, RecordHearing, TellHearing
from engine.model.events import Event, Happened
from engine.model.facts import Fact
from engine.model.hearing import Hearing, Party
from engine.model.matter import Matter
from engine.pipeline.context import Context, Step
from engine.pipeline.progress import expect, stamp
from engine.pipeline.suspending import require_running, resumed, stopped
from engine.stages.push import notices

LONGEST = 20000


def tell_hearing(matter: Matter, case: Case, command: TellHearing, facts: Mapping[str, Fact], context: Context) -> Step:
    """Tell of the right to a hearing, or that the office holds one by itself, which stops the clocks."""
    expect(case, *UNDER_WAY)
    if why := why_no_hearing(case):
        raise ZhunyuError("C004", why, status=409)
    _words(command.reason, "为什么听证")
    parties = _named(command.parties)
    today = context.now.date()
    told = Hearing(command.reason.strip(), parties, stamp(context), context.actor, own=command.own)
    if not command.own:
        last = add_workdays(today, h.ASK_WITHIN, context.calendar).isoformat()
        words = f"您有要求听证的权利，可以在 {last} 前提出听证申请。"
        case = _with(case, msgspec.structs.replace(told, ask_by=last))
        return _step(matter, case, words, told.reason, context)
    case = _with(case, _asked(told, context, "本机关", "", today))
    case, events = _stop(matter, case, command.notice, command.drawn, context)
    step = _step(matter, case, "本机关决定就本申请举行听证，时间、地点另行通知。", told.reason, context)
    return Step(step.case, (*step.events, *events))


def ask_hearing(matter: Matter, case: Case, command: AskHearing, facts: Mapping[str, Fact], context: Context) -> Step:
    """Record that a hearing was asked for in time; the clocks stop where the matter lists 听证."""
    hearing = _open(case, h.TOLD)
    if not command.by.strip():
        raise ZhunyuError("C004", "没有写明由谁提出听证申请。", "请填写申请听证的人。", status=422)
    on = _day(command.on)
    if on.isoformat() < hearing.told_at[:10] or on > context.now.date():
        raise ZhunyuError("C004", "提出听证申请的日期不对。", "应在告知之后、今天之前（含今天）。", status=422)
    if on.isoformat() > hearing.ask_by:
        what = f"听证申请已过期限：应在 {hearing.ask_by} 前提出。"
        raise ZhunyuError("C004", what, "逾期提出的不组织听证，请选择“结束听证程序”并写明情况。", status=409)
    case = _with(case, _asked(hearing, context, command.by.strip(), command.words.strip(), on))
    case, events = _stop(matter, case, command.notice, command.drawn, context)
    hold_by = case.hearing.hold_by if case.hearing else ""
    step = _step(
        matter, case, f"已收到听证申请，将在 {hold_by} 前组织听证。", f"{command.by}：{command.words}", context
    )
    return Step(step.case, (*step.events, *events))


def call_hearing(matter: Matter, case: Case, command: CallHearing, facts: Mapping[str, Fact], context: Context) -> Step:
    """Tell of time and place, seven working days before; who examined the application does not preside."""
    hearing = _open(case, h.ASKED, h.CALLED)
    try:
        at = datetime.fromisoformat(command.at)
    except ValueError:
        raise ZhunyuError("C004", "听证的时间不对。", "请写成 2026-12-31 09:30。", status=422) from None
    if workdays_between(context.now.date(), at.date(), context.calendar) < h.CALL_BEFORE:
        earliest = add_workdays(context.now.date(), h.CALL_BEFORE, context.calendar).isoformat()
        what = f"听证应当在举行的 {h.CALL_BEFORE} 个工作日前通知，最早可以定在 {earliest}。"
        raise ZhunyuError("C004", what, "请改定时间。", status=422)
    if at.date().isoformat() > hearing.hold_by:
        raise ZhunyuError("C004", f"听证应当在 {hearing.hold_by} 前组织。", "请改定时间。", status=422)
    if not command.place.strip() or not command.presider.strip():
        raise ZhunyuError("C004", "没有写明听证的地点或主持人。", "请补上。", status=422)
    signers = {actor.name for record in case.steps for actor in record.signed}
    if command.presider.strip() in signers:
        raise ZhunyuError("C004", "审查过本申请的工作人员不能主持听证。", "请另行指定主持人。", status=422)
    if not command.public and not command.closed_because.strip():
        raise ZhunyuError(
            "C004", "不公开举行的，没有写明理由。", "请写明涉及国家秘密、商业秘密或者个人隐私。", status=422
        )
    called = msgspec.structs.replace(
        hearing, called_at=stamp(context), at=at.isoformat(timespec="minutes")[:16], place=command.place.strip(),
        presider=command.presider.strip(), public=command.public,
        closed_because="" if command.public else command.closed_because.strip(),
    )  # fmt: skip
    how = "公开" if called.public else "不公开"
    words = f"听证定于 {called.at.replace('T', ' ')} 在{called.place}{how}举行。"
    return _step(matter, _with(case, called), words, f"主持人：{called.presider}", context)


def record_hearing(
    matter: Matter, case: Case, command: RecordHearing, facts: Mapping[str, Fact], context: Context
) -> Step:
    """Keep the record, signed or refused by every party; the clocks run on. The decision rests on it (第四十八条)."""
    hearing = _open(case, h.CALLED)
    if context.now.isoformat()[:16] < hearing.at:
        raise ZhunyuError("C004", f"听证还没有举行：定于 {hearing.at.replace('T', ' ')}。", status=409)
    _words(command.record, "听证笔录")
    parties = _named(command.parties)
    if any(one.signed not in (h.SIGNED, h.WOULD_NOT) for one in parties):
        raise ZhunyuError("C004", "还有参加人没有写明是否签字。", "笔录应当交参加人确认后签字或者盖章。", status=422)
    if any(one.signed == h.WOULD_NOT and not one.note.strip() for one in parties):
        raise ZhunyuError("C004", "拒绝签字的，没有写明情况。", "请写明拒绝的理由和见证人。", status=422)
    held = msgspec.structs.replace(hearing, record=command.record.strip(), parties=parties, over_at=stamp(context))
    signed = "、".join(f"{one.name}{one.signed}" for one in parties)
    step = _step(matter, _with(case, held), "听证已经举行，笔录已经登记。", signed, context)
    return _resume(matter, step, "听证笔录已登记", context)


def end_hearing(matter: Matter, case: Case, command: EndHearing, facts: Mapping[str, Fact], context: Context) -> Step:
    """No hearing: nobody asked within the time, or it was taken back."""
    hearing = _open(case, h.TOLD, h.ASKED, h.CALLED)
    _words(command.reason, "结束听证程序的原因")
    over = msgspec.structs.replace(hearing, over_at=stamp(context), over_because=command.reason.strip())
    step = _step(matter, _with(case, over), "听证程序已经结束，本申请不再举行听证。", over.over_because, context)
    return _resume(matter, step, over.over_because, context)


def why_no_hearing(case: Case) -> str:
    """Why nobody can be told of a hearing now; "" when they can."""
    if case.hearing is None:
        return ""
    return "本办件已经举行过听证。" if case.hearing.record else "" if case.hearing.over_at else "听证程序正在进行。"


def require_decidable(case: Case) -> None:
    """C004 for a decision while the clocks stand, or while a hearing may still be asked for or was and is not over."""
    if case.hearing is not None and not case.hearing.over_at:
        what = f"听证程序还没有结束（{case.hearing.state}）。"
        raise ZhunyuError("C004", what, "应当根据听证笔录作出决定；没有人申请的，请先结束听证程序。", status=409)
    require_running(case)


def _open(case: Case, *states: str) -> Hearing:
    expect(case, *UNDER_WAY)
    if case.hearing is None or case.hearing.state not in states:
        raise ZhunyuError("C001", "听证程序不在这一步。", "请刷新后查看最新状态。", status=409)
    return case.hearing


def _asked(hearing: Hearing, context: Context, by: str, words: str, on: date) -> Hearing:
    hold_by = add_workdays(on, h.HOLD_WITHIN, context.calendar).isoformat()
    return msgspec.structs.replace(hearing, asked_at=stamp(context), asked_by=by, asked_words=words, hold_by=hold_by)


def _stop(matter: Matter, case: Case, notice: str, drawn: bool, context: Context) -> tuple[Case, tuple[Event, ...]]:
    """The clocks stand from here on where the matter lists 听证; else, or without a number, they run."""
    if h.GROUND not in matter.limits.stops or not notice.strip() or standing(case.timing) is not None:
        return case, ()
    return stopped(matter, case, context, h.GROUND, notice, h.HOLD_WITHIN, "依法举行听证", drawn)


def _resume(matter: Matter, step: Step, why: str, context: Context) -> Step:
    stop = standing(step.case.timing)
    if stop is None or stop.ground != h.GROUND:
        return step
    case, events = resumed(matter, step.case, context, why)
    return Step(case, (*step.events, *events))


def _named(parties: tuple[Party, ...]) -> tuple[Party, ...]:
    kept = tuple(msgspec.structs.replace(one, name=one.name.strip()) for one in parties if one.name.strip())
    if not kept:
        raise ZhunyuError("C004", "没有写明听证的参加人。", "请写明申请人和利害关系人。", status=422)
    return kept


def _step(matter: Matter, case: Case, words: str, detail: str, context: Context) -> Step:
    told = notices(matter, case, "进展", stamp(context), words)
    return Step(case, (Happened(h.GROUND, words, detail), *told))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ZhunyuError("C004", "日期不对。", "请写成 2026-12-31。", status=422) from None


def _words(text: str, what: str) -> None:
    if not text.strip() or len(text) > LONGEST:
        raise ZhunyuError("C004", f"请写明{what}，不超过 {LONGEST} 字。", status=422)


def _with(case: Case, hearing: Hearing) -> Case:
    return msgspec.structs.replace(case, hearing=hearing)
