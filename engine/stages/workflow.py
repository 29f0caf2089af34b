"""The route: which step comes next, who may do it, and by when; a matter without one has accept and approve."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import msgspec

from engine.model.authority import CITY, Authority
from engine.model.calendar import add_workdays
from engine.model.case import Case, StepRecord
from engine.model.events import TaskOpened
from engine.model.matter import EX_OFFICIO, Matter
from engine.model.moving import APPROVED
from engine.model.route import ACCEPTING, DECIDING, Step
from engine.model.values import Value
from engine.rules.evaluator import test

ACCEPT_ROLE = ACCEPTING
DECIDE_ROLE = DECIDING
ISSUE_ROLE = "制发证"
AGAIN = "again"
MAKE_AGAIN = Step(id="issue", title="重新制证", role=ISSUE_ROLE)

DEFAULT_ROUTE = (
    Step(id="accept", title="受理", role=ACCEPT_ROLE, within=1),
    Step(id="approve", title="审批", role=DECIDE_ROLE, not_same_as=("accept",)),
)


class Opening(msgspec.Struct, frozen=True):
    """A step to be opened: its record, the task for it, and whether its `auto` rule finishes it at once; `more` are
    the tasks of the other roles that sign it."""

    step: Step
    record: StepRecord
    task: TaskOpened
    auto: bool
    more: tuple[TaskOpened, ...] = ()


def route_of(matter: Matter) -> tuple[Step, ...]:
    """The matter's route, or the least one."""
    return matter.route or DEFAULT_ROUTE


def step_of(matter: Matter, step_id: str) -> Step | None:
    """The step with this id, if the route has it."""
    return next((step for step in route_of(matter) if step.id == step_id), None)


def open_record(case: Case) -> StepRecord | None:
    """The step that is being worked on."""
    return next((record for record in reversed(case.steps) if not record.finished_at), None)


def following(matter: Matter, case: Case, env: Mapping[str, Value], after: str, result: str = "") -> Step | None:
    """The step after `after` (from the start for ""), by its result where the step declares results.

    A step is skipped only when its `when` is certainly false; unknown does the step.
    """
    route = route_of(matter)
    ids = [step.id for step in route]
    start = 0
    if after:
        current = route[ids.index(after)]
        target = current.results.get(result, "")
        if target == AGAIN:
            return current
        if target in ids:
            return route[ids.index(target)]
        start = ids.index(after) + 1
    return next((step for step in route[start:] if test(step.when, env) is not False), None)


def opening(
    matter: Matter, case: Case, step: Step, env: Mapping[str, Value], at: str, today: date, calendar: Mapping[str, str]
) -> Opening:
    """Open a step: its round, due day, barred people (not_same_as), and whether it finishes by itself."""
    round_number = 1 + sum(record.step == step.id for record in case.steps)
    due = add_workdays(today, step.within, calendar).isoformat() if step.within is not None else ""
    period = step.wait or step.publicity
    until = period_end(period.days, period.unit, today, calendar) if period else ""
    office = office_of(step, case.district, begun_on(case, today))
    role = step.experts.by if step.experts is not None else step.role  # experts are invited by the secretary
    record = StepRecord(
        step.id, step.title, role, opened_at=at, due=due, round=round_number, until=until, office=office,
        outside=step.outside, public=step.publicity is not None, signers=step.signers,
    )  # fmt: skip
    task, *more = tasks_for(step, record, barred_people(case, step))
    return Opening(step, record, task, step.auto is not None and test(step.auto, env) is True, tuple(more))


def tasks_for(step: Step, record: StepRecord, barred: tuple[str, ...]) -> tuple[TaskOpened, ...]:
    """The tasks of a step: one, or one for each role that signs it."""
    return tuple(
        TaskOpened(
            task=task, step=step.id, title=step.title, role=role, due=record.due,
            people=1 if record.signers else step.staff, barred=barred,
            district=record.office.district if record.office is not None else "",
        )
        for task, role in task_roles(record).items()
    )


def begun_on(case: Case, today: date) -> date:
    """The day by which the offices of a case are told: that of its receipt, so that it finishes with the authority it
    began with, whatever is granted to the districts (下放) meanwhile."""
    return date.fromisoformat(case.received_at[:10]) if case.received_at else today


def office_of(step: Step, district: str, today: date) -> Authority | None:
    """The office that does a step in the place of the case's own: the only one of its table, or the one of the
    district; the newest in force. None where the step names no table, or nobody in it is competent."""
    day = today.isoformat()
    newest = tuple(one for one in reversed(step.offices) if not one.since or one.since <= day)
    if len({one.district for one in newest}) <= 1:
        return newest[0] if newest else None
    own = next((one for one in newest if one.district == district), None)
    return own or next((one for one in newest if one.district == CITY), None)


def deciding_office(matter: Matter, district: str, today: date) -> Authority | None:
    """The office of the step that decides, where that is not the case's own."""
    return next((office_of(step, district, today) for step in matter.route if step.role == DECIDE_ROLE), None)


def task_id(record: StepRecord) -> str:
    """The task's id, unique in the case."""
    return f"{record.step}-{record.round}"


def task_roles(record: StepRecord) -> dict[str, str]:
    """The tasks of a step by id, each with its role."""
    own = task_id(record)
    more = {f"{own}.{place}": role for place, role in enumerate(record.signers[1:], 2)}
    return {own: record.signers[0] if record.signers else record.role, **more}


def waiting_roles(record: StepRecord) -> tuple[str, ...]:
    """The roles whose signature the step still waits for."""
    if not record.signers:
        return (record.role,)
    return tuple(role for role in record.signers if all(one.role != role for one in record.stands))


def recused(case: Case) -> frozenset[str]:
    """Ids of those who are to keep away from the case (回避)."""
    return frozenset(one.person.id for one in case.moves.recusals if one.state == APPROVED)


def barred_people(case: Case, step: Step) -> tuple[str, ...]:
    """Ids of those who may not do the step because they did one of `not_same_as`, started the ex-officio case that it
    decides, or are to keep away from the case."""
    own = {case.initiator.id} if case.origin == EX_OFFICIO and step.role == DECIDE_ROLE else set()
    own |= recused(case)
    return tuple(
        sorted(own | {actor.id for record in case.steps if record.step in step.not_same_as for actor in record.signed})
    )


def period_end(days: int, unit: str, opened: date, calendar: Mapping[str, str]) -> str:
    """The last ISO day of a period that starts on the day after `opened`."""
    if unit == "自然日":
        return (opened + timedelta(days=days)).isoformat()
    return add_workdays(opened, days, calendar).isoformat()


def still_running(matter: Matter, case: Case, record: StepRecord, today: date) -> str:
    """Why the step may not be finished yet: its period is running; "" when it may."""
    step = step_of(matter, record.step)
    if step is None or not record.until or today.isoformat() > record.until:
        return ""
    if step.wait is not None and any(one.task == task_id(record) for one in case.statements):
        return ""
    return f"“{record.title}”的期限到 {record.until} 为止，还没有届满。"
