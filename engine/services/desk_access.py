"""Who may see which case at the desk, by `engine.services.permission`."""

from __future__ import annotations

import msgspec

from engine.errors import ZhunyuError
from engine.model.authority import CITY
from engine.model.case import Case
from engine.model.permission import Power
from engine.ports.cases import TaskRow
from engine.ports.store import Transaction
from engine.ports.work import Reach
from engine.services.accounts import Account, Session
from engine.services.permission import Relation, holds, permits, powers_of, reaches, sees_place
from engine.stages.fieldwork import recused

__all__ = [
    "CITY",
    "asked_of",
    "at_counter",
    "district_for",
    "district_of",
    "may_see",
    "only_expert",
    "reach_of",
    "read_by",
    "refuse",
    "relation_of",
    "seen_by",
    "sees",
    "staff_of",
]  # fmt: skip

_CONFIDENTIAL = "请先领取任务；审计人员请在“追溯”中写明理由后查看。"
EXPERT = "专家"


def only_expert(account: Account) -> bool:
    """Whether somebody is an expert and nothing else: they read what they are invited to."""
    return account.roles == (EXPERT,)


def may_see(account: Account, district: str) -> bool:
    """Staff see the cases of the districts their posts reach; those of the city see all."""
    return sees_place(account, district)


def relation_of(case: Case, tasks: tuple[TaskRow, ...] = ()) -> Relation:
    """How a case stands for reading it: its place, the places of its steps, who took part."""
    return Relation(
        place=case.district, places=tuple(one.office.district for one in case.steps if one.office is not None),
        matter=case.matter, confidential=case.confidential,
        took=tuple(person for task in tasks for person in (task.claimed_by, task.closed_by) if person),
    )  # fmt: skip


def asked_of(case: Case, task: TaskRow) -> Relation:
    """How a task stands for whoever wants to take it."""
    return msgspec.structs.replace(
        relation_of(case), office_place=task.district, role=task.role, step=task.title, barred=task.barred
    )


def sees(account: Account, case: Case) -> bool:
    """Whether the account sees the case: of its district, or of that of an office that has done or does a step."""
    relation = relation_of(case)
    places = (relation.place, *relation.places)
    return any(reaches(one, place, case.matter) for one in powers_of(account) for place in places)


def at_counter(session: Session, case: Case) -> bool:
    """Whether a clerk of the counter acts for the subject of a case that was filed at the counter of the district."""
    subject, account = session.subject, session.account
    mine = subject is not None and any(one.code == subject.code for one in case.subjects)
    return mine and case.counter is not None and holds(account, ("窗口",)) and may_see(account, case.district)


def district_of(account: Account) -> str:
    """The district the account's lists are narrowed to; "" for those who see all."""
    return _one_district(account, powers_of(account))


def district_for(account: Account, roles: tuple[str, ...]) -> str:
    """As `district_of`, by what the account holds in some roles."""
    return _one_district(account, tuple(one for one in powers_of(account) if one.role in roles))


def reach_of(account: Account) -> tuple[str, tuple[Reach, ...]]:
    """What the work list of the account is narrowed to: one district ("" all), and how far each role reaches where
    that says more."""
    powers = powers_of(account)
    plain = all(not (one.levels or one.steps) and one.matters is None for one in powers)
    alike = len({one.districts for one in powers}) <= 1 and all(len(one.districts) == 1 for one in powers)
    district = district_of(account) if alike else ""
    if plain and alike:
        return district, ()
    return district, tuple(
        Reach(
            one.role, () if CITY in one.districts else one.districts, one.matters, one.steps,
            one.levels[0] if len(one.levels) == 1 else "",
        )
        for one in powers
    )  # fmt: skip


def _one_district(account: Account, powers: tuple[Power, ...]) -> str:
    places = dict.fromkeys(place for one in powers for place in one.districts)
    if CITY in places:
        return ""
    return account.district if account.district in places else next(iter(places), account.district)


def staff_of(session: Session) -> Session:
    """The session, if it is of staff who handle cases; else A002."""
    refuse(permits(session.account, "case.list").why_not, "请从导航进入本岗位的页面。")
    return session


def refuse(why_not: str, advice: str = "") -> None:
    """A002 with the words, if there are any."""
    if why_not:
        raise ZhunyuError("A002", why_not, advice, status=403)


def read_by(session: Session, store: Transaction, case: Case | None) -> Case:
    """A confidential case is read by those who took one of its tasks, and by nobody else at the desk."""
    found = seen_by(session, case)
    if found.confidential:
        relation = relation_of(found, store.cases.tasks(found.id))
        refuse(permits(session.account, "case.read", relation).why_not, _CONFIDENTIAL)
    return found


def seen_by(session: Session, case: Case | None) -> Case:
    """The case, if there is one (A003) and the account may see it (A002)."""
    if case is None:
        raise ZhunyuError("A003", "找不到这一办件。", "请从待办列表重新进入。", status=404)
    staff_of(session)
    refuse(permits(session.account, "case.find", relation_of(case)).why_not, "如需协办，请联系该区。")
    if only_expert(session.account) and not any(one.role == EXPERT for one in case.steps):
        raise ZhunyuError("A002", "专家只能查看邀请评审的办件。", "请从“专家评审”进入。", status=403)
    if recused(case, session.account.id):
        raise ZhunyuError("A002", "您已回避本办件的评审，不能再查看。", "", status=403)
    return case
