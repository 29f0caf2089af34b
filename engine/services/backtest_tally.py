"""The counts of a replay, case by case, so that chunks worked on apart can be put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from engine.model.case import OPEN, Case, Status
from engine.services.backtest_verdict import INSTANT, MANUAL, PENDING, Verdict, causes

_EXAMPLES, _SAMPLES, _OPEN_SHOWN = 3, 400, 20
_CLOSED_BY_STAFF = {"准予": "人工准予", "不予许可": "不予许可", "不予受理": "不予受理"}


class Tally(msgspec.Struct):
    """Counts of one chunk, or of all. Keys join their parts by "|"; `examples` and `open_changed` hold case ids.

    `flips` counts "before|after", `rules` "before|after|rule"; `staff` counts "after|what staff decided";
    `hours` are the office hours some manual cases took; `checked` cases were judged twice, `confirmed` judgements of
    rules by the independent evaluator; `by_row` tells what columns could not compute. Nothing in it names a person.
    """

    judged: int = 0
    unread: dict[str, int] = {}
    undecided: int = 0
    waiting: dict[str, int] = {}
    before: dict[str, int] = {}
    after: dict[str, int] = {}
    flips: dict[str, int] = {}
    rules: dict[str, int] = {}
    examples: dict[str, list[str]] = {}
    staff: dict[str, int] = {}
    open: int = 0
    open_changed: list[str] = []
    open_count: int = 0
    hours: list[float] = []
    checked: int = 0
    confirmed: int = 0
    by_row: dict[str, str] = {}

    def add(self, case: Case, before: Verdict, after: Verdict, hours: float | None) -> None:
        """Count a case that was judged under both versions."""
        self.judged += 1
        _count(self.before, before.outcome)
        _count(self.after, after.outcome)
        if hours is not None and len(self.hours) < _SAMPLES:
            self.hours.append(round(hours, 2))
        if PENDING in (before.outcome, after.outcome):
            self.undecided += 1
            for path in after.waiting or before.waiting:
                _count(self.waiting, path)
            return
        said = staff_word(case)
        _count(self.staff, f"{after.outcome}|{said}")
        if after.outcome == INSTANT and said in ("不予许可", "不予受理"):
            self._keep("risky", case.id)
        if case.status in OPEN:
            self.open += 1
        if before.outcome != after.outcome:
            self._flip(case, before, after)

    def skip(self, why: str) -> None:
        """Count a case that could not be read."""
        _count(self.unread, why)

    def _flip(self, case: Case, before: Verdict, after: Verdict) -> None:
        pair = f"{before.outcome}|{after.outcome}"
        _count(self.flips, pair)
        for rule in causes(before, after):
            _count(self.rules, f"{pair}|{rule}")
            self._keep(f"{pair}|{rule}", case.id)
        if case.status in OPEN:
            self.open_count += 1
            if len(self.open_changed) < _OPEN_SHOWN:
                self.open_changed.append(case.id)

    def _keep(self, key: str, id: str) -> None:
        kept = self.examples.setdefault(key, [])
        if len(kept) < _EXAMPLES:
            kept.append(id)


def staff_word(case: Case) -> str:
    """What became of a case: what a person decided, 自动准予, how it ended without, or 在办."""
    if case.decision is not None:
        return "自动准予" if case.decision.automatic else _CLOSED_BY_STAFF.get(case.decision.outcome, "人工准予")
    return case.status.value if case.status in (Status.WITHDRAWN, Status.TERMINATED) else "在办"


def together(tallies: Iterable[Tally]) -> Tally:
    """The sum of tallies."""
    whole = Tally()
    for one in tallies:
        for name in ("judged", "undecided", "open", "open_count", "checked", "confirmed"):
            setattr(whole, name, getattr(whole, name) + getattr(one, name))
        for name in ("unread", "waiting", "before", "after", "flips", "rules", "staff"):
            setattr(whole, name, dict(Counter(getattr(whole, name)) + Counter(getattr(one, name))))
        for key, ids in one.examples.items():
            whole.examples[key] = [*whole.examples.get(key, ()), *ids][:_EXAMPLES]
        whole.by_row |= one.by_row
        whole.open_changed = [*whole.open_changed, *one.open_changed][:_OPEN_SHOWN]
        whole.hours = [*whole.hours, *one.hours][:_SAMPLES]
    return whole


def manual(counts: dict[str, int]) -> int:
    """How many of the outcomes are work of a person."""
    return sum(count for outcome, count in counts.items() if outcome in MANUAL)


def _count(counts: dict[str, int], key: str) -> None:
    counts[key] = counts.get(key, 0) + 1
