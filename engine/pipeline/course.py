"""The clocks of a case: which limits run in it, from when, what stops them and what follows when they pass."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from engine.model.case import OPEN, Case, Status
from engine.model.clock import (
    ANSWER,
    DELIVER,
    EXPIRY,
    HOURS,
    LEGAL,
    NATURAL,
    PROMISED,
    STEP,
    TELL,
    WORKDAYS,
    Pause,
    Running,
    Span,
)
from engine.model.days import Workdays, after_day
from engine.model.hearing import HOLD_WITHIN
from engine.model.matter import Matter
from engine.stages.clock import readings
from engine.stages.workflow import step_of, task_id

SIGNED_FOR = "签收"
BY_HAND = "转人工"
RENEWAL, RENEWED = "延续", "视为准予延续"
DELIVERY_DAYS = 10  # 行政许可法第四十四条
HEARING = "hearing"
BEFORE_EXPIRY = 5  # working days before a certificate expires from which its renewal is red
_DAY = 24


def clocks(matter: Matter, case: Case, calendar: Mapping[str, str], now: datetime) -> tuple[Running, ...]:
    """What every clock of the case shows at `now`: those that run first to fall due before the others, then those that
    have ended."""
    shown = readings(spans_of(matter, case), Workdays(calendar), now)
    return tuple(sorted(shown, key=lambda one: (bool(one.ended), not one.due, one.due)))


def spans_of(matter: Matter, case: Case, way: str = BY_HAND) -> tuple[Span, ...]:
    """The limits of the case. `way` is how it is decided: 秒批 or 转人工."""
    made = [*_before_acceptance(matter, case), *_limits(matter, case, way)]
    made += [*_steps(matter, case), *_after(matter, case), *_hearing(case)]
    warn = matter.limits.warn
    return tuple(msgspec.structs.replace(one, warn=warn) for one in made)


def _before_acceptance(matter: Matter, case: Case) -> list[Span]:
    if matter.ex_officio or matter.batch is not None or case.status is Status.OPENED or case.remands:
        return []
    limits, asked = matter.limits, case.supplement
    told = asked.asked_at if asked is not None else case.accepted_at or case.closed_at
    follows = f"逾期不告知补正的，自收到之日起{limits.untold}"
    spans = [
        Span(TELL, "补正告知", WORKDAYS, limits.tell, case.received_at, told, red_at=limits.tell - 1, follows=follows)
    ]
    if asked is not None:
        ended = asked.answered_at or case.closed_at
        follows = f"逾期未补正的，{limits.unanswered}"
        spans.append(Span(ANSWER, "补正答复", NATURAL, limits.answer, asked.asked_at, ended, follows=follows))
    return spans


def _limits(matter: Matter, case: Case, way: str) -> list[Span]:
    limits, ended = matter.limits, decided_at(case)
    legal, extra = limits.legal, case.timing.extension.days if case.timing.extension is not None else 0
    start = case.received_at if legal.start == "收到" else case.accepted_at
    pauses, spans = pauses_of(matter, case), []
    if start and legal.days is not None:
        length = legal.days + extra * (_DAY if legal.unit == HOURS else 1)
        follows = case.undecided if case.undecided and not case.timing.expires else ""
        spans.append(Span(LEGAL, "法定期限", legal.unit, length, start, ended, pauses=pauses, follows=follows))
    promised = limits.promised.get(way)
    if case.accepted_at and promised is not None:
        spans.append(Span(PROMISED, "承诺期限", WORKDAYS, promised + extra, start, ended, pauses=pauses))
    return spans


def _steps(matter: Matter, case: Case) -> list[Span]:
    """The limits of the open steps. A period the law does not count is the step's own time, so only stops stand."""
    spans = []
    for record in case.steps:
        step = step_of(matter, record.step)
        if record.finished_at or step is None or step.within is None:
            continue
        key, pauses = f"{STEP}:{task_id(record)}", _stops(matter, case)
        spans.append(Span(key, record.title, WORKDAYS, step.within, record.opened_at, pauses=pauses))
    return spans


def _after(matter: Matter, case: Case) -> list[Span]:
    spans = []
    if case.timing.expires and case.undecided == RENEWED:
        ended = decided_at(case)
        spans.append(
            Span(
                EXPIRY, "原证到期", WORKDAYS, 0, case.received_at, ended, until=case.timing.expires,
                red_left=BEFORE_EXPIRY, follows="到期没有决定的，视为准予延续",
            )
        )  # fmt: skip
    if case.decision is not None and case.certificates and case.status in (Status.GRANTED, Status.ISSUED):
        ended = case.delivered_at if SIGNED_FOR in matter.sign else case.closed_at
        spans.append(Span(DELIVER, "送达", WORKDAYS, DELIVERY_DAYS, case.decision.at, ended))
    return spans


def _hearing(case: Case) -> list[Span]:
    """The hearing is to be held in time; while it is waited for nothing stops that."""
    hearing = case.hearing
    if hearing is None or not hearing.asked_at:
        return []
    ended = hearing.over_at or decided_at(case)
    return [Span(HEARING, "组织听证", WORKDAYS, HOLD_WITHIN, hearing.asked_at, ended, until=hearing.hold_by)]


def decided_at(case: Case) -> str:
    """When the case was decided or ended otherwise; "" while it is open."""
    if case.decision is not None:
        return case.decision.at
    return case.closed_at if case.status not in OPEN else ""


def pauses_of(matter: Matter, case: Case) -> tuple[Pause, ...]:
    """What does not count towards the limits: stops, and publicity periods that the matter excludes by a clause."""
    excluded = []
    for record in case.steps:
        step = step_of(matter, record.step) if record.public else None
        if step is not None and step.publicity is not None and step.publicity.excluded:
            excluded.append(Pause(after_day(record.opened_at), after_day(record.until), record.title))
    return (*_stops(matter, case), *excluded)


def _stops(matter: Matter, case: Case) -> tuple[Pause, ...]:
    """A stop counts only on a ground that the matter lists and with the number of the notice that tells of it
    (行政许可法第四十五条)."""
    return tuple(
        Pause(one.at, one.resumed_at, one.ground, one.notice)
        for one in case.timing.stops
        if one.ground in matter.limits.stops and one.notice.strip()
    )


def renews(matter: Matter) -> bool:
    """Whether the matter renews a certificate."""
    return any(one.action == RENEWAL for one in matter.certificates)
