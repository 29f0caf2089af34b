"""What a grant rested on: the rows and checks that were evaluated, and what they read. Read off the assessment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engine.model.case import Assessment
from engine.model.facts import Fact
from engine.model.guard import Basis
from engine.model.matter import Matter
from engine.model.rule import Rule

_ROWS = {"matched": "命中", "not_matched": "未命中", "unknown": "未能判断"}
_CHECKS = {"passed": "通过", "not_applicable": "不适用", "failed": "未通过", "unknown": "未能核实"}
_FACTS = {"value": "已取到", "empty": "无记录", "unavailable": "未取到", "not_applicable": "不适用"}


def basis_of(matter: Matter, assessment: Assessment, facts: Mapping[str, Fact]) -> tuple[Basis, ...]:
    """The version, the rows reached, the checks run, and the parameters and sources that their rules read.

    Materials that were waived count through their waivers, and certificates through what they print.
    """
    rows = [(one.row, _ROWS[one.result]) for one in assessment.rows if one.result in _ROWS]
    checks = [(one.check, _CHECKS[one.result]) for one in assessment.findings if one.result in _CHECKS]
    read = {path for rule in _evaluated(matter, assessment, dict(rows), dict(checks)) for path in rule.reads}
    known = {one.id for one in matter.parameters}
    parameters = sorted({path.split(".")[1] for path in read if path.startswith("param.")} & known)
    return (
        Basis("version", matter.hash),
        *(Basis("row", id, detail) for id, detail in rows),
        *(Basis("check", id, detail) for id, detail in checks),
        *(Basis("parameter", id) for id in parameters),
        *_sources(matter, facts, {path.split(".")[0] for path in read}),
    )


def _evaluated(
    matter: Matter, assessment: Assessment, rows: Mapping[str, str], checks: Mapping[str, str]
) -> Iterator[Rule]:
    yield from (row.when for row in matter.decide if row.id in rows)
    for check in matter.precheck:
        if check.id in checks:
            yield check.when
            yield check.require
    for need in matter.materials:
        if need.id in assessment.waived:
            yield from (waiver.when for waiver in need.waive)
    for certificate in matter.certificates:
        yield from (*certificate.lines.values(), *certificate.item.values())


def _sources(matter: Matter, facts: Mapping[str, Fact], roots: Iterable[str]) -> Iterator[Basis]:
    """One line for each time a source was asked."""
    wanted, found = set(roots), dict[tuple[str, str], Basis]()
    for need in matter.facts:
        fact = facts.get(need.key)
        if need.key in wanted and fact is not None:
            line = Basis("source", need.source, _FACTS.get(fact.state, ""), fact.fetched_at)
            found.setdefault((line.key, line.at), line)
    return iter(found.values())
