"""处理建议: what the rules, the steps done and the clock say to do now, with reasons. Pure.

It advises and never chooses: no form is filled in from it, and of a negative decision it says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from engine.model.case import Case, Finding, Status, StepRecord
from engine.model.matter import Matter
from engine.services.desk_views import Compared
from engine.stages.workflow import ACCEPT_ROLE, DECIDE_ROLE, open_record, step_of

NEGATIVE = frozenset({"不予受理", "不予许可"})
_TELLING = "《行政许可法》第三十二条第一款第四项"
_DECLINING = "《行政许可法》第三十二条第一款第一项、第二项"
_SOON = 5


class Reason(msgspec.Struct, frozen=True):
    """Why: a sentence, the rule, step or limit it comes from, and the clause it rests on ("" none)."""

    words: str
    source: str
    basis: str = ""


class ToCheck(msgspec.Struct, frozen=True):
    """A point a person has to look at: what, why, and the field or material to open ("" none)."""

    title: str
    why: str
    field: str = ""
    material: str = ""
    basis: str = ""


class Advice(msgspec.Struct, frozen=True):
    """What to do now. `act`: 受理 | 一次补正 | 不予受理 | 改办 | 核查重点 | 核实后决定 | 准予 | 不予许可 | 等待.

    `caution` says, of a negative act, that nothing is chosen and what the law asks before it is done.
    """

    act: str
    words: str
    reasons: tuple[Reason, ...] = ()
    points: tuple[ToCheck, ...] = ()
    caution: str = ""


def advise(
    matter: Matter, case: Case, compared: Mapping[str, Compared], days_left: int | None
) -> Advice | None:
    """The advice on the open step; None where nothing is to be done. `days_left` are working days to the limit."""
    if case.status is Status.SUPPLEMENT and case.supplement is not None:
        count = len(case.supplement.items)
        words = f"等申请人补正 {count} 项，期限到 {case.supplement.due}。"
        return Advice("等待", words, (Reason("补正期间不作决定。", "一次补正告知", _TELLING),))
    record = open_record(case)
    if record is None or case.decision is not None or case.closed_at:
        return None
    accepting = record.role == ACCEPT_ROLE and not matter.ex_officio
    points = tuple(_points(matter, case, compared, accepting))
    clock = tuple(_clock(matter, case, record, days_left))
    if accepting:
        advice = _accepting(matter, case, points)
    elif record.role == DECIDE_ROLE:
        advice = _deciding(matter, case, points)
    else:
        advice = _working(matter, case, record, points)
    return msgspec.structs.replace(advice, reasons=(*advice.reasons, *clock), points=points)


def _failed(case: Case, *actions: str) -> tuple[Finding, ...]:
    findings = case.assessment.findings if case.assessment is not None else ()
    return tuple(one for one in findings if one.result == "failed" and one.action in actions)


def _named(findings: tuple[Finding, ...]) -> tuple[Reason, ...]:
    return tuple(
        Reason(one.message or one.title, f"核对“{one.title or one.check}”未通过", one.basis) for one in findings
    )


def _accepting(matter: Matter, case: Case, points: tuple[ToCheck, ...]) -> Advice:
    barred, elsewhere = _failed(case, "建议不予受理"), _failed(case, "改办")
    mend = _failed(case, "一次补正", "当场更正")
    lacking = tuple(_lacking(matter, case))
    if barred:
        return Advice(
            "不予受理", "规则认为不属于受理范围或不符合申请条件。", _named(barred),
            caution="系统不替您选定不予受理。请先核实下列事实，确实不符合的再作出，并写明理由、依据和救济途径。",
        )  # fmt: skip
    if elsewhere:
        return Advice("改办", "申请的内容应当按另一事项办理，请告知申请人。", _named(elsewhere))
    if mend or lacking:
        reasons = (*_named(mend), *lacking)
        if case.supplement is None:
            return Advice("一次补正", f"有 {len(reasons)} 处要补正，应当一次告知全部内容。", reasons)
        words = "补正以后仍有不齐的内容。依法只告知一次补正，请核实后决定是否受理。"
        return Advice(
            "核实后决定", words, (*reasons, Reason("已经告知过一次补正。", "补正告知", _TELLING)),
            caution="系统不替您选定不予受理。材料确实不齐或不符合法定形式的，依法作出并写明理由。",
        )  # fmt: skip
    words = "申请材料齐全、符合法定形式。" if not points else f"没有应当补正的内容；有 {len(points)} 处请先核对。"
    return Advice("受理", words, tuple(_passed(case)))


def _working(matter: Matter, case: Case, record: StepRecord, points: tuple[ToCheck, ...]) -> Advice:
    words = f"请着重核对下列 {len(points)} 处。" if points else "规则没有发现疑点，请按规程完成本环节。"
    reasons = tuple(_passed(case))
    step = step_of(matter, record.step)
    if step is not None and step.staff > 1:
        reasons = (*reasons, Reason(f"本环节须 {step.staff} 人签署。", f"环节“{record.title}”"))
    return Advice("核查重点", words, reasons)


def _deciding(matter: Matter, case: Case, points: tuple[ToCheck, ...]) -> Advice:
    adverse, barred = tuple(_adverse(case)), _failed(case, "建议不予受理")
    refusing = "终止办理" if matter.ex_officio else "不予许可"
    if adverse or barred:
        return Advice(
            refusing, "有环节或规则的结论不支持准予。", (*adverse, *_named(barred)),
            caution="系统不替您选定否定的决定。请核实这些结论；确实不符合条件的，决定要写明理由、依据，并告知复议和诉讼的权利。",
        )  # fmt: skip
    done = tuple(_done(case))
    if points:
        doubts = tuple(Reason(f"{one.title}：{one.why}", "有待核实", one.basis) for one in points)
        words = f"有 {len(points)} 处还要人核实，核实无误的可以{matter.granting}。"
        return Advice("核实后决定", words, (*doubts, *done))
    return Advice(matter.granting, "规则和各环节都没有发现不符合条件的情形。", (*_passed(case), *done))


def _passed(case: Case) -> Iterator[Reason]:
    findings = case.assessment.findings if case.assessment is not None else ()
    passed = [one for one in findings if one.result == "passed"]
    if passed:
        yield Reason(f"{len(passed)} 项核对通过。", "、".join(one.title or one.check for one in passed[:6]))


def _done(case: Case) -> Iterator[Reason]:
    for one in case.steps:
        if one.finished_at:
            who = "、".join(actor.name for actor in one.signed) or (one.by.name if one.by else "")
            yield Reason(f"{one.title}：{one.result or '已完成'}", f"{who}　{one.finished_at[:10]}")


def _adverse(case: Case) -> Iterator[Reason]:
    """Steps whose last pass came out against it, as far as the matter's own words for results say so."""
    last = {one.step: one for one in case.steps if one.finished_at}
    for one in last.values():
        if one.result.startswith(("不", "未")):
            who = one.by.name if one.by is not None else ""
            yield Reason(f"{one.title}的结论是“{one.result}”。", f"环节“{one.title}”　{who}")


def _lacking(matter: Matter, case: Case) -> Iterator[Reason]:
    titles = {need.id: need for need in matter.materials}
    for id in case.assessment.missing if case.assessment is not None else ():
        if id in titles and not case.uploads.get(id):
            yield Reason(f"没有提交{titles[id].title}。", f"材料“{titles[id].title}”必交", titles[id].basis)


def _points(
    matter: Matter, case: Case, compared: Mapping[str, Compared], accepting: bool
) -> Iterator[ToCheck]:
    """What a person has to look at; before acceptance what can be put right is asked for, later it is checked."""
    doubtful = {"转人工"} if accepting else {"转人工", "一次补正", "当场更正", "改办"}
    findings = case.assessment.findings if case.assessment is not None else ()
    told: set[str] = set()
    for one in findings:
        if one.result == "unknown" or (one.result == "failed" and one.action in doubtful):
            why = "未能核验，请人工核实。" if one.result == "unknown" else one.message
            told.update(one.fields)
            yield ToCheck(one.title or one.check, why, one.fields[0] if one.fields else "", basis=one.basis)
    for field in matter.fields():
        held = compared.get(field.id)
        if held is not None and field.id not in told and held.state == "不一致":
            yield ToCheck(field.title, f"填报的与{held.source}不一致。", field.id)
    for said in case.statements:
        if said.kind in ("异议", "陈述申辩"):
            yield ToCheck(said.kind, f"{said.by}于 {said.at[:10]} 提出，决定中应当回应。")


def _clock(matter: Matter, case: Case, record: StepRecord, days_left: int | None) -> Iterator[Reason]:
    if record.role == ACCEPT_ROLE and not case.accepted_at and case.supplement is None and record.due:
        words = f"应在 {record.due[:10]} 前受理或一次告知补正，逾期视为受理。"
        yield Reason(words, "补正告知期限", _TELLING)
    if days_left is None:
        return
    if days_left < 0:
        yield Reason(f"已经逾期 {-days_left} 个工作日，请尽快办理。", "办理时限")
    elif days_left <= _SOON:
        yield Reason(f"离期限还有 {days_left} 个工作日。", "办理时限")
    if case.undecided and days_left <= _SOON:
        yield Reason(f"法定期限届满不决定的，{case.undecided}。", "法定期限", matter.limits.undecided_basis)
