"""Gathering facts: resolve what each source is asked, ask side by side under one deadline, keep what was said."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

import msgspec

from engine.matters.reference import Source
from engine.model.certificate import Certificate
from engine.model.facts import Fact
from engine.model.matter import FactNeed, Matter
from engine.model.people import Subject
from engine.model.values import Answers, Json
from engine.ports.facts import CachedAnswer
from engine.ports.store import Store, Transaction
from engine.ports.world import Answer, Clock, FactSource
from engine.services.answer_check import checked
from engine.services.fact_questions import Application, Arguments, Consents, conditions, heads, questions
from engine.services.own_sources import OWN_SOURCES, Asking
from engine.services.shelf import Shelf
from engine.trust.canonical import canonical
from engine.trust.sm3 import sm3_hex

DEADLINE = 5.0  # seconds for all sources of one application together
UNTIMELY = "来源未在时限内答复"
_HOLD_OFF = 10  # seconds during which a source that failed is not asked the same again
_THREADS = 8

_Said = tuple[Answer, str]  # the answer and when it was given


class Facts:
    """The gatherer. `sources` answers everything that is not our own."""

    def __init__(self, *, store: Store, clock: Clock, shelf: Shelf, sources: FactSource) -> None:
        self._store, self._clock, self._shelf, self._sources = store, clock, shelf, sources
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    def gather(
        self,
        matter: Matter,
        subject: Subject,
        answers: Answers,
        original: Certificate | None,
        consents: Consents,
        now: datetime,
        *,
        complete: bool = False,
        fresh: bool = False,
        case: str = "",
    ) -> dict[str, Fact]:
        """Every fact the matter needs, by key.

        A fact whose `when` is false is not asked for. A fact whose arguments are not answered yet is pending, or with
        `complete` unavailable. `fresh` asks again what was unavailable a moment ago. `consents` are the keys of facts
        whose 核验 the applicant has consented to for these very arguments, with the ids of the consents where they are
        known. `case` is left out of what our own database answers. Never raises for a source: an outage is an
        unavailable fact.
        """
        application = Application(matter, subject, answers, original, consents, case)
        ends = time.monotonic() + DEADLINE
        found: dict[str, Fact] = {}
        waiting = list(matter.facts)
        keys = {need.key for need in waiting}
        while waiting:
            ready = [need for need in waiting if not (heads(need) & keys) - found.keys()]
            if not ready:
                break
            unasked = conditions(ready, application, found, now, self._shelf.reference_calendar(), complete=complete)
            found |= unasked
            ready = [need for need in ready if need.key not in unasked]
            found |= self._ask_all(ready, application, found, now, ends, complete, fresh)
            waiting = [need for need in waiting if need.key not in found]
        return {need.key: found[need.key] for need in matter.facts if need.key in found}

    def on_consent(self, source: str) -> bool:
        """Whether the source is asked only after a recorded consent."""
        found = self._shelf.sources().get(source)
        return found is not None and found.asks == "核验"

    def titles(self) -> dict[str, str]:
        """The sources' titles by id."""
        return {id: source.title for id, source in self._shelf.sources().items()}

    def stale(self, matter: Matter, facts: Mapping[str, Fact], now: datetime) -> bool:
        """Whether any fact is missing, failed, or older than the matter allows."""
        for need in matter.facts:
            fact = facts.get(need.key)
            if fact is None or fact.state in ("pending", "unavailable"):
                return True
            if not _within(fact.fetched_at, need.max_age, now):
                return True
        return False

    def close(self) -> None:
        """Wait for the questions that are still out; the next one starts afresh."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True)

    def _ask_all(
        self, needs: list[FactNeed], application: Application, known: Mapping[str, Fact], now: datetime,
        ends: float, complete: bool, fresh: bool,
    ) -> dict[str, Fact]:  # fmt: skip
        found: dict[str, Fact] = {}
        open_needs: list[tuple[FactNeed, Source, list[Arguments]]] = []
        for need in needs:
            source = self._shelf.sources().get(need.source)
            asked = questions(need, application, known)
            if source is None:
                found[need.key] = _failed(need, "没有这一来源", now)
            elif settled := _without_asking(need, source, asked, application, now, complete):
                found[need.key] = settled
            else:
                open_needs.append((need, source, [arguments for arguments, _ in asked]))
        if not open_needs:
            return found
        said: dict[str, list[_Said | Future[_Said]]] = {}
        with self._store.read() as tx:  # what is known here needs neither a thread nor a wait
            kept = tx.facts.cached({_place(source, one) for _, source, asked_of in open_needs
                                    if source.via != "own" for one in asked_of})  # fmt: skip
            for need, source, asked_of in open_needs:
                said[need.key] = [self._own(tx, source, one, application, now) if source.via == "own" else
                                  _usable(kept.get(_place(source, one)), need, now, fresh) or
                                  self._threads().submit(self._fetch, source, one) for one in asked_of]  # fmt: skip
        running = [one for answers in said.values() for one in answers if isinstance(one, Future)]
        wait(running, timeout=max(0.0, ends - time.monotonic()))
        late = (Answer(state="unavailable", reason=UNTIMELY), now.isoformat(timespec="seconds"))
        for need, source, _ in open_needs:
            answers = [
                one if not isinstance(one, Future) else one.result() if one.done() else late for one in said[need.key]
            ]
            found[need.key] = _fact(need, source, answers, _consent(need, source, application), now)
        return found

    def _own(
        self, tx: Transaction, source: Source, arguments: Arguments, application: Application, now: datetime
    ) -> _Said:
        """The answer of our own database."""
        lines = {card.id: card.line for card in self._shelf.cards()}
        answer = OWN_SOURCES[source.id](tx, arguments, Asking(now, lines, application.case))
        return checked(answer, source.type), now.isoformat()

    def _fetch(self, source: Source, arguments: Arguments) -> _Said:
        """Ask the source and remember what it said, also when nobody waits for it any more."""
        said = self._sources.ask(source.path, {name: _text(value) for name, value in arguments.items()}, source.timeout)
        answer = checked(said, source.type)
        at = self._clock.now().isoformat()
        with self._store.write() as tx:
            tx.facts.remember(*_place(source, arguments), answer, at)
        return answer, at

    def _threads(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="facts")
            return self._pool


def _fact(need: FactNeed, source: Source, answers: list[_Said], consent: str, now: datetime) -> Fact:
    """The answers to a fact's questions as one fact: a row each where it is asked for each row."""
    failed = next((answer for answer, _ in answers if answer.state == "unavailable"), None)
    if failed is not None:
        return msgspec.structs.replace(_failed(need, failed.reason, now), consent=consent)
    value: Json = answers[0][0].value
    state = answers[0][0].state
    if need.each:
        value, state = [answer.value if answer.state == "value" else {} for answer, _ in answers], "value"
    return Fact(
        key=need.key, source=source.id, state=state, value=value, fetched_at=min(at for _, at in answers),
        digest=sm3_hex(canonical(value)), consent=consent,
    )  # fmt: skip


def _without_asking(
    need: FactNeed, source: Source, asked: list[tuple[Arguments, str]], application: Application, now: datetime,
    complete: bool,
) -> Fact | None:  # fmt: skip
    """The fact when the source must not or cannot be asked."""
    if not asked:
        return Fact(key=need.key, source=source.id, state="empty", fetched_at=now.isoformat())
    missing = next((reason for _, reason in asked if reason), "")
    if missing:
        waiting = Fact(key=need.key, source=source.id, state="pending", reason=missing)
        return _failed(need, missing, now) if complete else waiting
    arguments = [one for one, _ in asked]
    if source.asks == "申请人" and not all(_about(source, one, application.subject) for one in arguments):
        return _failed(need, "只能查询申请人本身", now)
    if source.asks == "核验" and not _consent(need, source, application):
        return Fact(key=need.key, source=source.id, state="pending", reason="需要申请人同意核验")
    return None


def _about(source: Source, arguments: Arguments, subject: Subject) -> bool:
    """Whether every identity the source is asked about is the subject's, and there is one."""
    identities = [arguments[name] for name in source.identities if name in arguments]
    return bool(identities) and all(identity == subject.code for identity in identities)


def _consent(need: FactNeed, source: Source, application: Application) -> str:
    """The id of the consent (its fact's key where the caller named none); "" where none is given or needed."""
    if source.asks != "核验" or need.key not in application.consents:
        return ""
    return application.consents[need.key] if isinstance(application.consents, Mapping) else need.key


def _place(source: Source, arguments: Arguments) -> tuple[str, str]:
    """Where the answer to a question is kept."""
    return source.id, canonical(arguments).decode()


def _usable(kept: CachedAnswer | None, need: FactNeed, now: datetime, fresh: bool) -> _Said | None:
    """An answer given not long ago; None when it is to be asked again."""
    if kept is None:
        return None
    failed = kept.answer.state == "unavailable"
    usable = _within(kept.fetched_at, _HOLD_OFF if failed else need.max_age, now) and not (failed and fresh)
    return (kept.answer, kept.fetched_at) if usable else None


def _within(at: str, seconds: int, now: datetime) -> bool:
    return bool(at) and now - datetime.fromisoformat(at) <= timedelta(seconds=seconds)


def _failed(need: FactNeed, reason: str, now: datetime) -> Fact:
    at = now.isoformat(timespec="seconds")
    return Fact(key=need.key, source=need.source, state="unavailable", reason=reason, fetched_at=at)


def _text(value: Json) -> str:
    if isinstance(value, (list, tuple)):
        return ",".join(str(one) for one in value)
    return str(value)
