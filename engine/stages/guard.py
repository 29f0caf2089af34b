"""Whether the guard trips: counters in, cause and numbers out. Pure.

A rise of the approval share is judged by Fisher's exact test, one-sided: given the totals of both windows, how likely
is it that so many of the instant approvals fall into the recent one. It is exact for small numbers, where a normal
approximation is not. Because every instant approval asks again, the level is strict, and a rise must also be large
enough to matter.
"""

from __future__ import annotations

from math import exp, lgamma

from engine.model.guard import Guard, Reading, Tally, Trip

LEVEL = 0.0001
HOURLY, RISE, UNKNOWN = "每小时上限", "准予比例突升", "事实缺失过多"
_NEGLIGIBLE = 1e-12


def trip(guard: Guard, reading: Reading) -> Trip | None:
    """Why instant approval stops before the next one, or None."""
    return _hourly(guard, reading.hour) or _unknown(guard, reading.day) or _risen(guard, reading.recent, reading.past)


def chance(recent: Tally, past: Tally) -> float:
    """The one-sided p-value of Fisher's exact test that the recent share is no higher than the past one."""
    total, granted, drawn = recent.filed + past.filed, recent.instant + past.instant, recent.filed
    most = min(granted, drawn)
    if recent.instant <= max(0, drawn - (total - granted)):
        return 1.0
    term = exp(
        _choices(granted, recent.instant) + _choices(total - granted, drawn - recent.instant) - _choices(total, drawn)
    )
    tail = term
    for count in range(recent.instant, most):
        term *= (granted - count) * (drawn - count) / ((count + 1) * (total - granted - drawn + count + 1))
        tail += term
        if term < tail * _NEGLIGIBLE:
            break
    return min(tail, 1.0)


def _choices(of: int, take: int) -> float:
    return lgamma(of + 1) - lgamma(take + 1) - lgamma(of - take + 1)


def _hourly(guard: Guard, hour: Tally) -> Trip | None:
    if guard.hourly is None or hour.instant < guard.hourly:
        return None
    return Trip(HOURLY, f"本小时已秒批 {hour.instant} 件，达到每小时上限 {guard.hourly} 件。")


def _unknown(guard: Guard, day: Tally) -> Trip | None:
    if day.filed < guard.least or day.unknown * 100 <= guard.unknown * day.filed:
        return None
    words = f"近 24 小时收件 {day.filed} 件，其中 {day.unknown} 件有事实未取到，占 {_share(day.unknown, day.filed)}"
    return Trip(UNKNOWN, f"{words}，超过 {guard.unknown}%。")


def _risen(guard: Guard, recent: Tally, past: Tally) -> Trip | None:
    if min(recent.filed, past.filed) < guard.least:
        return None
    # instant/filed − instant/filed ≥ rise/100, in whole numbers
    difference = recent.instant * past.filed - past.instant * recent.filed
    if difference * 100 < guard.rise * recent.filed * past.filed or chance(recent, past) >= LEVEL:
        return None
    now, before = _share(recent.instant, recent.filed), _share(past.instant, past.filed)
    return Trip(
        RISE,
        f"近 7 天收件 {recent.filed} 件，秒批 {recent.instant} 件，占 {now}；此前 28 天收件 {past.filed} 件，"
        f"秒批 {past.instant} 件，占 {before}。升幅达到 {guard.rise} 个百分点，且不能以偶然解释"
        f"（费希尔精确检验，p < {LEVEL}）。",
    )


def _share(part: int, whole: int) -> str:
    return f"{part * 100 / whole:.1f}%"
