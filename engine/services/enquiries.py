"""Following a case without an account: by its number and the enquiry code on the receipt."""

from __future__ import annotations

import hmac

import msgspec

from engine.errors import ZhunyuError
from engine.model.events import Happened
from engine.ports.store import Store

_LONGEST = 40


class Progress(msgspec.Struct, frozen=True):
    """Where a case stands, without anything that names a person. `asked` is what is to be put right, until `due`."""

    number: str
    matter: str
    office: str
    status: str
    received_at: str
    limit: str
    outcome: str
    decided_at: str
    asked: tuple[str, ...]
    due: str
    milestones: tuple[tuple[str, str, str], ...]


class Enquiries:
    """Codes, and what they open."""

    def __init__(self, *, store: Store) -> None:
        self._store = store

    def code(self, number: str) -> str:
        """The enquiry code of the case with this number, for its receipt."""
        with self._store.read() as tx:
            return tx.counter.enquiry_code(number)

    def look(self, number: str, code: str) -> Progress:
        """Where the case stands; A003 for an unknown number and for a wrong code alike."""
        number, given = number.strip().upper()[:_LONGEST], code.strip().upper()[:_LONGEST].replace(" ", "")
        with self._store.read() as tx:
            right = tx.counter.enquiry_code(number)
            fits = hmac.compare_digest(right.encode(), given.encode())
            id = tx.cases.by_number(number) if fits else None
            case = tx.cases.load(id) if id is not None else None
            events = tx.cases.events(id, personal=False) if id is not None else ()
        if case is None:
            raise ZhunyuError(
                "A003", "办件编号或查询码不对。", "请核对收件凭证上的办件编号和查询码，注意大小写都可以。", status=404
            )
        open_ask = case.supplement if case.supplement is not None and not case.supplement.answered_at else None
        return Progress(
            number=case.number, matter=case.matter_title, office=case.authority_name, status=case.status.value,
            received_at=case.received_at,
            limit="" if case.closed_at else min(filter(None, (case.due_promised, case.due_legal)), default=""),
            outcome=case.decision.outcome if case.decision else "",
            decided_at=case.decision.at if case.decision else "",
            asked=tuple(item.what for item in open_ask.items) if open_ask is not None else (),
            due=open_ask.due if open_ask is not None else "",
            milestones=tuple(
                (one.at, one.event.kind, one.event.words) for one in events if isinstance(one.event, Happened)
            ),
        )  # fmt: skip
