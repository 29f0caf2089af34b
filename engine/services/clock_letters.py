"""The letters of the clock and of a hearing: what stands in each, and the numbers stops are told under."""

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.model import hearing as h
from engine.model.case import Case
from engine.model.clock import Stop
from engine.model.clock_commands import AskHearing, Suspend, TellHearing
from engine.model.commands import Command
from engine.model.matter import Matter
from engine.model.values import Json
from engine.ports.world import Clock
from engine.services.letter_series import letter_series
from engine.services.letters import Letters
from engine.services.shelf import Shelf

SUSPENDED, EXTENDED, HEARING_TOLD, HEARING_CALLED = "suspension", "extension", "hearing-notice", "hearing-call"
_WORD = "止"


class LetterPage(msgspec.Struct, frozen=True):
    """A letter to be drawn: its kind in the register, title, layout, the word of its number, its instant, its page."""

    kind: str
    title: str
    layout: str
    word: str
    at: str
    page: dict[str, Json]


class ClockNotices:
    """Draws the numbers under which stops are told of (告知书编号), before the stop is committed."""

    def __init__(self, *, letters: Letters, shelf: Shelf, clock: Clock) -> None:
        self._letters, self._shelf, self._clock = letters, shelf, clock

    def numbered(self, case: Case, command: Command) -> Command:
        """The command with a number where it stops the clocks and bears none: the letter gets the same number."""
        if not isinstance(command, Suspend | TellHearing | AskHearing) or command.notice.strip():
            return command
        matter = self._shelf.version(case.matter_hash)
        ground = command.ground if isinstance(command, Suspend) else h.GROUND
        if ground not in matter.limits.stops or (isinstance(command, TellHearing) and not command.own):
            return command
        kind, day = f"{SUSPENDED}-{len(case.timing.stops) + 1}", self._clock.now().date().isoformat()
        number = self._letters.reserve(case, kind, letter_series(matter, case, _WORD), day)
        if isinstance(command, Suspend):
            return msgspec.structs.replace(command, notice=number, own=True)
        return msgspec.structs.replace(command, notice=number, drawn=True)


def clock_letters(case: Case) -> tuple[tuple[str, str], ...]:
    """The letters of the clock and the hearing the case has, as (kind, title)."""
    found = [
        (f"{SUSPENDED}-{place}", f"中止计时告知书{f'（{place}）' if place > 1 else ''}")
        for place, stop in enumerate(case.timing.stops, 1)
        if stop.own
    ]
    if case.timing.extension is not None:
        found.append((EXTENDED, "延长办理期限告知书"))
    if case.hearing is not None:
        found.append((HEARING_TOLD, "听证告知书"))
        if case.hearing.called_at:
            found.append((HEARING_CALLED, "听证通知书"))
    return tuple(found)


def clock_letter(matter: Matter, case: Case, kind: str) -> LetterPage | None:
    """The letter of this kind; None when the case has none such."""
    if kind not in dict(clock_letters(case)):
        return None
    if kind.startswith(SUSPENDED):
        return _suspension(kind, case.timing.stops[int(kind.rpartition("-")[2]) - 1])
    if kind == EXTENDED:
        return _extension(matter, case)
    return _hearing_call(case) if kind == HEARING_CALLED else _hearing_notice(case)


def _suspension(kind: str, stop: Stop) -> LetterPage:
    page: dict[str, Json] = {"ground": stop.ground, "reason": stop.reason, "days": stop.days, "from": stop.at}
    return LetterPage(kind, "中止计时告知书", "suspension", _WORD, stop.at, page)


def _extension(matter: Matter, case: Case) -> LetterPage:
    extension = case.timing.extension
    assert extension is not None
    unit = "个工作日" if matter.limits.legal.unit == "工作日" else "日"
    page: dict[str, Json] = {
        "days": extension.days, "unit": unit, "reason": extension.reason, "by": matter.limits.extend_by or "机关负责人",
        "accepted_at": case.accepted_at,
    }  # fmt: skip
    return LetterPage(EXTENDED, "延长办理期限告知书", "extension", "延", extension.at, page)


def _hearing_notice(case: Case) -> LetterPage:
    hearing = case.hearing
    assert hearing is not None
    page: dict[str, Json] = {
        "reason": hearing.reason, "own": hearing.own, "ask_by": hearing.ask_by,
        "parties": [[one.role, one.name] for one in hearing.parties],
    }  # fmt: skip
    return LetterPage(f"{HEARING_TOLD}-{_mark(hearing.told_at)}", "听证告知书", "hearing_notice", "听告",
                      hearing.told_at, page)  # fmt: skip


def _hearing_call(case: Case) -> LetterPage:
    hearing = case.hearing
    assert hearing is not None
    page: dict[str, Json] = {
        "at": hearing.at, "place": hearing.place, "presider": hearing.presider, "public": hearing.public,
        "closed_because": hearing.closed_because, "parties": [[one.role, one.name] for one in hearing.parties],
    }  # fmt: skip
    return LetterPage(f"{HEARING_CALLED}-{_mark(hearing.called_at)}", "听证通知书", "hearing_call", "听通",
                      hearing.called_at, page)  # fmt: skip


def _mark(instant: str) -> str:
    """What tells a letter from an earlier one of its kind: the hearing may be told of, or called, again."""
    return datetime.fromisoformat(instant).strftime("%m%d%H%M")
