"""Claims about the decide table: rows never reached, rows that overlap, what falls through, what must never be."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from engine.model.matter import Row
from engine.model.rule import Rule
from engine.rules.solver.bits import Bit, both, either, opposite
from engine.rules.solver.claims import Bench, Claim, Expect, reads, shared

_GRANTED, _REFERRED = "outcome.instant", "outcome.manual"


def claims(bench: Bench) -> Iterator[Claim]:
    """Everything that is claimed of the table."""
    yield from _reached(bench)
    yield from _overlaps(bench)
    yield from _falls_through(bench)
    yield from _never(bench)


def _reached(bench: Bench) -> Iterator[Claim]:
    outcomes = bench.outcomes
    for place, row in enumerate(bench.model.matter.decide):
        path, holds = ("decide", place, "when"), outcomes.rows[row.id].true
        words = f"裁决 {row.id} 能否成立"
        if row.when.logic is not True and bench.never(path, words, holds):
            yield Claim("P104", "error", path, f"裁决 {row.id} 永远不会成立：{row.when.text}。",
                        "请改正条件，或删去这一条。", reads=row.when.reads, rests=bench.rests(holds))  # fmt: skip
        elif bench.never(path, f"裁决 {row.id} 能否用到", outcomes.chosen[row.id]):
            before = bench.model.matter.decide[:place]
            names = "、".join(one.id for one in before if shared((one.when,), (row.when,)) or row.when.logic is True)
            yield Claim(
                "P105", "error", path, f"裁决 {row.id} 用不到：它成立时，前面的 {names or '各条'} 总已成立或停下。",
                "请调换次序，或把前面的条件收窄。", (holds,), (Expect(row.when), Expect(by=f"≠{row.id}")),
                reads(row.when, *(one.when for one in before)), bench.rests(outcomes.chosen[row.id]),
            )  # fmt: skip


def _overlaps(bench: Bench) -> Iterator[Claim]:
    rows = bench.model.matter.decide
    for (_, first), (other, second) in combinations(enumerate(rows), 2):
        together = bool(first.unique) and first.unique == second.unique
        if not together and (first.outcome == second.outcome or True in (first.when.logic, second.when.logic)):
            continue
        if not shared((first.when,), (second.when,)) and not together:
            continue
        path = ("decide", other, "when")
        held = bench.outcomes.rows
        need = (bench.outcomes.reached[first.id], held[first.id].true, held[second.id].true)
        if not bench.can(path, f"裁决 {first.id} 与 {second.id} 能否同时成立", *need):
            continue
        expects, shown = (Expect(first.when), Expect(second.when)), reads(first.when, second.when)
        if together:
            yield Claim("P107", "error", path, f"裁决表写明唯一，{first.id} 与 {second.id} 却会同时成立，那时转人工。",
                        "请改条件，让它们不重叠。", need, expects, shown)  # fmt: skip
        else:
            yield Claim("P106", "note", path, _overlap_words(first, second), "确属有意的不用改。", need, expects, shown)


def _overlap_words(first: Row, second: Row) -> str:
    return (
        f"裁决 {first.id}（{first.outcome}）与 {second.id}（{second.outcome}）会同时成立，按次序用 {first.id}。"
    )


def _falls_through(bench: Bench) -> Iterator[Claim]:
    """When the table ends at its last row, or stops, although everything is known and no check stands in the way."""
    rows, outcomes = bench.model.matter.decide, bench.outcomes
    if not any(row.outcome == "秒批" for row in rows):
        return
    shown = reads(*(row.when for row in rows))
    checks = (rule for one in bench.model.matter.precheck for rule in (one.when, one.require))
    known = both(*(_answered(bench, path) for path in reads(*(row.when for row in rows), *checks)))
    fine = both(outcomes.filed, opposite(outcomes.barred), known, _authorised(bench))
    last, path = rows[-1], ("decide", len(rows) - 1, "when")
    words = "事实都已查到、核对都通过时，会不会落到兜底"
    if bench.can(path, words, fine, outcomes.chosen[last.id]):
        yield Claim(
            "P108", "note", path, f"事实都已查到、核对都通过，仍会落到 {last.id}。", "请看例子是否应当这样。",
            (fine, outcomes.chosen[last.id]), (Expect(outcome="转人工", by=last.id),), shown,
        )  # fmt: skip
    if bench.can(path, "事实都已查到时，裁决会不会判断不了", fine, outcomes.undecided):
        yield Claim(
            "P109", "note", path, "事实都已查到、核对都通过，裁决表仍会有一条判断不了而转人工。",
            "请看例子里哪个值为空，先写 不为空 且 …。",
            (fine, outcomes.undecided), (Expect(outcome="转人工", by="undecidable"),), shown,
        )  # fmt: skip


def _answered(bench: Bench, path: str) -> Bit:
    """Whether what a path holds was answered: unavailable facts are not, a part left blank in a record is."""
    return opposite(bench.model.names.at(tuple(path.split("."))).state.away)


def _authorised(bench: Bench) -> Bit:
    """Whether the applicant is verified and may act for the subject."""
    level = bench.model.encoder.judgement({">=": [{"var": "applicant.level"}, 2]})
    none = bench.model.encoder.judgement({"==": [{"var": "applicant.authority"}, "无"]})
    return both(level.true, none.false)


def _never(bench: Bench) -> Iterator[Claim]:
    outcomes, matter = bench.outcomes, bench.model.matter
    for place, rule in enumerate(matter.never):
        path, tri = ("never", place), bench.model.tri(rule)
        shown = _shown(bench, rule)
        within = _within(bench, rule)
        if bench.can(path, f"“{rule.text}”会不会发生", within, tri.true):
            yield Claim("P101", "error", path, f"违反 never：会出现 {rule.text}。", "请收紧裁决或预审，或改正这句话。",
                        (within, tri.true), (Expect(rule),), shown)  # fmt: skip
        elif bench.can(path, f"“{rule.text}”会不会无法判断", within, tri.unknown):
            yield Claim("P102", "error", path, f"never 不能证明：{rule.text} 会有判断不了的时候。",
                        "未知不能当作没有发生：请让裁决先确认这个事实。", (within, tri.unknown),
                        (Expect(rule, "unknown"),), shown)  # fmt: skip
        elif bench.rests(within, tri.true):
            yield Claim("P110", "note", path, f"never 在清单行数的范围内得到证明：{rule.text}。", rests=True)
    instant = [place for place, row in enumerate(matter.decide) if row.outcome == "秒批"]
    if instant and bench.never(("decide", instant[0], "when"), "秒批能否发生", outcomes.instant):
        yield Claim("P103", "error", ("decide", instant[0], "when"), "秒批永远不会发生：裁决与预审不能同时满足。",
                    "请看预审之间、预审与裁决之间有没有矛盾。", rests=bench.rests(outcomes.instant))  # fmt: skip


def _within(bench: Bench, rule: Rule) -> Bit:
    """The outcomes a sentence speaks of; one that speaks of none is about everything that is filed."""
    spoken = {_GRANTED: bench.outcomes.instant, _REFERRED: bench.outcomes.manual}
    named = [bit for path, bit in spoken.items() if path in rule.reads]
    return either(*named) if named else either(bench.outcomes.instant, bench.outcomes.manual)


def _shown(bench: Bench, rule: Rule) -> tuple[str, ...]:
    rows = [row.when for row in bench.model.matter.decide if row.outcome == "秒批"]
    return tuple(path for path in reads(rule, *rows) if path not in (_GRANTED, _REFERRED))
