"""Who may see which case at the desk."""

from __future__ import annotations

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.ports.store import Transaction
from engine.services.accounts import Account, Session
from engine.services.separation import apart
from engine.stages.fieldwork import recused

CITY, EXPERT = "市级", "专家"


def only_expert(account: Account) -> bool:
    """Whether somebody is an expert and nothing else: they read what they are invited to."""
    return account.roles == (EXPERT,)


def may_see(account: Account, district: str) -> bool:
    """Staff see the cases of their own district; those of the city see all."""
    return account.kind == "staff" and account.district in (CITY, district)


def sees(account: Account, case: Case) -> bool:
    """Whether the account sees the case: of its district, or of that of an office that has done or does a step."""
    places = {case.district, *(one.office.district for one in case.steps if one.office is not None)}
    return any(may_see(account, place) for place in places)


def at_counter(session: Session, case: Case) -> bool:
    """Whether a clerk of the counter acts for the subject of a case that was filed at the counter of the district."""
    subject, account = session.subject, session.account
    mine = subject is not None and any(one.code == subject.code for one in case.subjects)
    return mine and case.counter is not None and "窗口" in account.roles and may_see(account, case.district)


def district_of(account: Account) -> str:
    """The district the account's lists are narrowed to; "" for those of the city, who see all."""
    return "" if account.district == CITY else account.district


def staff_of(session: Session) -> Session:
    """The session, if it is of staff who handle cases; else A002."""
    if session.account.kind != "staff":
        raise ZhunyuError("A002", "只有工作人员可以办理。", "", status=403)
    if apart(session.account.roles):
        raise ZhunyuError(
            "A002", "系统和安全岗位不接触办件和证照。", "请从导航进入本岗位的页面。", status=403
        )
    return session


def read_by(session: Session, store: Transaction, case: Case | None) -> Case:
    """A confidential case is read by those who took one of its tasks, and by nobody else at the desk."""
    found, person = seen_by(session, case), session.account.id
    tasks = store.cases.tasks(found.id) if found.confidential else ()
    if found.confidential and not any(person in (task.claimed_by, task.closed_by) for task in tasks):
        raise ZhunyuError(
            "A002", "重特事项只有经办人可以查看。", "请先领取任务；审计人员请在“追溯”中写明理由后查看。", status=403
        )
    return found


def seen_by(session: Session, case: Case | None) -> Case:
    """The case, if there is one (A003) and the account may see it (A002)."""
    if case is None:
        raise ZhunyuError("A003", "找不到这一办件。", "请从待办列表重新进入。", status=404)
    if not sees(staff_of(session).account, case):
        raise ZhunyuError("A002", f"本办件属于{case.district}，您没有查看权限。", "如需协办，请联系该区。", status=403)
    if only_expert(session.account) and not any(one.role == EXPERT for one in case.steps):
        raise ZhunyuError("A002", "专家只能查看邀请评审的办件。", "请从“专家评审”进入。", status=403)
    if recused(case, session.account.id):
        raise ZhunyuError("A002", "您已回避本办件的评审，不能再查看。", "", status=403)
    return case
