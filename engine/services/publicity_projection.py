"""The events that everybody may see, written to the pages for everybody in the one commit."""

from __future__ import annotations

from collections.abc import Mapping

from engine.model.case import Case
from engine.model.events import PublicityClosed, PublicityOpened, ResultPublished
from engine.ports.publicity import Notice, Result
from engine.ports.store import Transaction
from engine.services.annex import annex_of


def notice_id(case: str, task: str) -> str:
    """The id of a page of 公示."""
    return f"{case}.{task}"


def opened(tx: Transaction, case: Case, event: PublicityOpened, at: str) -> None:
    """A page begins."""
    tx.publicity.open(
        Notice(
            id=notice_id(case.id, event.task), case=case.id, task=event.task, matter_title=case.matter_title,
            title=event.title, authority=case.authority_name, district=case.district, since=at, until=event.until,
            lines=event.lines, basis=event.basis, rows=annex_of(tx, case),
        )
    )  # fmt: skip


def closed(tx: Transaction, case: Case, event: PublicityClosed) -> None:
    """A page is over."""
    tx.publicity.close(notice_id(case.id, event.task), event.result)


def published(
    tx: Transaction, case: Case, event: ResultPublished, day: str, place: str, numbers: Mapping[str, str]
) -> None:
    """A decision is shown; `place` stands in its lines where the number goes."""
    made = tuple(numbers.values())
    lines = tuple((title, text.replace(place, made[0] if made else "")) for title, text in event.lines)
    tx.publicity.publish(
        Result(
            case=case.id, matter_title=case.matter_title, subject=event.subject, outcome=event.outcome,
            authority=case.authority_name, district=case.district, decided_on=day, lines=lines, numbers=made,
        )
    )  # fmt: skip
