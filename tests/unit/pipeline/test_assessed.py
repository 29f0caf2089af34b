"""What comes out of all rules at once is word for word what comes out of every rule by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

from engine.matters.tests_file import load_tests
from engine.model.case import Assessment
from engine.model.matter import Check, Matter, Row
from engine.model.trace import Trace
from engine.model.values import Value
from engine.model.wording import in_one
from engine.pipeline.assess import assessed, names_of
from engine.pipeline.context import Application
from engine.rules import closures
from engine.rules.evaluator import evaluate, test
from engine.rules.words import explain
from engine.services.matter_tests import scene
from tests.project import project_loaded
from tests.unit.pipeline import sample
from tests.unit.rules import rich
from tests.unit.rules.rich import Rich, Values
from tests.unit.rules.vocabulary import rule

ROOT = Path(__file__).resolve().parents[3]
FILING = sample.filing()
APPLICATION = Application(FILING.answers, FILING.uploads, sample.SUBJECT, sample.licence_fact(), None, sample.OFFICE)
RESULTS = {True: ("passed", "matched"), False: ("failed", "not_matched")}


def wrong(matter: Matter, names: Mapping[str, Value], found: Assessment) -> Iterator[object]:
    """Every finding and row that is not what its own rules give, evaluated one by one by their closures."""
    hidden = frozenset(matter.sensitive)

    def told(part: Check | Row) -> tuple[object, Trace]:
        logic = part.when if isinstance(part, Row) else part.require
        asked = logic if isinstance(part, Row) or test(part.when, names) is True else part.when
        made = evaluate(asked, names, matter.titles, hidden, units=matter.units)
        assert closures.build(asked.logic)(names) is made.value or not isinstance(made.value, bool)
        return made.value, made.trace

    for check, finding in zip(matter.precheck, found.findings, strict=True):
        applies = test(check.when, names)
        if applies is False:
            if (finding.result, finding.trace, finding.message) != ("not_applicable", None, ""):
                yield check.id, finding
            continue
        value, trace = told(check)
        results = RESULTS[value][:1] if isinstance(value, bool) and applies is True else ("unknown", "pending")
        if finding.result not in results or finding.trace != trace:
            yield check.id, finding, trace
        if finding.result == "unknown" and finding.message != f"未能核实：{in_one(explain(trace))}":
            yield check.id, finding.message, explain(trace)
    barred: list[str] = []
    for row, one in zip(matter.decide, found.rows, strict=True):
        if one.result == "not_reached":
            continue
        value, trace = told(row)
        results = RESULTS[value][1:] if isinstance(value, bool) else ("unknown", "pending")
        if one.result not in results or one.trace != trace:
            yield row.id, one, trace
        if row.outcome == "秒批" and one.result in ("not_matched", "unknown"):
            barred += explain(trace)
    instant = {row.id for row in matter.decide if row.outcome == "秒批"}
    granted = any(one.result == "matched" and one.row in instant for one in found.rows)
    if not granted and not {*barred} <= {*found.barred}:
        yield "barred", barred, found.barred


def test_every_matter_test_is_told_in_the_words_of_its_rules() -> None:
    catalogue, _ = project_loaded()
    judged = 0
    for path in sorted((ROOT / "matters").rglob("*.tests.yaml")):
        for one in load_tests(path, catalogue)[0][:: 1 if path.name == "public_place_new.tests.yaml" else 8]:
            made = scene(catalogue.matters[one.matter], one)
            for complete in (True, False):
                calendar = catalogue.reference.calendar
                names = names_of(
                    made.matter, made.application, made.actor, made.today, calendar, complete=complete
                )
                found = assessed(made.matter, made.application, made.actor, names, made.today)
                assert list(wrong(made.matter, names, found.traced())) == [], one.name
                judged += 1
    assert judged > 80


def test_thousands_of_generated_rules_are_told_in_their_own_words() -> None:
    for seed in range(3):
        random = Random(seed)
        rules = [rule(Rich(random).rule(), scope=rich.SCOPE) for _ in range(60)]
        checks = tuple(
            Check(f"c{n}", one, "第 {金额} 项不符。", "转人工", guard)
            for n, (one, guard) in enumerate(zip(rules[:25], rules[25:50], strict=True))
        )
        rows = tuple(Row(f"r{n}", one, "秒批", "成立") for n, one in enumerate(rules[50:]))
        matter = sample.matter(
            precheck=checks, decide=rows, materials=(), titles=dict(rich.SCOPE.titles), units=rich.SCOPE.titles.units,
            sensitive=("legal", "rows.who", "many")[: seed % 4],
        )  # fmt: skip
        for _ in range(25):
            names = Values(random).env()
            found = assessed(matter, APPLICATION, sample.APPLICANT, names, sample.NOW.date(), confirm=False)
            assert list(wrong(matter, names, found.traced())) == [], seed


def test_the_traces_are_those_of_the_names_as_they_were() -> None:
    matter = sample.matter()
    names = names_of(matter, APPLICATION, sample.APPLICANT, sample.NOW.date(), sample.CALENDAR)
    found = assessed(matter, APPLICATION, sample.APPLICANT, names, sample.NOW.date())
    before = found.traced()
    names.clear()
    assert found.traced() == before and any(one.trace for one in before.findings)


def test_without_traces_everything_else_is_said() -> None:
    matter = sample.matter()
    names = names_of(matter, APPLICATION, sample.APPLICANT, sample.NOW.date(), sample.CALENDAR)
    found = assessed(matter, APPLICATION, sample.APPLICANT, names, sample.NOW.date())
    whole, bare = found.traced(), found.bare
    assert [one.result for one in whole.findings] == [one.result for one in bare.findings]
    assert (whole.outcome, whole.by, whole.barred) == (bare.outcome, bare.by, bare.barred)
    assert all(one.trace is None for one in (*bare.findings, *bare.rows))
    assert {one.result for one in found.traced(passed=False).findings if one.trace} <= {"failed", "unknown", "pending"}
