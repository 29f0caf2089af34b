"""Replay on history: past cases judged again under a draft, and what would come out otherwise.

Facts and answers are those stored with the case; nothing is asked again and nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Assessment
from engine.model.matter import Matter
from engine.pipeline.assess import judge
from engine.ports.cases import CaseQuery
from engine.ports.store import Store
from engine.rules.words import explain
from engine.services.backtest_chunk import Task, judge_chunk
from engine.services.backtest_impact import Example, Impact, impact_of
from engine.services.backtest_past import Past, Span, case_ids, names_under, read_past
from engine.services.backtest_tally import Tally, staff_word, together
from engine.services.shelf import Shelf

CHUNK, LARGE_CHUNK = 500, 5000  # small enough for a worker's turn; large enough for columns
_PAGE = 500
CHECKED = 2000  # cases of a run that are judged rule by rule as well
Progress = Callable[[int, int], None]
Worked = Callable[[Task, Iterator[tuple[str, ...]]], Iterator[Tally]]


class Backtesting:
    """Judges stored cases again under two versions of their matter."""

    def __init__(self, *, store: Store, shelf: Shelf) -> None:
        self._store, self._shelf = store, shelf

    def impact(self, matter_old: Matter, matter_new: Matter, last: int = 200) -> Impact:
        """What the new version would change for the last so many cases and all that are on their way."""
        return self.run(matter_old, matter_new, Span(limit=last), and_open=True)

    def run(
        self,
        old: Matter,
        new: Matter,
        span: Span,
        *,
        and_open: bool = False,
        law_day: str = "",
        hours: float | None = None,
        seed: int = 0,
        progress: Progress = lambda done, of: None,
        work: Worked | None = None,
    ) -> Impact:
        """Replay a span. `and_open` adds every open case outside it; `law_day` (ISO) takes parameters of that day
        instead of the day a case was received; `hours` is the work of a manual case; `seed` draws the cases that are
        checked; `work` judges chunks of case ids elsewhere. ZhunyuError A003 when there is no case, S020 when two
        evaluators come to different things."""
        ids = self.ids(old.id, span, and_open=and_open)
        if not ids:
            raise ZhunyuError(
                "A003", f"{_words(span)}没有“{old.title}”的办件可以推演。", "请放宽日期，或先有办件。", status=404
            )
        task = Task(old, new, law_day, min(1.0, CHECKED / len(ids)), seed)
        size = CHUNK if work is not None or task.share == 1 else LARGE_CHUNK
        tallies, done = [], 0
        progress(0, len(ids))
        for tally in (work or self._here)(task, _chunks(ids, size)):
            tallies.append(tally)
            done += tally.judged + sum(tally.unread.values())
            progress(done, len(ids))
        whole = together(tallies)
        numbers = tuple(number for id in whole.open_changed if (number := self._number(id)))
        return impact_of(old, new, whole, span, _Explainer(self, task), numbers, hours, law_day)

    def ids(self, matter: str, span: Span, *, and_open: bool = False) -> tuple[str, ...]:
        """The ids of the cases of a span, newest first; open ones outside it follow."""
        with self._store.read() as tx:
            found = dict.fromkeys(case_ids(tx, matter, span))
            for status in ("已收件", "待补正", "已受理") if and_open else ():
                after = ""
                while lines := tx.cases.lines(CaseQuery(matter=matter, status=status, after=after, limit=_PAGE)):
                    found.update(dict.fromkeys(line.id for line in lines))
                    after = f"{lines[-1].received_at}|{lines[-1].id}"
        return tuple(found)

    def chunk(self, task: Task, ids: Sequence[str]) -> Tally:
        """The tally of some cases."""
        return judge_chunk(task, self._read(ids), self._shelf.reference_calendar())

    def example(self, task: Task, id: str, rule: str) -> Example | None:
        """A case in words: what the rule says of it, sensitive values protected."""
        past = next(self._read((id,)))
        if isinstance(past, str):
            return None
        words: tuple[str, ...] = ()
        outcomes: list[str] = []
        for matter in (task.old, task.new):
            application, names = names_under(matter, past, self._shelf.reference_calendar(), task.day)
            day = task.day or date.fromisoformat(past.case.received_at[:10])
            made = judge(matter, application, past.case.initiator, names, day)
            outcomes.append(made.outcome)
            words = _said(made, rule) or words
        before, after = outcomes
        return Example(past.case.number, past.case.received_at[:10], staff_word(past.case), before, after, words[:5])

    def _here(self, task: Task, chunks: Iterable[tuple[str, ...]]) -> Iterator[Tally]:
        for ids in chunks:
            yield self.chunk(task, ids)

    def _read(self, ids: Iterable[str]) -> Iterator[Past | str]:
        with self._store.read() as tx:
            for id in ids:
                yield read_past(tx, self._shelf, id)

    def _number(self, id: str) -> str:
        with self._store.read() as tx:
            line = tx.cases.line(id)
        return line.number if line is not None else ""


class _Explainer(msgspec.Struct, frozen=True):
    """Examples of a finished replay."""

    service: Backtesting
    task: Task

    def __call__(self, id: str, rule: str) -> Example | None:
        return self.service.example(self.task, id, rule)


def _said(made: Assessment, rule: str) -> tuple[str, ...]:
    """Why the rule did not hold, in sentences; nothing where it did."""
    kind, _, id = rule.partition(":")
    traces = [one.trace for one in made.findings if kind == "check" and one.check == id and one.result != "passed"]
    traces += [one.trace for one in made.rows if kind == "row" and one.row == id and one.result != "matched"]
    return tuple(words for trace in traces if trace is not None for words in explain(trace))


def _chunks(ids: Iterable[str], size: int) -> Iterator[tuple[str, ...]]:
    rest = iter(ids)
    while chunk := tuple(islice(rest, size)):
        yield chunk


def _words(span: Span) -> str:
    if span.since and span.until:
        return f"{span.since} 至 {span.until} "
    return f"{span.since} 起" if span.since else f"{span.until} 以前" if span.until else ""
