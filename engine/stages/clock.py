"""The clock: what every limit of a case shows at an instant. Pure, and the only place that knows how limits run.

The day a limit starts on does not count (行政许可法第八十二条 counts working days; 民法典第二百零一条 the first day). A
pause takes its first day out of the count and gives it back with its last: no day is lost or counted twice. Days are
Shanghai days, deadlines fall at their end; hours run through nights and days off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, tzinfo

from engine.model.clock import HOURS, LATE, LEVELS, NATURAL, NORMAL, REMIND, WARN, Pause, Running, Span
from engine.model.days import Counter, Each, Workdays, day_of, iso_day
from engine.model.matter import Duration, Limits

_EACH = Each()
_Pieces = list[tuple[int, int | None]]  # stretches (from, to] that count; the last may be open
_HOUR = 3600


def reading(span: Span, workdays: Counter, now: datetime) -> Running:
    """What the clock of a span shows at `now`, or showed when it ended."""
    if span.until:
        return _fixed(span, workdays, now)
    line = _Line(span, workdays, now)
    due, elapsed = line.due(line.length), line.elapsed(line.at)
    late = due is not None and line.at > due
    stood = _standing(span) if due is None and not span.ended else None
    share = 100 * elapsed // line.length if line.length else 100
    level = LATE if late else _level(elapsed, line.length, span.warn)
    scale = _HOUR if span.unit == HOURS else 1
    remaining = _whole(line.length - elapsed, scale)
    red = late or _red(span, elapsed, remaining)
    return Running(
        key=span.key, title=span.title, unit=span.unit, length=span.length, started=span.start,
        elapsed=elapsed // scale, remaining=remaining, due="" if due is None else line.text(due), share=share,
        level=_at_least(level, red), red=red, stopped_since=stood.start if stood else "",
        why=stood.why if stood else "", notice=stood.notice if stood else "", ended=span.ended, follows=span.follows,
    )  # fmt: skip


def readings(spans: Iterable[Span], workdays: Counter, now: datetime) -> tuple[Running, ...]:
    """What all clocks show at `now`."""
    return tuple(reading(span, workdays, now) for span in spans)


def next_level(span: Span, workdays: Counter, now: datetime) -> str:
    """The ISO instant after `now` at which the clock reaches its next level or turns red; "" when it stands, has ended
    or has no further level."""
    if span.ended:
        return ""
    if span.until:
        return _next_fixed(span, workdays, now)
    line = _Line(span, workdays, now)
    marks = [-(-share * line.length // 100) for share in span.warn]
    marks += [span.red_at] if span.red_at is not None else []
    marks += [line.length - span.red_left] if span.red_left is not None else []
    places = [line.due(mark) for mark in marks if mark > 0]
    due = line.due(line.length)
    places.append(due + 1 if due is not None else None)
    coming = [place for place in places if place is not None and place > line.at]
    return line.begins(min(coming)) if coming else ""


def due_of(limit: Duration, start: datetime, calendar: Mapping[str, str]) -> str:
    """When a limit ends that starts at `start` and that nothing stops: an ISO day, or for one in hours an ISO instant;
    "" where the law names none."""
    if limit.days is None:
        return ""
    span = Span("", "", limit.unit, limit.days, start.isoformat(timespec="seconds"))
    return reading(span, Workdays(calendar), start).due


class _Line:
    """A span laid on the line of its unit: ordinals of days, or seconds."""

    def __init__(self, span: Span, workdays: Counter, now: datetime) -> None:
        self.hours = span.unit == HOURS
        self._zone = now.tzinfo
        self._count = _EACH if self.hours or span.unit == NATURAL else workdays
        self.length = span.length * (_HOUR if self.hours else 1)
        self.start = self._place(span.start)
        ended = span.ended or now.isoformat()
        self.at = max(self.start, self._place(ended))
        self._pieces = _pieces(self.start, [self._pause(one) for one in span.pauses])

    def elapsed(self, until: int) -> int:
        """Units that count after the start up to a place."""
        total = 0
        for begin, end in self._pieces:
            last = until if end is None else min(end, until)
            if last > begin:
                total += self._count.upto(last) - self._count.upto(begin)
        return total

    def due(self, need: int) -> int | None:
        """The place at which so many units have passed; None while the clock stands before that."""
        if need <= 0:
            return self.start
        for begin, end in self._pieces:
            first = self._count.upto(begin)
            if end is None or self._count.upto(end) - first >= need:
                return self._count.nth(first + need, begin)
            need -= self._count.upto(end) - first
        return None

    def text(self, place: int) -> str:
        """A place as a limit is written: a day, or an instant."""
        if self.hours:
            return datetime.fromtimestamp(place, self._zone).isoformat(timespec="seconds")
        return iso_day(place)

    def begins(self, place: int) -> str:
        """The instant a place begins."""
        return self.text(place) if self.hours else _begins(place, self._zone)

    def _place(self, instant: str) -> int:
        if not self.hours:
            return day_of(instant)
        when = datetime.fromisoformat(instant)
        return int((when if when.tzinfo else when.replace(tzinfo=self._zone)).timestamp())

    def _pause(self, pause: Pause) -> tuple[int, int | None]:
        """A pause as the stretch (from, to] that does not count."""
        back = 0 if self.hours else 1
        end = self._place(pause.end) - back if pause.end else None
        return self._place(pause.start) - back, end


def _pieces(start: int, pauses: list[tuple[int, int | None]]) -> _Pieces:
    """What is left of the line after `start` when the pauses are taken out."""
    pieces: _Pieces = []
    at = start
    for begin, end in sorted(pauses, key=lambda one: one[0]):
        if end is not None and end <= max(at, begin):
            continue
        if begin > at:
            pieces.append((at, begin))
        if end is None:
            return pieces
        at = max(at, end)
    return [*pieces, (at, None)]


def _fixed(span: Span, workdays: Counter, now: datetime) -> Running:
    """A clock towards a day that nothing moves, counted in working days."""
    start, last = day_of(span.start), day_of(span.until)
    at = max(start, day_of(span.ended or now.isoformat()))
    length = max(workdays.upto(last) - workdays.upto(start), 0)
    elapsed = workdays.upto(at) - workdays.upto(start)
    remaining, late = workdays.upto(last) - workdays.upto(at), at > last
    red = late or _red(span, elapsed, remaining)
    level = LATE if late else _at_least(_level(elapsed, length, span.warn), red)
    return Running(
        key=span.key, title=span.title, unit=span.unit, length=length, started=span.start, elapsed=elapsed,
        remaining=remaining, due=span.until, share=100 * elapsed // length if length else 100,
        level=level, red=red, ended=span.ended, follows=span.follows,
    )  # fmt: skip


def _next_fixed(span: Span, workdays: Counter, now: datetime) -> str:
    start, last, at = day_of(span.start), day_of(span.until), day_of(now.isoformat())
    first = workdays.upto(start)
    length = max(workdays.upto(last) - first, 0)
    marks = [-(-share * length // 100) for share in span.warn]
    marks += [length - span.red_left] if span.red_left is not None else []
    places = [workdays.nth(first + mark, start) for mark in marks if mark > 0]
    coming = [place for place in (*places, last + 1) if place > max(at, start)]
    return _begins(min(coming), now.tzinfo) if coming else ""


def _begins(place: int, zone: tzinfo | None) -> str:
    return datetime.combine(date.fromordinal(place), time(0), zone).isoformat(timespec="seconds")


def _standing(span: Span) -> Pause | None:
    return next((one for one in span.pauses if not one.end), None)


def _level(elapsed: int, length: int, warn: tuple[int, int]) -> str:
    if not length or 100 * elapsed >= warn[1] * length:
        return WARN
    return REMIND if 100 * elapsed >= warn[0] * length else NORMAL


def _red(span: Span, elapsed: int, remaining: int) -> bool:
    if span.red_at is not None and elapsed >= span.red_at:
        return True
    return span.red_left is not None and remaining <= span.red_left


def _at_least(level: str, red: bool) -> str:
    """What is red is at least 预警."""
    return WARN if red and level in (NORMAL, REMIND) else level


def _whole(units: int, scale: int) -> int:
    """Full units, towards zero."""
    return units // scale if units >= 0 else -(-units // scale)


def rank(level: str) -> int:
    """The place of a level; higher is worse."""
    return LEVELS.index(level)


def promised_day(limits: Limits, way: str, start: date, calendar: Mapping[str, str]) -> str:
    """The ISO day promised for 秒批 or 转人工; "" where nothing is promised."""
    return due_of(Duration(limits.promised.get(way)), datetime.combine(start, time(0)), calendar)


def supplement_tell_day(limits: Limits, received: date, calendar: Mapping[str, str]) -> str:
    """Until when the one request for supplement may be made (行政许可法第三十二条)."""
    return due_of(Duration(limits.tell), datetime.combine(received, time(0)), calendar)


def supplement_answer_day(limits: Limits, asked: date) -> str:
    """Until when the applicant may answer it, in natural days from the request."""
    return due_of(Duration(limits.answer, NATURAL), datetime.combine(asked, time(0)), {})


def end_of(day: str, now: datetime) -> str:
    """The last second of an ISO day in the zone of `now`, as an ISO instant; an instant as it is."""
    if "T" in day:
        return day
    return datetime.combine(date.fromisoformat(day), time(23, 59, 59), now.tzinfo).isoformat()
