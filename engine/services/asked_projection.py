"""Who is asked by name in a case, in the transaction of the commit."""

from __future__ import annotations

from engine.model.case import Case
from engine.model.fieldwork import ACCEPTED, INVITED
from engine.ports.asked import REVIEW, VISIT, Asked
from engine.ports.store import Transaction
from engine.stages.workflow import open_record, task_id


def asked(tx: Transaction, case: Case) -> None:
    """Project a case with visits or panels; others have nobody asked by name."""
    if case.visits or case.panels:
        tx.asked.put(case.id, asked_in(case))


def asked_in(case: Case) -> tuple[Asked, ...]:
    """Who is, or was, asked for what in a case; what is over is done."""
    record = open_record(case)
    now = task_id(record) if record is not None and not case.closed_at else ""
    signed = {one.id for one in record.signed} if record is not None else set()
    titles = {task_id(one): "" if case.confidential else one.title for one in case.steps}
    found = [
        Asked(
            case.id, visit.task, one.id, VISIT, titles.get(visit.task, ""), visit.day,
            "open" if visit.task == now and one.id not in signed else "done",
        )
        for visit in case.visits for one in visit.inspectors
    ]
    found += [
        Asked(
            case.id, panel.task, one.id, REVIEW, titles.get(panel.task, ""), panel.due,
            "open" if panel.task == now and one.state in (INVITED, ACCEPTED) else "done",
        )
        for panel in case.panels for one in panel.experts
    ]
    return tuple(found)
