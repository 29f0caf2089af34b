"""The actions the desk may take on a case now, each allowed or with why not. Pure."""

from __future__ import annotations

from datetime import date

import msgspec

from engine.model.case import Case, Status, StepRecord
from engine.model.matter import Matter
from engine.ports.accounts import Account
from engine.services.permission import Relation, Verdict, permits
from engine.stages.workflow import ACCEPT_ROLE, DECIDE_ROLE, barred_people, open_record, step_of, still_running

ACTIONS = {
    "accept": "受理",
    "ask_supplement": "一次补正",
    "decline": "不予受理",
    "finish_step": "完成环节",
    "grant": "准予许可",
    "refuse": "不予许可",
    "make_again": "重新制证",
    "record_statement": "记录陈述申辩",
}
_OF_ROLE = {ACCEPT_ROLE: ("accept", "ask_supplement", "decline"), DECIDE_ROLE: ("grant", "refuse")}
_AT_WORK = (Status.RECEIVED, Status.ACCEPTED, Status.OPENED, Status.GRANTED)


class Action(msgspec.Struct, frozen=True):
    """Something the desk may do with a case now, or why this person may not."""

    name: str
    title: str
    allowed: bool
    why_not: str = ""


def decision_titles(matter: Matter) -> dict[str, str]:
    """The names of the deciding actions of an ex-officio matter; none for others, which have their own."""
    return {"grant": f"作出{matter.granting}决定", "refuse": "终止办理"} if matter.ex_officio else {}


def actions_of(matter: Matter, case: Case, account: Account, today: date) -> tuple[Action, ...]:
    """The actions of the open step, each allowed or with why this person may not take it today."""
    record = open_record(case)
    if record is None or case.status not in _AT_WORK:
        return ()
    granted = case.status is Status.GRANTED  # what is open then is a certificate to be made again
    names = ("make_again",) if granted else _OF_ROLE.get(record.role, ("finish_step",))
    names = ("grant",) if record.step == "deemed" else names  # what is deemed granted can only be confirmed
    step = step_of(matter, record.step)
    if step is not None and step.wait is not None:
        names = ("record_statement", *names)
    reasons = {name: _why_not(name, matter, case, record, account, today) for name in names}
    titles = {**ACTIONS, "finish_step": f"完成{record.title}", **decision_titles(matter)}
    return tuple(Action(name, titles[name], not why, why) for name, why in reasons.items())


def may_act(matter: Matter, case: Case, record: StepRecord, account: Account, name: str) -> Verdict:
    """Whether the person may take the action on the step, and by which power; whatever the case's state."""
    step, office = step_of(matter, record.step), record.office
    relation = Relation(
        place=case.district, places=tuple(one.office.district for one in case.steps if one.office is not None),
        office=office.name if office is not None else "",
        office_place=office.district if office is not None else "", matter=case.matter, role=record.role,
        step=record.title, barred=barred_people(case, step) if step is not None else (),
        signed=tuple(actor.id for actor in record.signed),
    )  # fmt: skip
    return permits(account, "step.act", relation, name)


def _why_not(name: str, matter: Matter, case: Case, record: StepRecord, account: Account, today: date) -> str:
    verdict = may_act(matter, case, record, account, name)
    if verdict.why_not:
        return verdict.why_not
    if name == "ask_supplement" and case.supplement is not None:
        return "本办件已经告知过一次补正，依法应当一次告知。"
    return still_running(matter, case, record, today) if name == "finish_step" else ""
