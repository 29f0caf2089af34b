"""Judgements are kept for the very same application only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import msgspec
import pytest

from engine.model.facts import Fact
from engine.model.people import Actor
from engine.pipeline.context import Application
from engine.services import judging
from engine.services.judging import Judged, Judgements
from tests.unit.pipeline import sample

TODAY = sample.NOW.date()
APPLICATION = Application(sample.ANSWERS, sample.upload(), sample.SUBJECT, sample.licence_fact())  # type: ignore[arg-type]


@dataclass
class Desk:
    """Judgements, and how often one was worked out."""

    kept: Judgements = field(default_factory=Judgements)
    worked_out: int = 0

    def judge(
        self, application: Application = APPLICATION, actor: Actor = sample.APPLICANT, today: date = TODAY
    ) -> Judged:
        return self.kept.of(sample.matter(), application, actor, today, sample.CALENDAR, complete=True)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    made, assessed = Desk(), judging.assessed

    def counted(*given: object) -> object:
        made.worked_out += 1
        return assessed(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(judging, "assessed", counted)
    return made


def facts(**changes: object) -> Application:
    changed = {key: msgspec.structs.replace(fact, **changes) for key, fact in sample.licence_fact().items()}
    return msgspec.structs.replace(APPLICATION, facts=changed)


def test_the_same_application_is_worked_out_once(desk: Desk) -> None:
    assert (desk.judge() == desk.judge(), desk.worked_out) == (True, 1)


def test_a_fact_fetched_again_with_the_same_content_changes_nothing(desk: Desk) -> None:
    desk.judge(), desk.judge(facts(fetched_at="2026-02-10T10:00:00+08:00"))
    assert desk.worked_out == 1


@pytest.mark.parametrize(
    "changed",
    [
        msgspec.structs.replace(APPLICATION, answers={**sample.ANSWERS, "area": "1"}),
        msgspec.structs.replace(APPLICATION, uploads={}),
        msgspec.structs.replace(APPLICATION, subject=msgspec.structs.replace(sample.SUBJECT, code="another")),
        msgspec.structs.replace(APPLICATION, facts=sample.unavailable()),
        msgspec.structs.replace(APPLICATION, original=sample.original()),
        msgspec.structs.replace(APPLICATION, authority=sample.OFFICE),
        facts(value={"status": "注销"}),
    ],
)
def test_whatever_is_different_is_worked_out_again(desk: Desk, changed: Application) -> None:
    desk.judge(), desk.judge(changed)
    assert desk.worked_out == 2


def test_another_account_never_gets_a_kept_judgement(desk: Desk) -> None:
    desk.judge(), desk.judge(actor=msgspec.structs.replace(sample.APPLICANT, id="acc-2"))
    assert desk.worked_out == 2


def test_another_day_is_worked_out_again(desk: Desk) -> None:
    desk.judge(), desk.judge(today=date(2026, 2, 11))
    assert desk.worked_out == 2


def test_only_so_many_judgements_are_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "_MOST_KEPT", 1)
    other = msgspec.structs.replace(APPLICATION, uploads={})
    desk.judge(), desk.judge(other), desk.judge()
    assert desk.worked_out == 3


def test_an_outage_at_another_time_is_worked_out_again(desk: Desk) -> None:
    def out(at: str) -> Application:
        failed = {key: Fact(key, "s", "unavailable", None, at, "", "不通") for key in sample.unavailable()}
        return msgspec.structs.replace(APPLICATION, facts=failed)

    desk.judge(out("2026-02-10T10:00:00+08:00")), desk.judge(out("2026-02-10T10:00:05+08:00"))
    assert desk.worked_out == 2
