"""What an ended case is filed under: class, period, number 档号, the day its retention ends; and when it is ripe."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from engine.errors import ZhunyuError
from engine.model.archive import ArchiveClass, Heading, Period, Plan, Schedule
from engine.model.case import OPEN, Case
from engine.model.matter import Matter
from engine.model.wording import fill

_GRANTED = "准予"


def outcome_of(case: Case) -> str:
    """How a case ended: 准予 不予许可 不予受理 已撤回 已终止."""
    return case.decision.outcome if case.decision is not None else case.status.value


def ended(case: Case) -> bool:
    """Whether a case is over: nothing to decide, and every certificate it yields is in force."""
    return bool(case.closed_at) and case.status not in OPEN and not case.unmade


def ripe_at(plan: Plan, case: Case) -> datetime:
    """From when on an ended case is archived: its end and the days the plan lets pass (complaint, correction)."""
    return datetime.fromisoformat(case.closed_at) + timedelta(days=plan.waits.get(outcome_of(case), plan.wait))


def class_of(plan: Plan, matter: Matter, case: Case) -> tuple[Schedule, ArchiveClass, Period]:
    """The table in force on the day the case ended, and the case's class and period in it.

    ZhunyuError S001 for a class or a period the table does not know: an archivist completes rules/archive.yaml.
    """
    schedule = plan.on(case.closed_at[:10])
    klass = schedule.classes.get(matter.archive_class or "其他")
    if klass is None:
        raise _unknown(f"事项 {matter.id} 的归档门类“{matter.archive_class}”", "classes")
    word = schedule.ended.get(outcome_of(case)) or matter.archive_retain or klass.retain
    period = schedule.periods.get(word)
    if period is None:
        raise _unknown(f"事项 {matter.id} 的保管期限“{word}”", "periods")
    return schedule, klass, period


def counter_of(plan: Plan, matter: Matter, case: Case) -> str:
    """The key of the counter that the 件号 is drawn from: one run of numbers per fonds, class, year, period, organ."""
    _, klass, period = class_of(plan, matter, case)
    organ = plan.organs.get(case.district, plan.organ)
    return "|".join(("archive", plan.fonds, klass.code, case.closed_at[:4], period.code, organ))


def heading(plan: Plan, matter: Matter, case: Case, item: int) -> Heading:
    """The heading under a 件号. Retention runs from the first of January after the year the case ended in."""
    schedule, klass, period = class_of(plan, matter, case)
    year, organ = case.closed_at[:4], plan.organs.get(case.district, plan.organ)
    names = {
        "全宗号": plan.fonds, "门类": plan.category, "类别": klass.code, "年度": year, "保管期限": period.code,
        "机构": organ, "件号": str(item),
    }  # fmt: skip
    expires = "" if period.years is None else date(int(year) + period.years, 12, 31).isoformat()
    return Heading(
        code=fill(plan.number, names.__getitem__), fonds=plan.fonds, category=plan.category, year=year, period=period,
        klass=klass, organ=organ, item=item, expires=expires, basis=schedule.basis,
    )  # fmt: skip


def next_check(plan: Plan, day: date) -> str:
    """The ISO day of the next check of long-term preservation."""
    return (day + timedelta(days=plan.every_days)).isoformat()


def _unknown(what: str, where: str) -> ZhunyuError:
    return ZhunyuError("S001", f"{what}不在归档表里。", f"请在 rules/archive.yaml 的 {where} 里补上。", status=500)
