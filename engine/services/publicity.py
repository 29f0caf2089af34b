"""公示 and results as everybody reads them, and objections of those who are signed in."""

from __future__ import annotations

import msgspec

from engine.errors import ZhunyuError
from engine.model.commands import Object
from engine.ports.publicity import Notice, Result
from engine.ports.store import Store
from engine.ports.world import Clock
from engine.services.accounts import Session, actor_of
from engine.services.committing import Committing

PAGE = 20


class NoticePage(msgspec.Struct, frozen=True):
    """A page of the list, and the cursor of the next one ("" when it is the last)."""

    lines: tuple[Notice, ...]
    next: str


class ResultPage(msgspec.Struct, frozen=True):
    """A page of results, and the cursor of the next one."""

    lines: tuple[Result, ...]
    next: str


class Publicity:
    """The pages for everybody."""

    def __init__(self, *, store: Store, clock: Clock, committing: Committing) -> None:
        self._store, self._clock, self._committing = store, clock, committing

    def notices(self, text: str = "", state: str = "open", after: str = "") -> NoticePage:
        """What is under 公示 (or was, with `state` closed), newest first."""
        wanted = state if state in ("open", "closed") else "open"
        with self._store.read() as tx:
            found = tx.publicity.notices(text.strip(), wanted, after, PAGE + 1)
        last = found[PAGE - 1] if len(found) > PAGE else None
        return NoticePage(found[:PAGE], f"{last.since}|{last.id}" if last else "")

    def notice(self, id: str) -> Notice:
        """One page; A003 when there is none."""
        with self._store.read() as tx:
            found = tx.publicity.notice(id)
        if found is None:
            raise ZhunyuError("A003", "没有这一公示。", "请从公示列表重新进入。", status=404)
        return found

    def running(self, notice: Notice) -> bool:
        """Whether objections are taken today."""
        return notice.state == "open" and self._clock.now().date().isoformat() <= notice.until

    def object_to(self, session: Session, id: str, words: str) -> None:
        """File an objection; A003, C001 when the period is over, C004 without words or a second time."""
        notice = self.notice(id)
        self._committing.report(notice.case, Object(notice.task, words), actor_of(session))

    def results(self, text: str = "", after: str = "") -> ResultPage:
        """Decisions that are shown, newest first."""
        with self._store.read() as tx:
            found = tx.publicity.results(text.strip(), after, PAGE + 1)
        last = found[PAGE - 1] if len(found) > PAGE else None
        return ResultPage(found[:PAGE], f"{last.decided_on}|{last.case}" if last else "")
