"""A whole matter over many cases at once: findings, materials and decision as the stages give them, in columns.

Everything of `engine.stages.precheck` and `engine.stages.decision` that makes the outcome is here as expressions:
the findings' classes, what stops filing, the table from the top down, what bars 秒批, and the second opinion, which an
automatic approval must have.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from engine.model.matter import Check, Matter, Row
from engine.model.rule import Rule
from engine.rules.columnar import Columnar, pending
from engine.rules.columnar_table import Table, paths_of, table_of
from engine.rules.independent import second_opinion
from engine.services.backtest_verdict import IDENTITY, INSTANT, PENDING, Verdict, rule_key
from engine.stages.decision import STOPPING

RESULTS = ("not_applicable", "passed", "failed", "unknown", "pending")
_NOT_APPLICABLE, _PASSED, _FAILED, _UNKNOWN, _PENDING = range(5)
_NONE, _STOPPED, _WAITING = -1, -2, -3  # no row of the table holds; one is unknown; one waits for an answer
UNVERIFIED = "x:unverified"


class BatchAssessor:
    """Assesses tables of cases of one matter."""

    def __init__(self, matter: Matter) -> None:
        self.matter, self.results = matter, RESULTS
        self.needs = [need for need in matter.materials if need.need != "非必要"]
        self.rules = [rule for check in matter.precheck for rule in (check.when, check.require)]
        self.rules += [row.when for row in matter.decide]
        self.rules += [rule for need in self.needs for rule in (need.when, *(way.when for way in need.waive))]
        read = {path for rule in self.rules for path in (*paths_of(rule.logic), *rule.reads)}
        self.paths = tuple(sorted({*read, *(f"material.{need.id}" for need in self.needs)}))
        self.pairs: list[tuple[str, str]] = []
        self.by_row: dict[str, str] = {}

    def table(self, environments: Sequence[Mapping[str, Any]], unverified: Sequence[bool]) -> Table:
        """Environments as a table; `unverified` says whose identity bars an instant approval."""
        made = table_of(environments, self.paths)
        made.frame = made.frame.with_columns(pl.Series(UNVERIFIED, list(unverified), pl.Boolean()))
        return made

    def assess(self, table: Table) -> pl.DataFrame:
        """One row a case: `verdict` (a place in `pairs`: outcome and by), `c:` the result of each check (a place in
        RESULTS), `m:` whether each material is missing, `r:` the truth of each row, `chosen` the row that holds."""
        columnar = Columnar(Table(table.frame, table.columns))
        made = self._truths(columnar)
        frame = columnar.table.frame.lazy().with_columns(**made).with_columns(
            **self._findings(columnar.table), **self._missing(), chosen=self._chosen(columnar.table)
        )  # fmt: skip
        kept = [pl.col(f"c:{check.id}") for check in self.matter.precheck]
        kept += [pl.col(f"m:{need.id}") for need in self.needs] + [pl.col(f"r:{row.id}") for row in self.matter.decide]
        whole = frame.with_columns(verdict=self._verdict()).collect()
        self._note(columnar)
        return self._confirm(table, whole).select(*kept, "chosen", "verdict", UNVERIFIED)

    def verdicts(self, table: Table) -> list[Verdict]:
        """One verdict a case, as `verdict_of` makes it of an assessment."""
        assessed = self.assess(table)
        keys = [rule_key(self.matter, by) for _, by in self.pairs]
        blocking = self._blocking(assessed)
        waiting = _waiting_columns(self, table, assessed)
        made = []
        for place, verdict in enumerate(assessed["verdict"].to_list()):
            outcome = self.pairs[verdict][0]
            held = () if outcome == INSTANT else tuple(key for key, truths in blocking if truths[place])
            waits = tuple(path for path, truths in waiting if truths[place]) if outcome == PENDING else ()
            made.append(Verdict(outcome, keys[verdict], held, waits))
        return made

    def _truths(self, columnar: Columnar) -> dict[str, pl.Expr]:
        made: dict[str, pl.Expr] = {}
        for check in self.matter.precheck:
            guard = made[f"g:{check.id}"] = columnar.truth(check.when.logic)
            asked = None if check.when.logic is True else guard.ne_missing(False)
            made[f"t:{check.id}"] = columnar.truth(check.require.logic, asked)
        for row in self.matter.decide:
            made[f"r:{row.id}"] = columnar.truth(row.when.logic)
        for need in self.needs:
            made[f"n:{need.id}"] = columnar.truth(need.when.logic)
            for place, way in enumerate(need.waive):
                made[f"w:{need.id}:{place}"] = columnar.truth(way.when.logic)
        return made

    def _findings(self, table: Table) -> dict[str, pl.Expr]:
        return {f"c:{check.id}": _finding(check, table) for check in self.matter.precheck}

    def _missing(self) -> dict[str, pl.Expr]:
        made = {}
        for need in self.needs:
            waived = [pl.col(f"w:{need.id}:{place}").fill_null(False) for place in range(len(need.waive))]
            demanded = pl.col(f"n:{need.id}").fill_null(True)
            handed = pl.col(f"v:material.{need.id}").fill_null(False)
            made[f"m:{need.id}"] = demanded & ~_any(waived) & ~handed
        return made

    def _chosen(self, table: Table) -> pl.Expr:
        chosen: pl.Expr = pl.lit(_NONE, pl.Int16())
        for place, row in reversed(list(enumerate(self.matter.decide))):
            truth, rivals = pl.col(f"r:{row.id}"), self._rivals(row)
            alone = ~_any([~pl.col(f"r:{one.id}").eq_missing(False) for one in rivals])
            waits = [pl.col(f"r:{one.id}").is_null() & pending(table, one.when.reads) for one in (row, *rivals)]
            stopped = pl.when(_any(waits)).then(pl.lit(_WAITING)).otherwise(pl.lit(_STOPPED))
            held = pl.when(truth & alone).then(pl.lit(place))
            chosen = held.when(truth | truth.is_null()).then(stopped).otherwise(chosen)
        return chosen.cast(pl.Int16())

    def _rivals(self, row: Row) -> list[Row]:
        """The rows that may not hold beside this one."""
        return [one for one in self.matter.decide if row.unique and one.unique == row.unique and one.id != row.id]

    def _verdict(self) -> pl.Expr:
        self.pairs = []
        matter, chosen = self.matter, pl.col("chosen")
        cases: list[tuple[pl.Expr, str, str]] = [
            (pl.col(f"c:{check.id}") == _FAILED, action, check.id)
            for action in STOPPING
            for check in matter.precheck
            if check.on_fail == action
        ]
        waits = _any([pl.col(f"c:{check.id}") == _PENDING for check in matter.precheck])
        cases += [(waits | (chosen == _WAITING), PENDING, "pending"), (chosen < 0, "转人工", "undecidable")]
        rows = list(enumerate(matter.decide))
        cases += [(chosen == place, "转人工", row.id) for place, row in rows if row.outcome != INSTANT]
        cases += [(self._barred(), "转人工", "precheck")]
        cases += [(chosen == place, INSTANT, row.id) for place, row in rows if row.outcome == INSTANT]
        verdict: pl.Expr = pl.lit(len(cases), pl.UInt16())
        for place, (condition, outcome, by) in reversed(list(enumerate(cases))):
            verdict = pl.when(condition).then(pl.lit(place, pl.UInt16())).otherwise(verdict)
            self.pairs.append((outcome, by))
        self.pairs.reverse()
        self.pairs.append(("转人工", "disagreement"))
        return verdict

    def _barred(self) -> pl.Expr:
        barring = [
            pl.col(f"c:{one.id}").is_in([_FAILED, _UNKNOWN]) for one in self.matter.precheck if one.on_fail != "提示"
        ]
        return _any([*barring, pl.col(UNVERIFIED), *(pl.col(f"m:{need.id}") for need in self.needs)])

    def _confirm(self, table: Table, whole: pl.DataFrame) -> pl.DataFrame:
        """Automatic approvals that the independent evaluator would not confirm go to a person."""
        instant = [place for place, (outcome, _) in enumerate(self.pairs) if outcome == INSTANT]
        chosen = whole["verdict"].is_in(instant)
        if not chosen.any():
            return whole
        candidates = Table(whole.filter(chosen), table.columns)
        strict = Columnar(candidates, strict=True, make=_second)
        held = pl.lit(True)
        for check in self.matter.precheck:
            if check.on_fail != "提示":
                guard = self._opinion(strict, check.when, f"g:{check.id}")
                held &= guard.eq_missing(False) | self._opinion(strict, check.require, f"t:{check.id}").eq_missing(True)
        for place, row in enumerate(self.matter.decide):
            if row.outcome == INSTANT:
                agreed = self._opinion(strict, row.when, f"r:{row.id}").eq_missing(True)
                beside = [one for one in self._rivals(row) if one not in self.matter.decide[:place]]
                for one in (*self.matter.decide[:place], *beside):
                    agreed &= self._opinion(strict, one.when, f"r:{one.id}").eq_missing(False)
                held &= (pl.col("chosen") != place) | agreed
        confirmed = strict.table.frame.select(held.alias("held"))["held"]
        if len(confirmed) == 1 and len(candidates.frame) != 1:
            confirmed = confirmed.new_from_index(0, len(candidates.frame))
        if confirmed.all():
            return whole
        places = chosen.arg_true().filter(~confirmed)
        return whole.with_columns(verdict=whole["verdict"].scatter(places, len(self.pairs) - 1))

    def _opinion(self, strict: Columnar, rule: Rule, known: str) -> pl.Expr:
        """The independent evaluator's opinion: for one condition the truth already known, for several anew."""
        compound = isinstance(rule.logic, dict) and next(iter(rule.logic)) in ("and", "or", "!", "all", "some")
        return strict.truth(rule.logic) if compound else pl.col(known)

    def _blocking(self, assessed: pl.DataFrame) -> list[tuple[str, list[bool]]]:
        matter, made = self.matter, []
        for check in matter.precheck:
            if check.on_fail != "提示":
                made.append((f"check:{check.id}", assessed[f"c:{check.id}"].is_in([_FAILED, _UNKNOWN]).to_list()))
        made += [(f"material:{need.id}", assessed[f"m:{need.id}"].to_list()) for need in self.needs]
        instant = [(place, row) for place, row in enumerate(matter.decide) if row.outcome == INSTANT]
        if not instant:
            return made
        made.append((IDENTITY, assessed[UNVERIFIED].to_list()))
        reached = self.reached(assessed)
        held = [reached[row.id] & assessed[f"r:{row.id}"].fill_null(False) for _, row in instant]
        none = ~functools.reduce(operator.or_, held)
        return [*made, *((f"row:{row.id}", (reached[row.id] & none).to_list()) for _, row in instant)]

    def reached(self, assessed: pl.DataFrame) -> dict[str, pl.Series]:
        """Which rows of the table were judged: all above are false, but for those of which only one may hold."""
        made: dict[str, pl.Series] = {}
        above = assessed["verdict"] == assessed["verdict"]
        for row in self.matter.decide:
            own = {one.id for one in self._rivals(row)}
            first = next((made[id] for id in made if id in own), None)
            made[row.id] = above if first is None else first
            above = above & ~assessed[f"r:{row.id}"].fill_null(True)
        return made

    def _note(self, columnar: Columnar) -> None:
        for logic, why, count in columnar.by_row:
            owner = next((key for key, rule in self.named() if _holds(rule.logic, logic)), "rule")
            self.by_row[owner] = f"{why}（{count:,} 种取值逐一判断）"

    def named(self) -> Iterable[tuple[str, Rule]]:
        """Every rule with the key of what it belongs to."""
        for check in self.matter.precheck:
            yield from ((f"check:{check.id}", rule) for rule in (check.when, check.require))
        yield from ((f"row:{row.id}", row.when) for row in self.matter.decide)
        for need in self.needs:
            yield from ((f"material:{need.id}", rule) for rule in (need.when, *(way.when for way in need.waive)))


def _finding(check: Check, table: Table) -> pl.Expr:
    guard, truth = pl.col(f"g:{check.id}"), pl.col(f"t:{check.id}")

    def unknown(reads: tuple[str, ...]) -> pl.Expr:
        return pl.when(pending(table, reads)).then(_code(_PENDING)).otherwise(_code(_UNKNOWN))

    if check.when.logic is True:
        plain = pl.when(truth).then(_code(_PASSED)).when(truth.is_null()).then(unknown(check.require.reads))
        return plain.otherwise(_code(_FAILED))
    judged = pl.when(truth).then(_code(_PASSED)).when(truth.is_null()).then(unknown(check.require.reads))
    asked = pl.when(guard).then(judged.otherwise(_code(_FAILED)))
    return asked.when(guard.is_null()).then(unknown(check.when.reads)).otherwise(_code(_NOT_APPLICABLE))


def _code(value: int) -> pl.Expr:
    return pl.lit(value, pl.UInt8())


def _any(parts: Sequence[pl.Expr]) -> pl.Expr:
    return functools.reduce(operator.or_, parts) if parts else pl.lit(False)


def _second(logic: Any) -> Callable[[Mapping[str, Any]], bool | None]:
    rule = Rule("", logic)
    return lambda env: second_opinion(rule, env)


def _holds(whole: Any, part: Any) -> bool:
    if whole is part:
        return True
    if isinstance(whole, dict):
        return _holds(next(iter(whole.values())), part)
    return isinstance(whole, (list, tuple)) and any(_holds(one, part) for one in whole)


def _waiting_columns(assessor: BatchAssessor, table: Table, assessed: pl.DataFrame) -> list[tuple[str, list[bool]]]:
    """For each path: the cases in which a check or row that waits for an answer reads it, and it has none."""
    matter, held = assessor.matter, dict[str, pl.Series]()
    reads = [
        ((*check.when.reads, *check.require.reads), assessed[f"c:{check.id}"] == _PENDING) for check in matter.precheck
    ]
    stopped, reached = assessed["chosen"] == _WAITING, assessor.reached(assessed)
    reads += [(row.when.reads, stopped & reached[row.id] & assessed[f"r:{row.id}"].is_null()) for row in matter.decide]
    for paths, waits in reads:
        if waits.any():
            for path in paths:
                if path in table.columns:
                    missing = table.frame.select(pending(table, (path,)).alias("p"))["p"]
                    held[path] = held.get(path, missing & waits) | (missing & waits)
    return [(path, truths.to_list()) for path, truths in sorted(held.items()) if truths.any()]
