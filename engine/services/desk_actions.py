"""The actions the desk may take on a case now, each allowed or with why not. Pure."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from engine.model.case import Case, Status, StepRecord
from engine.model.matter import Matter
from engine.pipeline.after_command import why_held_back
from engine.ports.accounts import Account
from engine.services.clock_actions import OF_HEAD, TITLES, clock_actions
from engine.services.desk_access import may_see
from engine.services.permission import Relation, Verdict, permits
from engine.stages.fieldwork import experts_wanted, not_sent
from engine.stages.workflow import (
    ACCEPT_ROLE,
    DECIDE_ROLE,
    barred_people,
    open_record,
    step_of,
    still_running,
    task_id,
    waiting_roles,
)

ACTIONS = {
    "accept": "受理",
    "ask_supplement": "一次补正",
    "decline": "不予受理",
    "finish_step": "完成环节",
    "grant": "准予许可",
    "refuse": "不予许可",
    "make_again": "重新制证",
    "record_statement": "记录陈述申辩",
    **TITLES,
}
_OF_ROLE = {ACCEPT_ROLE: ("accept", "ask_supplement", "decline"), DECIDE_ROLE: ("grant", "refuse")}
_AT_WORK = (Status.RECEIVED, Status.ACCEPTED, Status.OPENED, Status.GRANTED)


class Action(msgspec.Struct, frozen=True):
    """Something the desk may do with a case now, or why this person may not."""

    name: str
    title: str
    allowed: bool
    why_not: str = ""
    place: str = ""  # "clock": shown with the clocks


def decision_titles(matter: Matter) -> dict[str, str]:
    """The names of the deciding actions of an ex-officio matter; none for others, which have their own."""
    return {"grant": f"作出{matter.granting}决定", "refuse": "终止办理"} if matter.ex_officio else {}


def actions_of(
    matter: Matter, case: Case, account: Account, now: datetime, calendar: dict[str, str]
) -> tuple[Action, ...]:
    """The actions of the open step and those of the clocks, each allowed or with why this person may not take it."""
    record = open_record(case)
    if record is None or case.status not in _AT_WORK:
        return ()
    today = now.date()
    granted = case.status is Status.GRANTED  # what is open then is a certificate to be made again
    names = ("make_again",) if granted else _OF_ROLE.get(record.role, ("finish_step",))
    names = ("grant",) if record.step == "deemed" else names  # what is deemed granted can only be confirmed
    step = step_of(matter, record.step)
    if step is not None and step.wait is not None:
        names = ("record_statement", *names)
    reasons = {name: _why_not(name, matter, case, record, account, today) for name in names}
    titles = {**ACTIONS, "finish_step": f"完成{record.title}", **decision_titles(matter)}
    mine = tuple(Action(name, titles[name], not why, why) for name, why in reasons.items())
    return (*mine, *_of_clocks(matter, case, record, account, now, calendar))


def _of_clocks(
    matter: Matter, case: Case, record: StepRecord, account: Account, now: datetime, calendar: dict[str, str]
) -> tuple[Action, ...]:
    of_step = _why_not("", matter, case, record, account, now.date())
    if not may_see(account, case.district):
        of_step = f"本办件属于{case.district}，您只能办理{account.district}的办件。"
    found = clock_actions(matter, case, account, of_step, now, calendar)
    elsewhere = {one.name: of_step for one in found if one.name in OF_HEAD and not may_see(account, case.district)}
    whys = {one.name: one.why_not or elsewhere.get(one.name, "") for one in found}
    return tuple(Action(name, TITLES[name], not why, why, "clock") for name, why in whys.items())


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
    roles = waiting_roles(record) or (record.role,)  # several where people of several posts sign together
    found = [permits(account, "step.act", msgspec.structs.replace(relation, role=role), name) for role in roles]
    return next((one for one in found if not one.why_not), found[0])


def _why_not(name: str, matter: Matter, case: Case, record: StepRecord, account: Account, today: date) -> str:
    verdict = may_act(matter, case, record, account, name)
    if verdict.why_not:
        return verdict.why_not
    if held_back := why_held_back(name, case, account.id):
        return held_back
    step = step_of(matter, record.step)
    others = not_sent(case, task_id(record), account.id)
    if others:
        return others
    if name == "finish_step" and step is not None and experts_wanted(step, case, task_id(record)):
        return experts_wanted(step, case, task_id(record))
    if name == "ask_supplement" and case.supplement is not None:
        return "本办件已经告知过一次补正，依法应当一次告知。"
    return still_running(matter, case, record, today) if name == "finish_step" else ""
