"""`zhunyu test --coverage` and `--mutate`: what tests reach and notice, on the terminal and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from engine.commands.coverage_page import page
from engine.commands.terminal import Terminal
from engine.matters.catalogue import Catalogue
from engine.matters.tests_file import TestsFile
from engine.rules.coverage import (
    ASKED,
    FIGURES,
    AtomCoverage,
    MatterCoverage,
    ResultsCoverage,
    RuleCoverage,
    Share,
)
from engine.services import matter_coverage
from engine.services.matter_coverage import MutationScore, Places
from engine.services.matter_tests import Outcome

RESULTS = {"matched": "命中", "passed": "通过", "failed": "未通过", "unknown": "未能核实", "not_applicable": "不适用"}


class Wanted(msgspec.Struct, frozen=True):
    """What to report: coverage, mutants, the least percentage of every figure reported, and files to write.

    Without a threshold each matter has that of its test file. Tests that wait for confirmation count only with
    `with_unconfirmed`, as if what the engine says of them now were expected. `prove` asks the solver which of what is
    missing no application can show, and leaves that out.
    """

    coverage: bool = False
    mutate: bool = False
    threshold: float | None = None
    html: Path | None = None
    json: Path | None = None
    with_unconfirmed: bool = False
    prove: bool = False

    @property
    def anything(self) -> bool:
        """Whether any of it was asked for."""
        files = (self.threshold, self.html, self.json)
        return self.coverage or self.mutate or self.prove or any(one is not None for one in files)


def report(
    home: Path,
    catalogue: Catalogue,
    matters: Sequence[str],
    outcomes: Sequence[Outcome],
    wanted: Wanted,
    files: Mapping[str, TestsFile],
    terminal: Terminal,
) -> bool:
    """Tell and write what was asked for; whether every figure of every one of the matters reaches its threshold.

    A matter without tests is reported with none. A threshold or a file alone asks for coverage. `files` are the
    test files by matter: what they ask of themselves, and the scene they stand on.
    """
    outcomes = matter_coverage.counted(catalogue, outcomes, wanted.with_unconfirmed)
    places = Places(home, catalogue)
    covered = matter_coverage.measure(catalogue, outcomes, matters) if wanted.coverage or not wanted.mutate else ()
    scores = matter_coverage.try_mutants(catalogue, outcomes, matters) if wanted.mutate else ()
    if wanted.prove:
        covered, scores = _proved(catalogue, outcomes, covered, scores, files, places, terminal)
    if covered:
        _tell_coverage(covered, catalogue, places, terminal)
    if scores:
        _tell_mutants(scores, catalogue, places, terminal)
    made = as_json(covered, scores, catalogue, places)
    if wanted.json is not None:
        wanted.json.write_bytes(msgspec.json.format(msgspec.json.encode(made), indent=2))
    if wanted.html is not None:
        wanted.html.write_text(page(made), encoding="utf-8")
    least = {id: file.coverage for id, file in files.items()}
    return _reached(covered, scores, wanted.threshold, least, terminal)


def _proved(
    catalogue: Catalogue,
    outcomes: Sequence[Outcome],
    covered: Sequence[MatterCoverage],
    scores: Sequence[MutationScore],
    files: Mapping[str, TestsFile],
    places: Places,
    terminal: Terminal,
) -> tuple[tuple[MatterCoverage, ...], tuple[MutationScore, ...]]:
    """The figures without what is proved impossible, which is told."""
    from engine.services import proved_coverage as proving

    barred: dict[str, proving.Barred] = {}
    for id in dict.fromkeys([*(one.matter for one in covered), *(one.matter for one in scores)]):
        base = files[id].base if id in files else None
        of = [one for one in outcomes if one.test.matter == id]
        barred[id] = proving.proved(catalogue, of, base, bool(scores)) if base is not None else {}
        for goal, why in barred[id].items():
            place = places.of(catalogue.matters[id], goal.path)
            terminal.say(f"  {place} {id} 不再要求：{goal.words}。{why}")
    return (
        tuple(proving.without(one, barred[one.matter]) for one in covered),
        tuple(proving.noticeable(one, barred[one.matter]) for one in scores),
    )


def _reached(
    covered: Sequence[MatterCoverage],
    scores: Sequence[MutationScore],
    threshold: float | None,
    least: Mapping[str, Mapping[str, float]],
    terminal: Terminal,
) -> bool:
    """Whether all reaches what is asked for; what does not is told."""
    if threshold is not None:
        ids = [*(one.matter for one in covered), *(one.matter for one in scores)]
        least = {id: dict.fromkeys(ASKED, threshold) for id in ids}
    low = matter_coverage.below(covered, scores, least)
    if low and threshold is not None:
        terminal.say(f"低于 {threshold:g}%：{'、'.join(low)}。", "red")
    elif low:
        terminal.say("没有达到测试文件里的覆盖下限：", "red")
        for matter, figures in low.items():
            words = [f"{ASKED[key]} {share.percent:g}%，应达 {least[matter][key]:g}%" for key, share in figures.items()]
            terminal.say(f"  {matter}：{'；'.join(words)}", "red")
    return not low


def _tell_coverage(covered: Sequence[MatterCoverage], catalogue: Catalogue, places: Places, terminal: Terminal) -> None:
    terminal.say("覆盖")
    rows = []
    for one in covered:
        rows.append((one.matter, str(one.tests), *(_share(share) for share in one.figures().values())))
    terminal.table(("事项", "测试", *FIGURES.values()), rows)
    for one in covered:
        matter = catalogue.matters[one.matter]
        for kind, entry, what in gaps(one):
            terminal.say(f"  {places.of(matter, entry.path)} {one.matter} {kind} {entry.id}：{what}", "yellow")


def _share(share: Share) -> str:
    return f"{share.percent:g}%（{share.done}/{share.of}）"


def gaps(one: MatterCoverage) -> list[tuple[str, ResultsCoverage | RuleCoverage, str]]:
    """What no test reached: the kind of rule, the rule, and what is missing in words."""
    found: list[tuple[str, ResultsCoverage | RuleCoverage, str]] = []
    for kind, results in (("裁决", one.rows), ("核对", one.checks)):
        for entry in results:
            missing = [RESULTS[result] for result in entry.wanted if result not in entry.seen]
            if missing:
                found.append((kind, entry, f"没有{'、'.join(missing)}的测试"))
    for rule in one.rules:
        found += [(rule.kind, rule, f"“{atom.text}”{lack}") for atom in rule.atoms if (lack := _lack(rule, atom))]
    return found


def _lack(rule: RuleCoverage, atom: AtomCoverage) -> str:
    if atom.missing:
        return f"从未为{'、'.join({'true': '真', 'false': '假'}[side] for side in atom.missing)}"
    alone = rule.measured and atom.pair is None and not atom.impossible
    return "没有一对测试显示它单独起作用" if alone else ""


def _tell_mutants(scores: Sequence[MutationScore], catalogue: Catalogue, places: Places, terminal: Terminal) -> None:
    terminal.say("变异")
    terminal.table(("事项", "发现"), [(one.matter, _share(one.killed)) for one in scores])
    for one in scores:
        matter = catalogue.matters[one.matter]
        for left in one.survivors:
            why = "" if left.reached else "（没有测试使它的结果不同）"
            place = places.of(matter, left.path)
            terminal.say(f"  {place} {one.matter} {left.kind} {left.id}：{left.change}，测试没有发现{why}", "yellow")


def as_json(
    covered: Sequence[MatterCoverage], scores: Sequence[MutationScore], catalogue: Catalogue, places: Places
) -> list[dict[str, Any]]:
    """The whole report: one object per matter with figures, gaps, rows, checks, rules and surviving mutants."""
    found: dict[str, dict[str, Any]] = {}
    for one in covered:
        matter = catalogue.matters[one.matter]
        found[one.matter] = {
            "matter": one.matter,
            "title": one.title,
            "tests": one.tests,
            "figures": {FIGURES[key]: _figure(share) for key, share in one.figures().items()},
            "gaps": [
                {"kind": kind, "id": entry.id, "place": places.of(matter, entry.path), "what": what}
                for kind, entry, what in gaps(one)
            ],
            "results": [_results(entry) for entry in (*one.rows, *one.checks)],
            "rules": [{**msgspec.to_builtins(rule), "place": places.of(matter, rule.path)} for rule in one.rules],
        }
    for score in scores:
        matter = catalogue.matters[score.matter]
        into = found.setdefault(score.matter, {"matter": score.matter, "title": score.title, "figures": {}})
        into["figures"]["变异"] = _figure(score.killed)
        into["survivors"] = [
            {**msgspec.to_builtins(left), "place": places.of(matter, left.path)} for left in score.survivors
        ]
    return list(found.values())


def _figure(share: Share) -> dict[str, float]:
    return {"done": share.done, "of": share.of, "percent": share.percent}


def _results(entry: ResultsCoverage) -> dict[str, Any]:
    seen = {RESULTS[result]: name for result, name in entry.seen.items() if result in RESULTS}
    missing = [RESULTS[result] for result in entry.wanted if result not in entry.seen]
    return {"id": entry.id, "title": entry.title, "seen": seen, "missing": missing}
