"""A case as it stood at an earlier version: what the officer saw then, and how it differs from now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Assessment, Case, Decision
from engine.model.events import TaskClosed, TaskOpened
from engine.model.explanation import STAFF, Explanation
from engine.model.matter import Matter
from engine.pipeline.past import fold
from engine.ports.cases import RecordedEvent
from engine.ports.store import Store
from engine.services.accounts import Session
from engine.services.desk_views import DeskMaterial, FactLine, facts_of, materials_of, words
from engine.services.explaining import Explaining
from engine.services.shelf import Shelf
from engine.services.tracing_back import TracingBack

_FIELDS = {
    "status": "状态", "accepted_at": "受理时间", "due_legal": "法定期限", "due_promised": "承诺期限",
    "closed_at": "办结时间", "close_reason": "办结原因", "summary": "摘要", "deemed_at": "期限届满",
}  # fmt: skip


class Difference(msgspec.Struct, frozen=True):
    """One thing that is different now."""

    title: str
    then: str
    now: str


class PastView(msgspec.Struct, frozen=True):
    """A case at a version. `case` is None where that version was not kept or cannot be opened: `reason` says why.
    `tasks` are (title, role, due) of those open then."""

    version: int
    at: str
    who: str
    now: Case
    matter: Matter
    case: Case | None = None
    reason: str = ""
    explanation: Explanation | None = None
    materials: tuple[DeskMaterial, ...] = ()
    facts: tuple[FactLine, ...] = ()
    tasks: tuple[tuple[str, str, str], ...] = ()
    differences: tuple[Difference, ...] = ()


class PastCases:
    """Folds a case to one of its versions."""

    def __init__(self, *, store: Store, shelf: Shelf, explaining: Explaining, tracing: TracingBack) -> None:
        self._store, self._shelf, self._explaining, self._tracing = store, shelf, explaining, tracing

    def at(self, session: Session, case_id: str, version: int) -> PastView:
        """The case at a version; A003 when it never had it."""
        now = self._tracing.case(session, case_id)
        matter = self._shelf.version(now.matter_hash)
        with self._store.read() as tx:
            events = tx.cases.events(case_id)
            changes = tx.past.changes(case_id, version)
            original = tx.certificates.load(now.acts_on) if now.acts_on else None
        last = next((one for one in reversed(events) if one.version == version), None)
        if not 1 <= version <= now.version or last is None:
            raise ZhunyuError("A003", f"本办件没有第 {version} 版。", "请从追溯页面选择。", status=404)
        broken = next((one.reason for one in changes if one.change is None), "")
        kept = [one.change for one in changes if one.change is not None]
        then = fold(kept) if not broken and changes and changes[-1].version == version else None
        if then is None:
            reason = broken or "这一版早于本系统开始留存办件各版内容，只有事件可查。"
            return PastView(version, last.at, last.actor.name, now, matter, reason=reason)
        return PastView(
            version, last.at, last.actor.name, now, matter, then,
            explanation=self._explaining.of_case(then, matter, original, STAFF), materials=materials_of(matter, then),
            facts=facts_of(matter, then), tasks=tuple(_tasks(events, version)),
            differences=tuple(_differences(matter, then, now)),
        )  # fmt: skip

    def version_at(self, session: Session, case_id: str, instant: str) -> int:
        """The version a case had at an instant (ISO, "2026-11-25T10:00"); A003 when there was no case yet."""
        self._tracing.case(session, case_id)
        with self._store.read() as tx:
            events = tx.cases.events(case_id, personal=False)
        until = instant + ":59" if len(instant) == 16 else instant
        versions = [one.version for one in events if one.at[:19] <= until[:19]]
        if not versions:
            raise ZhunyuError("A003", "那时还没有这一办件。", "请选择收件以后的时间。", status=404)
        return max(versions)


def _tasks(events: tuple[RecordedEvent, ...], version: int) -> Iterator[tuple[str, str, str]]:
    open_then: dict[str, TaskOpened] = {}
    for one in events:
        if one.version > version:
            break
        if isinstance(one.event, TaskOpened):
            open_then[one.event.task] = one.event
        elif isinstance(one.event, TaskClosed):
            open_then.pop(one.event.task, None)
    yield from ((task.title, task.role, task.due) for task in open_then.values())


def _differences(matter: Matter, then: Case, now: Case) -> Iterator[Difference]:
    for name, title in _FIELDS.items():
        was, present = _text(getattr(then, name)), _text(getattr(now, name))
        if was != present:
            yield Difference(title, _day(was), _day(present))
    titles = {field.id: field.title for field in matter.fields()}
    for id in dict.fromkeys((*titles, *then.answers, *now.answers)):
        if then.answers.get(id) != now.answers.get(id):
            texts = _text(then.answers.get(id)), _text(now.answers.get(id))
            yield Difference(f"填报：{titles.get(id, id)}", *texts)
    yield from _uploads(matter, then, now)
    for case_step in now.steps:
        before = next(
            (one for one in then.steps if (one.step, one.round) == (case_step.step, case_step.round)), None
        )
        was = "未开始" if before is None else (before.result or ("已完成" if before.finished_at else "办理中"))
        present = case_step.result or ("已完成" if case_step.finished_at else "办理中")
        if was != present:
            yield Difference(f"环节：{case_step.title}", was, present)
    for title, was, present in (
        ("决定", _outcome(then.decision), _outcome(now.decision)),
        ("预审结论", _outcome(then.assessment), _outcome(now.assessment)),
    ):
        if was != present:
            yield Difference(title, was, present)


def _outcome(judged: Decision | Assessment | None) -> str:
    return judged.outcome if judged is not None else "无"


def _uploads(matter: Matter, then: Case, now: Case) -> Iterator[Difference]:
    titles = {need.id: need.title for need in matter.materials}
    for id in dict.fromkeys((*then.uploads, *now.uploads)):
        was, present = ("、".join(one.name for one in case.uploads.get(id, ())) for case in (then, now))
        if was != present:
            yield Difference(f"材料：{titles.get(id, id)}", was or "无", present or "无")


def _day(text: str) -> str:
    """An instant to the minute; any other text as it is."""
    return text[:16].replace("T", " ") if text[10:11] == "T" and text[4:5] == "-" else text


def _text(value: object) -> str:
    value = getattr(value, "value", value)
    if isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
        return "；".join(words(one) for one in value)
    return words(value) or "无"
