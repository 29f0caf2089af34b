"""Words the changes that would help, and what to do where no answer does. Truthful: only as far as it is so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from engine.model.case import Assessment
from engine.model.explanation import Change, Mending, Proposal
from engine.model.matter import Matter
from engine.model.people import Actor
from engine.model.wording import answer_in_words
from engine.pipeline.context import Application
from engine.pipeline.disclosing import parts_of, protected, reads_of, watched
from engine.pipeline.mending import Found, Mend, mend
from engine.stages.decision import REAL_NAME

TRUTHFUL = "只有与事实相符时才可以这样填写；填报不实的，依法承担责任。"
_INSTANT = "秒批"


def propose(
    matter: Matter, application: Application, actor: Actor, today: date, calendar: Mapping[str, str],
    assessment: Assessment,
) -> Mending:  # fmt: skip
    """The smallest changes of answers with which the application would pass, and advice where there are none.

    Nothing for an application that is granted at once already, or whose form is not in order yet.
    """
    if assessment.outcome in (_INSTANT, "待定"):
        return Mending()
    found = mend(matter, application, actor, today, calendar)
    proposals = tuple(_proposal(matter, application, found, one) for one in found.sets)
    advice = tuple(dict.fromkeys(_advice(matter, application, actor, assessment, found)))
    return Mending(proposals, advice, found.steps, found.complete)


def _proposal(matter: Matter, application: Application, found: Found, mend: Mend) -> Proposal:
    fields = {field.id: field for field in matter.fields()}
    changes = tuple(
        Change(
            id, fields[id].title, answer_in_words(fields[id], application.answers.get(id)),
            answer_in_words(fields[id], answer), answer, fields[id].kind == "承诺",
        )
        for id, answer in mend.answers.items()
    )  # fmt: skip
    title = next((one.title or one.require.text for one in matter.precheck if one.id == found.goal), "")
    reached = "可以当场办结（秒批）" if found.goal == _INSTANT else f"“{title}”这一项可以通过"
    plain = [one for one in changes if not one.commitment]
    promises = "、".join(f"“{one.title}”" for one in changes if one.commitment)
    said = "，".join(f"“{one.title}”属实填写为 {one.to}（现为 {one.now}）" for one in plain)
    if promises and said:
        words = f"如果{said}，并且确已符合全部条件、自愿签署{promises}，{reached}。"
    elif promises:
        words = f"如确已符合全部条件，可以选择签署{promises}，签署后{reached}；不签署的，由工作人员核实办理。"
    else:
        words = f"如果{said}，其他内容不变，{reached}。"
    return Proposal(found.goal, mend.assessment.outcome, changes, words)


def _advice(
    matter: Matter, application: Application, actor: Actor, assessment: Assessment, found: Found
) -> Iterator[str]:
    """What else there is to do, in the order of what can be done soonest."""
    hidden = watched(matter)
    if assessment.missing:
        titles = {need.id: need.title for need in matter.materials}
        yield f"补交材料：{'、'.join(titles[id] for id in assessment.missing)}。"
    if actor.kind == "applicant" and (actor.level < REAL_NAME or not actor.authority):
        yield "经实名核验，并取得该主体的办理授权后，才能当场办结。"
    if found.goal == _INSTANT:
        return
    if not any(row.outcome == _INSTANT for row in matter.decide):
        yield "本事项不当场办结，提交后由工作人员办理，改动填报内容不会改变这一点。"
        if found.goal:
            return
    elif not found.complete:
        yield "可能的改法太多，没有全部试过；可以向工作人员咨询。"
    elif not found.goal:
        yield "在可以更改的填报内容中，没有找到能够当场办结的改法。"
    away = dict.fromkeys(
        need.title
        for need in matter.facts
        if (fact := application.facts.get(need.key)) is not None and fact.state == "unavailable"
        and any(_fails(matter, assessment, need.key))
    )  # fmt: skip
    if away:
        yield f"“{'、'.join(away)}”暂时没有取到，可以稍后再试；也可以直接提交，由工作人员核实。"
    recorded = [
        one.title or one.check
        for one in assessment.findings
        if one.result == "failed" and one.check not in hidden and _on_record(matter, one.check)
    ]
    if recorded:
        yield f"“{'、'.join(recorded)}”取决于登记、监管记录或办理日期；记录有误的，请先向登记机关申请更正。"
    if assessment.outcome == "转人工":
        yield "可以照常提交，由工作人员核实后决定。"


def _fails(matter: Matter, assessment: Assessment, key: str) -> Iterator[bool]:
    parts = {part.id: part for part in parts_of(matter)}
    unknown = [one.check for one in assessment.findings if one.result == "unknown"]
    unknown += [row.row for row in assessment.rows if row.result == "unknown"]
    hidden = watched(matter)
    for id in unknown:
        yield id not in hidden and any(path.partition(".")[0] == key for path in reads_of(parts[id]))


def _on_record(matter: Matter, id: str) -> bool:
    """Whether a check hangs on facts or the certificate acted on, and may be named."""
    check = next(one for one in matter.precheck if one.id == id)
    heads = {path.partition(".")[0] for path in reads_of(check)}
    records = {need.key for need in matter.facts} | {"original"}
    return bool(heads & records) and not protected(reads_of(check), matter)
