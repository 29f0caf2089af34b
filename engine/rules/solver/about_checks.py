"""Claims about the pre-check, the conditions of the form and the comparisons with numbers and dates."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations
from typing import Any

from engine.model.matter import Check
from engine.model.rule import Rule
from engine.rules import inventory
from engine.rules.inventory import Entry, Path
from engine.rules.printer import by_titles
from engine.rules.solver.bits import both, either, opposite
from engine.rules.solver.claims import Bench, Claim, Expect, Severity, atoms, reads, shared
from engine.rules.solver.symbols import Scalar

_HINT = "提示"
_ORDER = (">", ">=", "<", "<=")
_SEEN = (inventory.FIELD, inventory.GROUP)


def claims(bench: Bench) -> Iterator[Claim]:
    """Everything that is claimed of checks, conditions and thresholds."""
    yield from _single(bench)
    yield from _pairs(bench)
    yield from _conditions(bench)
    yield from _thresholds(bench)


def _place(bench: Bench, check: Check) -> Path:
    return ("precheck", bench.model.matter.precheck.index(check), "require")


def _single(bench: Bench) -> Iterator[Claim]:
    outcomes = bench.outcomes
    for check in bench.model.matter.precheck:
        path, applies = _place(bench, check), outcomes.guards[check.id].true
        if not bench.can(path, f"核对 {check.id} 用不用得到", applies):
            continue  # told with its condition
        passed, failed = outcomes.passed(check), outcomes.failed(check)
        shown = reads(check.when, check.require)
        if bench.never(path, f"核对 {check.id} 能否通过", passed):
            yield Claim(
                "P112", "error", path, f"核对 {check.id} 永远通不过：{check.require.text}。", "请改正条件。",
                (applies,), (Expect(check.when), Expect(check.require, "not true")), shown, bench.rests(passed),
            )  # fmt: skip
        elif bench.never(path, f"核对 {check.id} 会不会不通过", failed):
            open_ = bench.can(path, f"核对 {check.id} 会不会判断不了", outcomes.unknown(check))
            doubt = "只会在取不到事实时未能核实" if open_ else "没有用处"
            yield Claim("P111", "warning", path, f"核对 {check.id} 永远不会不通过，{doubt}。", "请改正条件，或删去。",
                        reads=shown, rests=bench.rests(failed))  # fmt: skip


def _pairs(bench: Bench) -> Iterator[Claim]:
    outcomes = bench.outcomes
    barring = [check for check in bench.model.matter.precheck if check.on_fail != _HINT]
    near = [pair for pair in combinations(barring, 2) if shared(*((one.when, one.require) for one in pair))]
    for one, other in near:
        path, clear = _place(bench, other), (outcomes.clear(one), outcomes.clear(other))
        question = f"核对 {one.id} 与 {other.id} 能否都通过"
        alone = all(bench.can(path, question, bit) for bit in clear)
        if alone and bench.never(path, question, *clear):
            yield Claim(
                "P113", "error", path, f"核对 {one.id} 与 {other.id} 互相矛盾，不能都通过，什么都批不了。",
                "请改正其中一条。", (clear[0],), (Expect(one.require, "not false"), Expect(other.require, "not true")),
                reads(one.require, other.require), bench.rests(*clear),
            )  # fmt: skip
    told: set[frozenset[str]] = set()
    for one, other in ((a, b) for pair in near for a, b in permutations(pair)):
        if frozenset({one.id, other.id}) in told:
            continue
        path = _place(bench, other)
        beyond = (opposite(outcomes.clear(other)), outcomes.clear(one))
        question = f"核对 {other.id} 是否已由 {one.id} 包含"
        if bench.can(path, question, outcomes.failed(other)) and bench.never(path, question, *beyond):
            told.add(frozenset({one.id, other.id}))
            same = one.on_fail == other.on_fail
            yield Claim(
                "P114", "warning" if same else "note", path,
                f"核对 {other.id} 多余：它不通过时，{one.id} 也一定不通过。",
                "请删去，或改正条件。" if same else f"两者的处理不同（{one.on_fail}、{other.on_fail}），请看是否有意。",
                (outcomes.failed(other),), (Expect(other.require, "false"), Expect(one.require, "not true")),
                reads(one.require, other.require), bench.rests(*beyond),
            )  # fmt: skip


def _conditions(bench: Bench) -> Iterator[Claim]:
    for entry in inventory.entries(bench.model.matter):
        if entry.kind in (inventory.ROW, inventory.CHECK):
            continue
        tri, words = bench.model.tri(entry.rule), f"{entry.kind}“{entry.title}”"
        wanted = tri.true if entry.kind == inventory.WAIVER else opposite(tri.false)
        if bench.never(entry.path, f"{words}的条件能否成立", wanted):
            yield Claim("P121", "error", entry.path, f"{words}的条件永远不成立：{entry.rule.text}。",
                        _advice(entry), reads=entry.rule.reads, rests=bench.rests(wanted))  # fmt: skip
        elif entry.kind != inventory.WAIVER and bench.never(entry.path, f"{words}的条件是否总成立", tri.false):
            severity: Severity = "warning" if entry.kind in _SEEN else "note"
            yield Claim("P122", severity, entry.path, f"{words}的条件总是成立：{entry.rule.text}。",
                        "可以不写条件。", reads=entry.rule.reads, rests=bench.rests(tri.false))  # fmt: skip


def _advice(entry: Entry) -> str:
    return "请改正条件，或删去这个字段。" if entry.kind in _SEEN else "请改正条件，或删去。"


def _thresholds(bench: Bench) -> Iterator[Claim]:
    """Comparisons that the limits of the form decide beforehand, where the whole rule is not such a comparison."""
    done: set[str] = set()
    for entry in inventory.entries(bench.model.matter):
        for atom in atoms(entry.rule.logic):
            name, given = next(iter(atom.items()))
            if name not in (*_ORDER, "==", "!=") or atom == entry.rule.logic or str(atom) in done or _demanded(atom):
                continue
            done.add(str(atom))
            if not all(_measured(bench, side) for side in given):
                continue
            rule = Rule(text="", logic=atom, reads=tuple(_names(atom)))
            tri = bench.model.tri(rule)
            for bit, words in ((either(tri.true), "永远不成立"), (both(tri.false), "总是成立")):
                if bench.never(entry.path, f"比较 {_said(bench, atom)} 有没有用", bit):
                    yield Claim(
                        "P131", "warning", entry.path,
                        f"{entry.kind} {entry.id} 里的“{_said(bench, atom)}”{words}：表单的限度已经决定了。",
                        "请核对数值和字段的上下限。", reads=rule.reads, rests=bench.rests(bit),
                    )  # fmt: skip
                    break


def _demanded(atom: Any) -> bool:
    """数量(…) > 0, which an instant row has to ask before it speaks of all rows, whatever the form allows."""
    left, right = next(iter(atom.values())) if ">" in atom else (None, None)
    return isinstance(left, dict) and "count" in left and right == 0


def _measured(bench: Bench, logic: Any) -> bool:
    symbol = bench.model.encoder.value(logic)
    return isinstance(symbol, Scalar) and symbol.kind in ("number", "date")


def _names(logic: Any) -> Iterator[str]:
    if isinstance(logic, dict):
        for name, given in logic.items():
            if name == "var":
                yield given
            else:
                yield from _names(given)
    elif isinstance(logic, list):
        for part in logic:
            yield from _names(part)


def _said(bench: Bench, logic: Any) -> str:
    return by_titles(bench.model.matter.titles).rule(logic)
