"""What a draft would change, as a report: built from a tally, shown on the terminal, as a page and as JSON."""

from __future__ import annotations

import statistics
from collections.abc import Callable

import msgspec

from engine.model.matter import Matter
from engine.services.backtest_past import Span
from engine.services.backtest_tally import Tally, manual
from engine.services.backtest_verdict import title_of

ASSUMED_HOURS = 0.5  # office hours a manual case takes where the history does not tell
_ENOUGH = 5


class Example(msgspec.Struct, frozen=True):
    """A case that flips: its number, what became of it, and the rule in words for it (sensitive values protected)."""

    number: str
    received: str
    became: str
    before: str
    after: str
    words: tuple[str, ...] = ()


class RuleShare(msgspec.Struct, frozen=True):
    """A rule that causes a flip. `key` is `check:`, `row:` or `material:` and the id, `identity`, or `by:` and why."""

    key: str
    title: str
    count: int
    examples: tuple[Example, ...] = ()


class Flip(msgspec.Struct, frozen=True):
    """Cases that go from one outcome to another; a case may stand under several rules."""

    before: str
    after: str
    count: int
    rules: tuple[RuleShare, ...]


class Agreement(msgspec.Struct, frozen=True):
    """What the draft suggests against what became of the case: `table` maps outcome → became → count.

    `risky` are cases that the draft would grant at once and staff refused.
    """

    table: dict[str, dict[str, int]]
    risky: int = 0
    risky_examples: tuple[Example, ...] = ()


class Work(msgspec.Struct, frozen=True):
    """Work of people before and after. `hours_each` is office hours a manual case, waiting included where `measured`
    from so many cases; otherwise the stated assumption."""

    manual_before: int
    manual_after: int
    hours_each: float
    measured: int

    @property
    def hours_more(self) -> float:
        """Office hours the draft adds (negative: saves) on the cases replayed."""
        return (self.manual_after - self.manual_before) * self.hours_each


class Impact(msgspec.Struct, frozen=True):
    """The replay of past cases under two versions of a matter.

    `judged` cases were judged under both; `unread` maps why a case could not be read to how many; `undecided` could
    not be judged because answers or facts that a version newly asks are not there: `waiting` names them with counts.
    `before` and `after` count outcomes. `open_cases` are on their way, `open_changed` of them would come out
    otherwise, `open_numbers` some of them. `checked` cases were judged rule by rule with the trace too, and `confirmed`
    of their rules by json-logic-qubit; `by_row` names what could not be computed in columns, with why.
    """

    matter: str
    title: str
    old_hash: str
    new_hash: str
    span: Span
    judged: int
    unread: dict[str, int]
    undecided: int
    waiting: dict[str, int]
    before: dict[str, int]
    after: dict[str, int]
    flips: tuple[Flip, ...]
    staff: Agreement
    work: Work
    open_cases: int
    open_changed: int
    open_numbers: tuple[str, ...]
    checked: int
    confirmed: int
    law_day: str = ""
    by_row: dict[str, str] = {}

    @property
    def flipped(self) -> int:
        """How many cases come out otherwise."""
        return sum(flip.count for flip in self.flips)


Explain = Callable[[str, str], Example | None]


def impact_of(
    old: Matter, new: Matter, tally: Tally, span: Span, explain: Explain, numbers: tuple[str, ...], hours: float | None,
    law_day: str,
) -> Impact:  # fmt: skip
    """The report of a whole tally. `explain(case id, rule key)` gives an example; `numbers` are of open cases."""
    titles = {path: title for one in (old, new) for path, title in one.titles.items()}
    return Impact(
        matter=new.id, title=new.title, old_hash=old.hash, new_hash=new.hash, span=span, judged=tally.judged,
        unread=tally.unread, undecided=tally.undecided,
        waiting={titles.get(path, path): count for path, count in tally.waiting.items()},
        before=_sorted(tally.before), after=_sorted(tally.after), flips=_flips(old, new, tally, explain),
        staff=_agreement(tally, explain), work=_work(tally, hours), open_cases=tally.open,
        open_changed=tally.open_count, open_numbers=numbers, checked=tally.checked, confirmed=tally.confirmed,
        law_day=law_day, by_row={_title(old, new, key): why for key, why in tally.by_row.items()},
    )  # fmt: skip


def _flips(old: Matter, new: Matter, tally: Tally, explain: Explain) -> tuple[Flip, ...]:
    made = []
    for pair, count in _sorted(tally.flips).items():
        before, after = pair.split("|")
        shares = {key.removeprefix(pair + "|"): n for key, n in tally.rules.items() if key.startswith(pair + "|")}
        rules = tuple(
            RuleShare(key, _title(old, new, key), n, _examples(tally, f"{pair}|{key}", key, explain))
            for key, n in _sorted(shares).items()
        )
        made.append(Flip(before, after, count, rules))
    return tuple(made)


def _title(old: Matter, new: Matter, key: str) -> str:
    found = title_of(new, key)
    return found if found != key else title_of(old, key)


def _examples(tally: Tally, place: str, key: str, explain: Explain) -> tuple[Example, ...]:
    found = (explain(id, key) for id in tally.examples.get(place, ()))
    return tuple(one for one in found if one is not None)


def _agreement(tally: Tally, explain: Explain) -> Agreement:
    table: dict[str, dict[str, int]] = {}
    for key, count in tally.staff.items():
        suggested, became = key.split("|")
        table.setdefault(suggested, {})[became] = count
    risky = sum(count for became, count in table.get("秒批", {}).items() if became in ("不予许可", "不予受理"))
    return Agreement(table, risky, _examples(tally, "risky", "", explain))


def _work(tally: Tally, hours: float | None) -> Work:
    measured = len(tally.hours) if hours is None and len(tally.hours) >= _ENOUGH else 0
    each = hours if hours is not None else statistics.median(tally.hours) if measured else ASSUMED_HOURS
    return Work(manual(tally.before), manual(tally.after), round(each, 2), measured)


def _sorted(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
