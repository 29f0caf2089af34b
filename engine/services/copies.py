"""抄送我的: cases that were sent to me, or to my role, for reading; opening one is its read receipt."""

from __future__ import annotations

import msgspec

from engine.errors import ZhunyuError
from engine.ports.cases import CaseLine
from engine.ports.copies import CaseCopy, Inbox, Reading
from engine.ports.store import Store
from engine.ports.world import Clock
from engine.services.accounts import Session
from engine.services.desk_access import staff_of


class CopyLine(msgspec.Struct, frozen=True):
    """A copy in a list, with its case and when I read it ("" not yet)."""

    copy: CaseCopy
    case: CaseLine
    read_at: str


class SentCopy(msgspec.Struct, frozen=True):
    """A copy as the page of its case tells of it: to whom, and who has read it when."""

    copy: CaseCopy
    name: str
    readings: tuple[Reading, ...]


class Copies:
    """The inbox of copies and their receipts."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def inbox(self, session: Session, after: str = "", limit: int = 20) -> tuple[tuple[CopyLine, ...], str]:
        """A page of copies, newest first, and the cursor of the next one or ""."""
        whose = _inbox(session)
        with self._store.read() as tx:
            found = tx.copies.inbox(whose, after, limit + 1)
            read = {one.copy: one.at for one in tx.copies.readings(tuple(one.id for one in found))
                    if one.account == whose.account}  # fmt: skip
            lines = [(one, tx.cases.line(one.case)) for one in found[:limit]]
        made = tuple(CopyLine(one, line, read.get(one.id, "")) for one, line in lines if line is not None)
        return made, found[limit - 1].id if len(found) > limit else ""

    def unread(self, session: Session) -> int:
        """How many I have not opened."""
        with self._store.read() as tx:
            return tx.copies.unread(_inbox(session))

    def open(self, session: Session, copy_id: str) -> str:
        """The id of the case of a copy of mine, which is read from now on; A003 when it is none of mine."""
        whose = _inbox(session)
        with self._store.write() as tx:
            found = tx.copies.copy(copy_id)
            of_role = found is not None and found.role in whose.roles and found.district == whose.district
            if found is None or not (found.person == whose.account or of_role):
                raise ZhunyuError("A003", "没有抄送给您的这一件。", "请从“抄送我的”重新进入。", status=404)
            at = self._clock.now().isoformat(timespec="seconds")
            tx.copies.read(Reading(copy_id, whose.account, session.account.name, at))
        return found.case

    def of_case(self, case_id: str) -> tuple[SentCopy, ...]:
        """The copies of a case with their receipts, for whoever sees the case."""
        with self._store.read() as tx:
            copies = tx.copies.of_case(case_id)
            read = tx.copies.readings(tuple(one.id for one in copies))
            people = {one.person: tx.accounts.account(one.person) for one in copies if one.person}
        names = {id: account.name if account is not None else "" for id, account in people.items()}
        return tuple(
            SentCopy(one, names.get(one.person) or f"“{one.role}”岗位", tuple(it for it in read if it.copy == one.id))
            for one in copies
        )


def _inbox(session: Session) -> Inbox:
    account = staff_of(session).account
    return Inbox(account.id, account.roles, account.district)
