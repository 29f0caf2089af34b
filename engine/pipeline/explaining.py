"""Explains an assessment to one reader: each check and row, what decided it, from which source, and what would help."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec

from engine.model.case import Assessment, Finding, RowResult
from engine.model.explanation import APPLICANT, FORMAT, Atom, Explanation, Mending, Point, SourceLine
from engine.model.facts import Fact
from engine.model.matter import Check, Matter, Row
from engine.model.trace import Trace
from engine.model.wording import in_one
from engine.pipeline.disclosing import about_risk, parts_of, protected, reads_of, watched
from engine.rules.words import explain as words_of
from engine.stages.precheck import UNVERIFIED

WITHHELD_TITLE, WITHHELD_WORDS = "人工复核", "有一项内容由工作人员复核，不需要您做什么。"
_TELLING = ("failed", "unknown", "pending")
_MOST_ATOMS = 20
_STATES = {"value": "已取到", "empty": "无记录", "unavailable": "未取到", "not_applicable": "不适用"}


class Subject(msgspec.Struct, frozen=True):
    """What is explained beside the assessment: the facts it rests on, the titles of sources by id, and the instant
    ages are counted to (ISO 8601; "" leaves ages out). `form` are faults of the form in words."""

    facts: Mapping[str, Fact]
    sources: Mapping[str, str] = {}
    now: str = ""
    form: tuple[str, ...] = ()


def explain(
    matter: Matter, assessment: Assessment, subject: Subject, reader: str, mending: Mending = Mending()
) -> Explanation:
    """The explanation for a reader (工作人员 | 申请人).

    An applicant gets no rule paths, no trace, no source details of others, and nothing of the anomaly watch: what it
    led to appears as one neutral line.
    """
    teller = _Teller(matter, subject, reader)
    kept = _Kept(matter, assessment, reader)
    titles = {need.id: need.title for need in matter.materials}
    return Explanation(
        format=FORMAT, reader=reader, matter=matter.id, title=matter.title, version=matter.hash,
        outcome=assessment.outcome, by=kept.by, reason=kept.reason, law_day=assessment.law_day,
        checks=tuple(teller.check(finding) for finding in assessment.findings if not kept.hides(finding.check))
        + kept.neutral(),
        rows=tuple(teller.row(row) for row in assessment.rows if not kept.hides(row.row)),
        sources=tuple(teller.sources()), basis=matter.basis, barred=kept.barred,
        missing=tuple(titles.get(id, id) for id in assessment.missing), form=subject.form, mending=mending,
    )  # fmt: skip


class _Kept:
    """What a reader may see of the assessment as a whole."""

    def __init__(self, matter: Matter, assessment: Assessment, reader: str) -> None:
        self.hidden = watched(matter) if reader == APPLICANT else frozenset[str]()
        telling = [one for one in assessment.findings if one.check in self.hidden and one.result in _TELLING]
        said = {text for one in telling for text in (one.message, one.title)}
        traces = [row.trace for row in assessment.rows if row.row in self.hidden and row.trace is not None]
        said |= {line for trace in traces for line in words_of(trace)}
        decided = assessment.by in self.hidden
        self.found = bool(telling) or decided
        self.by, self.reason = ("review", WITHHELD_WORDS) if decided else (assessment.by, assessment.reason)
        self.barred = tuple(line for line in assessment.barred if line not in said)

    def hides(self, id: str) -> bool:
        return id in self.hidden

    def neutral(self) -> tuple[Point, ...]:
        """The one line that stands for everything of the watch."""
        if not self.found:
            return ()
        return (Point("review", WITHHELD_TITLE, "unknown", "转人工", words=(WITHHELD_WORDS,)),)


class _Teller:
    """Words checks, rows and sources for one reader."""

    def __init__(self, matter: Matter, subject: Subject, reader: str) -> None:
        self.matter, self.subject, self.reader = matter, subject, reader
        self.checks = {check.id: check for check in matter.precheck}
        self.rows = {row.id: row for row in matter.decide}
        self.needs = {need.key: need for need in matter.facts}
        self.plain = reader == APPLICANT

    def check(self, finding: Finding) -> Point:
        check = self.checks.get(finding.check)
        told = finding.result in ("failed", "unknown")
        point = Point(
            id=finding.check, title=finding.title or finding.check, state=finding.result, action=finding.action,
            message=finding.message if told else "", mend=finding.mend if finding.result == "failed" else "",
            basis=finding.basis,
        )  # fmt: skip
        return self._why(point, finding.trace, check)

    def row(self, result: RowResult) -> Point:
        row = self.rows.get(result.row)
        point = Point(
            id=result.row, title=(row.reason if row else "") or result.row, state=result.result,
            action=row.outcome if row else "", basis=row.basis if row else "",
        )  # fmt: skip
        return self._why(point, result.trace, row)

    def _why(self, point: Point, trace: Trace | None, part: Check | Row | None) -> Point:
        """The point with what decided it; of protected values an applicant reads only what the check itself says."""
        if trace is None:
            return point
        secret = self.plain and part is not None and protected(reads_of(part), self.matter)
        found = decisive(trace) if point.state not in ("passed", "matched") else ()
        secret = secret or (self.plain and point.state in ("passed", "matched"))
        atoms = tuple(self._atom(one) for one in found if not (self.plain and self._hides(one)))
        lacking = tuple(dict.fromkeys(one.why for one in atoms if one.why)) if self.plain else ()
        if lacking and point.state == "unknown":
            point = msgspec.structs.replace(point, message=UNVERIFIED.replace("{why}", in_one(lacking)))
        return msgspec.structs.replace(
            point, words=() if secret else words_of(trace), atoms=atoms, trace=None if self.plain else trace
        )

    def _hides(self, atom: Trace) -> bool:
        return not atom.path or protected((atom.path,), self.matter)

    def _atom(self, atom: Trace) -> Atom:
        need = self.needs.get(atom.path.partition(".")[0])
        fact = self.subject.facts.get(need.key) if need else None
        source, at = self._title(need.source, need.title) if need else "", fact.fetched_at if fact else ""
        if self.plain:  # what it is about instead of the rule's text; of what is lacking, only that
            lacking = bool(atom.why)
            return Atom(
                text=self.matter.titles.get(atom.path, atom.text), result=atom.result, gap=atom.gap, why=atom.why,
                actual="" if lacking else atom.actual, required="" if lacking else atom.required, source=source, at=at,
            )  # fmt: skip
        return Atom(
            text=atom.text, result=atom.result, actual=atom.actual, required=atom.required, gap=atom.gap, why=atom.why,
            path=atom.path, source=source, at=at,
        )  # fmt: skip

    def _title(self, source: str, fact: str) -> str:
        return self.subject.sources.get(source, fact)

    def sources(self) -> Iterator[SourceLine]:
        for need in self.matter.facts:
            fact = self.subject.facts.get(need.key)
            readers = tuple(
                part.id
                for part in parts_of(self.matter)
                if any(path.partition(".")[0] == need.key for path in reads_of(part))
                and not (self.plain and about_risk(reads_of(part)))
            )
            if self.plain and not readers:
                continue
            at = fact.fetched_at if fact else ""
            yield SourceLine(
                key="" if self.plain else need.key, title=need.title, source=self._title(need.source, need.title),
                state=_STATES.get(fact.state, "待核验") if fact else "待核验", at=at,
                age=age(at, self.subject.now), reason=fact.reason if fact else "",
                used=() if self.plain else readers,
            )  # fmt: skip


def decisive(trace: Trace) -> tuple[Trace, ...]:
    """The atoms because of which a rule is false or unknown, each once; of a rule that is true, none."""
    found: dict[tuple[str, str], Trace] = {}
    for atom in _decisive(trace):
        found.setdefault((atom.text, atom.result), atom)
    return tuple(found.values())[:_MOST_ATOMS]


def _decisive(trace: Trace) -> Iterator[Trace]:
    if trace.result not in ("false", "unknown"):
        return
    alike = [part for part in trace.parts if part.result == trace.result]
    if alike:
        for part in alike:
            yield from _decisive(part)
    elif trace.result == "false" and trace.parts and trace.parts[0].result == "true":
        inner = trace.parts[0]
        yield msgspec.structs.replace(trace, actual=inner.actual, required="", path=inner.path, parts=())
    else:
        yield trace


def age(at: str, now: str) -> str:
    """How long before `now` something was asked, in words; "" when either is not known."""
    if not at or not now:
        return ""
    seconds = (datetime.fromisoformat(now) - datetime.fromisoformat(at)).total_seconds()
    if seconds < 60:
        return "刚刚"
    for size, word in ((86400, "天"), (3600, "小时"), (60, "分钟")):
        if seconds >= size:
            return f"{int(seconds // size)} {word}前"
    return ""
