"""`zhunyu prove`: what the rules of matters can and can never do, with examples judged by the engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from engine.adapters.clock import SystemClock
from engine.commands.kept import compiled, kept_in
from engine.commands.terminal import Terminal
from engine.errors import ZhunyuError
from engine.matters import tree
from engine.matters.catalogue import Catalogue, load_catalogue
from engine.matters.codes import warning
from engine.matters.test_writer import WrittenTest, append_tests
from engine.matters.tests_file import load_file
from engine.model.matter import Matter
from engine.services.matter_coverage import Places
from engine.services.proof_cache import ProofCache, key_of
from engine.services.proving import TIMEOUT, Finding, prove

_STYLES = {"error": "red", "warning": "yellow", "note": ""}
_WORDS = {"error": "错误", "warning": "提醒", "note": "说明"}


class Asked(msgspec.Struct, frozen=True):
    """What to prove and how to tell it: only matters changed since they were proved, tests to be written, JSON,
    without the cache, as of a day (None: today), milliseconds for one question."""

    changed: bool = False
    write_test: bool = False
    json: bool = False
    no_cache: bool = False
    at: date | None = None
    timeout: int = TIMEOUT


class Proved(msgspec.Struct, frozen=True):
    """A matter with what was found of it; `fresh` when that was proved now."""

    matter: Matter
    findings: tuple[Finding, ...]
    fresh: bool


def prove_matters(home: Path, matters: Sequence[str], asked: Asked, terminal: Terminal) -> int:
    """Prove the named matters, or all, and tell what was found; 1 when there is an error."""
    catalogue, problems = load_catalogue(home, cache=compiled())
    broken = [problem for problem in problems if not warning(problem)]
    unknown = [id for id in matters if id not in catalogue.known]
    if unknown:
        raise ZhunyuError("A003", f"没有事项 {unknown[0]}。", tree.near(unknown[0], catalogue.known))
    if not asked.json:
        for problem in broken:
            terminal.say(str(problem), "red")
    done = [one for one in proofs(home, catalogue, matters, asked) if one.fresh or not asked.changed]
    places = Places(home, catalogue)
    if asked.json:
        rows = [_document(one, finding, places) for one in done for finding in one.findings]
        terminal.say(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode())
    else:
        for one in done:
            tell(one, places, terminal)
        _summary(done, terminal)
    if asked.write_test:
        _write(home, catalogue, done, terminal, notes=bool(matters))
    errors = any(finding.severity == "error" for one in done for finding in one.findings)
    return 1 if errors or broken else 0


def proofs(home: Path, catalogue: Catalogue, matters: Sequence[str], asked: Asked) -> Iterator[Proved]:
    """The proofs of matters without errors, from the cache where nothing changed since."""
    day = asked.at or SystemClock().now().date()
    cache = ProofCache(kept_in("proofs"))
    for id, matter in catalogue.matters.items():
        if matters and id not in matters:
            continue
        key = key_of(matter, catalogue.reference, day)
        kept = None if asked.no_cache or asked.write_test else cache.get(matter, key)
        if kept is not None:
            yield Proved(matter, kept, False)
            continue
        near = load_file(tests_of(home, catalogue, id), catalogue)[0].base
        findings = prove(catalogue, matter, day, near, timeout=asked.timeout)
        cache.put(matter, key, findings)
        yield Proved(matter, findings, True)


def lint_proofs(home: Path, catalogue: Catalogue, terminal: Terminal) -> tuple[int, int]:
    """Tell the errors and warnings of the proofs of a catalogue; how many of each."""
    places: Places | None = None
    counts = {"error": 0, "warning": 0, "note": 0}
    for one in proofs(home, catalogue, (), Asked()):
        for finding in one.findings:
            counts[finding.severity] += 1
        if any(finding.severity != "note" for finding in one.findings):
            places = places or Places(home, catalogue)
            tell(one, places, terminal, ("error", "warning"))
    return counts["error"], counts["warning"]


def tests_of(home: Path, catalogue: Catalogue, id: str) -> Path:
    """The test file beside a matter, whether it is there or not."""
    return (home / catalogue.files[id]).with_name(f"{id}.tests.yaml")


def tell(one: Proved, places: Places, terminal: Terminal, severities: tuple[str, ...] = tuple(_WORDS)) -> None:
    """Say what was found of a matter, of these severities."""
    for finding in one.findings:
        if finding.severity in severities:
            bounds = f"（{'，'.join(finding.bounds)}）" if finding.bounds else ""
            line = f"{_place(one, finding, places)} {finding.code} {finding.what}{bounds} {finding.next}".rstrip()
            terminal.say(line, _STYLES[finding.severity])
            for example in finding.example:
                terminal.say(f"    {example}")


def _place(one: Proved, finding: Finding, places: Places) -> str:
    """Where the rule stands, with the matter where that is in a fragment."""
    said = f"{one.matter.id}.{'.'.join(map(str, finding.path[:2]))}"
    place = places.of(one.matter, finding.path)
    return f"{place}（{one.matter.id}）" if place.startswith("rules/") else place or said


def _summary(done: list[Proved], terminal: Terminal) -> None:
    found = [finding.severity for one in done for finding in one.findings]
    never = sum(len(one.matter.never) for one in done)
    open_ = [{finding.path for finding in one.findings if _unproved(finding)} for one in done]
    broken = sum(map(len, open_))
    kept = sum(not one.fresh for one in done)
    counts = "、".join(f"{found.count(key)} 个{words}" for key, words in _WORDS.items())
    line = f"{len(done)} 个事项（{kept} 个取自上次）：{counts}；never {never} 条，证明了 {never - broken} 条。"
    terminal.say(line, "red" if "error" in found else "green")


def _unproved(finding: Finding) -> bool:
    """Whether a finding says that a sentence of `never:` is not proved."""
    return finding.path[:1] == ("never",) and finding.code != "P110"


def _document(one: Proved, finding: Finding, places: Places) -> dict[str, Any]:
    shown = {key: getattr(finding, key) for key in ("code", "severity", "what", "next", "example", "bounds")}
    return {"matter": one.matter.id, "place": _place(one, finding, places), "path": finding.path, **shown}


def _write(home: Path, catalogue: Catalogue, done: list[Proved], terminal: Terminal, *, notes: bool) -> None:
    """Append the examples to the test files, for a person to confirm; a test that is there already is left alone.

    `notes` writes those of mere notes too.
    """
    for one in done:
        path = tests_of(home, catalogue, one.matter.id)
        known = {test.name for test in load_file(path, catalogue)[0].tests}
        new = [
            WrittenTest(finding.test, f"{finding.code} {finding.what}")
            for finding in one.findings
            if finding.test is not None and finding.test.name not in known and (notes or finding.severity != "note")
        ]
        if new:
            terminal.say(append_tests(path, one.matter.id, new, catalogue).rstrip())
            terminal.say(f"已写入 {path.name}：{len(new)} 个测试，期望待确认。", "green")
