"""One case judged under two versions of its matter on the same answers, facts and day. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from engine.model.case import Assessment
from engine.model.matter import Matter
from engine.pipeline.assess import assessed
from engine.ports.shadows import Verdict
from engine.services.backtest_past import Past, names_under
from engine.services.backtest_verdict import verdict_of

_HINT = "提示"


class Twice(msgspec.Struct, frozen=True):
    """Both verdicts, and in words what the draft asks for and the case does not have."""

    live: Verdict
    draft: Verdict
    lacking: tuple[str, ...]


def judged_twice(past: Past, live: Matter, draft: Matter, calendar: Mapping[str, str]) -> Twice:
    """Judge a case under the live version and under the draft.

    What only the draft asks for was never answered: it is pending, and nobody is asked for a shadow.
    """
    before, _ = _judged(past, live, calendar)
    after, waiting = _judged(past, draft, calendar)
    return Twice(_verdict(live, before), _verdict(draft, after), tuple(_lacking(live, draft, after, waiting)))


def _judged(past: Past, matter: Matter, calendar: Mapping[str, str]) -> tuple[Assessment, tuple[str, ...]]:
    application, names = names_under(matter, past, calendar)
    actor = past.case.initiator
    made = assessed(matter, application, actor, names, date.fromisoformat(past.case.received_at[:10])).bare
    return made, verdict_of(matter, made, actor, names).waiting


def _verdict(matter: Matter, assessment: Assessment) -> Verdict:
    hints = {check.id for check in matter.precheck if check.on_fail == _HINT}
    findings = sorted(
        f"{one.check} {one.result}"
        for one in assessment.findings
        if one.result in ("failed", "unknown") and one.check not in hints
    )
    return Verdict(assessment.outcome, assessment.by, tuple(findings))


def _lacking(live: Matter, draft: Matter, assessment: Assessment, waiting: tuple[str, ...]) -> Iterator[str]:
    facts = {need.key: need.title for need in draft.facts}
    for path in waiting:
        yield facts.get(path.partition(".")[0]) or draft.titles.get(path, path)
    asked = {need.id for need in live.materials}
    for need in draft.materials:
        if need.id in assessment.missing and need.id not in asked:
            yield need.title
