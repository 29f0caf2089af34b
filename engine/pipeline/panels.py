"""Expert panels 专家评审: invited, accepted or recused, opinions given, and closed by the secretary at the quorum."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import UNDER_WAY, Case, StepRecord
from engine.model.events import Event, Happened, Noted
from engine.model.facts import Fact
from engine.model.field_commands import AnswerInvitation, GiveOpinion, InviteExperts
from engine.model.fieldwork import ACCEPTED, AGAINST, FOR, GIVEN, RECUSED, Expert, Panel
from engine.model.matter import Matter
from engine.model.route import Experts
from engine.model.route import Step as RouteStep
from engine.pipeline.context import Context, Step
from engine.pipeline.progress import expect, names_for, require_may_act, stamp
from engine.pipeline.records import require_record
from engine.stages.fieldwork import experts_wanted, panel_of, tally
from engine.stages.workflow import barred_people, open_record, step_of, task_id


def invite_experts(
    matter: Matter, case: Case, command: InviteExperts, facts: Mapping[str, Fact], context: Context
) -> Step:
    """Invite experts, or more of them; C004 for too few of them, one who is barred, a day in the past."""
    record, step, experts = _reviewing(matter, case, command.step)
    require_may_act(matter, case, record, context)
    try:
        past = date.fromisoformat(command.due) < context.now.date()
    except ValueError:
        raise ZhunyuError("C004", "提交意见的期限不对。", "请写成 2026-12-31。", status=422) from None
    if past:
        raise ZhunyuError("C004", "提交意见的期限已经过去。", "请改为今天或以后。", status=422)
    barred = barred_people(case, step)
    for one in command.people:
        if one.id in barred:
            raise ZhunyuError("C004", f"{one.name}办理过前一环节，依规定不得评审。", "请改邀他人。", status=422)
    panel = panel_of(case, task_id(record)) or Panel(task_id(record), record.step, command.due, context.actor, ())
    there = {one.id for one in panel.experts}
    fresh = [Expert(one.id, one.name, stamp(context)) for one in command.people if one.id not in there]
    made = msgspec.structs.replace(panel, due=command.due, experts=(*panel.experts, *fresh))
    standing = sum(one.state != RECUSED for one in made.experts)
    if standing < experts.invite:
        raise ZhunyuError(
            "C004", f"应邀请 {experts.invite} 名以上专家，现有 {standing} 名。", "请选足人员。", status=422
        )
    if made == panel:
        return Step(case, ())
    names = "、".join(one.name for one in fresh) or "（人员未变）"
    events: tuple[Event, ...] = (
        Noted("专家评审", f"{context.actor.name}邀请专家：{names}；{command.due} 前提交意见。"),
    )
    if not there:
        events = (Happened("环节", f"“{record.title}”正在进行，专家意见应于 {command.due} 前提交。"), *events)
    return Step(_with(case, made), events)


def answer_invitation(
    matter: Matter, case: Case, command: AnswerInvitation, facts: Mapping[str, Fact], context: Context
) -> Step:
    """An expert accepts or recuses; C004 for a recusal without a reason, C001 once an opinion was given."""
    record, _, _ = _reviewing(matter, case, command.step)
    panel, expert = _seat(case, record, context)
    if expert.state == GIVEN:
        raise ZhunyuError("C001", "您已提交评审意见。", "", status=409)
    reason = command.reason.strip()
    if not command.accepts and not reason:
        raise ZhunyuError("C004", "没有写明回避的理由。", "请写明与申请人或本事项的利害关系。", status=422)
    state = ACCEPTED if command.accepts else RECUSED
    answered = msgspec.structs.replace(expert, state=state, reason=reason, answered_at=stamp(context))
    words = f"专家{expert.name}接受评审。" if command.accepts else f"专家{expert.name}回避：{reason}"
    return Step(_with(case, _seated(panel, answered)), (Noted("专家评审", words),))


def give_opinion(matter: Matter, case: Case, command: GiveOpinion, facts: Mapping[str, Fact], context: Context) -> Step:
    """An expert's scores, vote and opinion, given once; A004 with every problem of the scores."""
    record, step, _ = _reviewing(matter, case, command.step)
    panel, expert = _seat(case, record, context)
    if expert.state != ACCEPTED:
        what = "您已提交评审意见。" if expert.state == GIVEN else "您还没有接受评审邀请。"
        raise ZhunyuError("C001", what, "请刷新后查看。", status=409)
    if command.vote not in (FOR, AGAINST) or not command.opinion.strip():
        raise ZhunyuError("C004", "没有写明是否同意和评审意见。", "请补填后再提交。", status=422)
    answers = command.answers
    if step.form is not None:
        names = names_for(matter, case, facts, context)
        answers = require_record(matter, step, answers, names, context.now.date())
    given = msgspec.structs.replace(
        expert, state=GIVEN, vote=command.vote, opinion=command.opinion.strip(), answers=answers,
        answered_at=stamp(context),
    )  # fmt: skip
    return Step(_with(case, _seated(panel, given)), (Noted("专家评审", f"专家{expert.name}提交了评审意见。"),))


def require_panel(case: Case, record: StepRecord, step: RouteStep, result: str) -> None:
    """C004 unless the quorum of the step's experts is there and the result is what they came to."""
    if step.experts is None:
        return
    why = experts_wanted(step, case, task_id(record))
    if why:
        raise ZhunyuError("C004", why, "请等待专家提交意见，或增邀专家。", status=409)
    sum_up = tally(step.experts, panel_of(case, task_id(record)))
    if step.results and result != sum_up.result:
        raise ZhunyuError("C004", f"专家评审的结果是“{sum_up.result}”。", "结论应与评审结果一致。", status=422)


def _reviewing(matter: Matter, case: Case, id: str) -> tuple[StepRecord, RouteStep, Experts]:
    expect(case, *UNDER_WAY)
    record = open_record(case)
    step = step_of(matter, record.step) if record is not None else None
    if record is None or step is None or step.experts is None or record.step != id:
        raise ZhunyuError("C001", "办件现在没有进行中的专家评审。", "请刷新后查看最新状态。", status=409)
    return record, step, step.experts


def _seat(case: Case, record: StepRecord, context: Context) -> tuple[Panel, Expert]:
    panel = panel_of(case, task_id(record))
    expert = next((one for one in panel.experts if one.id == context.actor.id), None) if panel is not None else None
    if panel is None or expert is None:
        raise ZhunyuError("A002", "您不是本次评审邀请的专家。", "", status=403)
    if expert.state == RECUSED:
        raise ZhunyuError("A002", "您已回避本次评审。", "", status=403)
    return panel, expert


def _seated(panel: Panel, expert: Expert) -> Panel:
    seats = tuple(expert if one.id == expert.id else one for one in panel.experts)
    return msgspec.structs.replace(panel, experts=seats)


def _with(case: Case, panel: Panel) -> Case:
    others = tuple(one for one in case.panels if one.task != panel.task)
    return msgspec.structs.replace(case, panels=(*others, panel))
