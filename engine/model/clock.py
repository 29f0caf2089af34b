"""What moves the clocks of a case beside its milestones, and what a clock shows.

Instants are ISO 8601 with zone, days ISO days.
"""

from __future__ import annotations

import msgspec

from engine.model.people import Actor

NORMAL, REMIND, WARN, LATE = "正常", "提醒", "预警", "逾期"
LEVELS = (NORMAL, REMIND, WARN, LATE)
COLOURS = {NORMAL: "绿", REMIND: "黄", WARN: "橙", LATE: "红"}
LEGAL, PROMISED, STEP, TELL = "legal", "promised", "step", "tell"
ANSWER, DELIVER, EXPIRY = "answer", "deliver", "expiry"
WORKDAYS, NATURAL, HOURS = "工作日", "自然日", "小时"
WAKE = "clock"  # the reminder that a clock reaches its next level
_ROLES = ("窗口", "审查", "核查", "审批")
HEAD = "负责人"  # the role of the head of an office, who approves an extension
PROPOSED = "extend"  # the step id of the task that waits for that approval


class Stop(msgspec.Struct, frozen=True, omit_defaults=True):
    """中止计时: the time a procedure takes that the law does not count, by `ground`, told under the number `notice`.

    `days` are the working days it is expected to take. `resumed_at` is "" while the clocks stand. `own` says that the
    number was drawn for a letter of this system.
    """

    ground: str
    notice: str
    at: str
    days: int
    reason: str
    by: Actor
    resumed_at: str = ""
    resumed_by: Actor | None = None
    why: str = ""
    own: bool = False


class Proposal(msgspec.Struct, frozen=True, omit_defaults=True):
    """延期 that waits for the head: `refused` says in words why it was not approved."""

    days: int
    reason: str
    by: Actor
    at: str
    refused: str = ""


class Extension(msgspec.Struct, frozen=True, omit_defaults=True):
    """延期 as the head approved it: `days` in the unit of the legal limit; `proposed` is who asked for it."""

    days: int
    reason: str
    by: Actor
    at: str
    proposed: Actor | None = None


class Reached(msgspec.Struct, frozen=True, omit_defaults=True):
    """A level that a clock has reached, and when that was noticed."""

    clock: str
    level: str
    at: str


class Timing(msgspec.Struct, frozen=True, omit_defaults=True):
    """All of a case that concerns its clocks. `expires` is the last day of the certificate that is to be renewed;
    `wake` the instant of the next level."""

    stops: tuple[Stop, ...] = ()
    extension: Extension | None = None
    proposal: Proposal | None = None
    reached: tuple[Reached, ...] = ()
    expires: str = ""
    wake: str = ""


class Pause(msgspec.Struct, frozen=True):
    """Time that does not count: from the instant `start` to `end` ("" still standing), why and under which number.

    In days the day of `start` does not count any more, and the day of `end` counts again.
    """

    start: str
    end: str = ""
    why: str = ""
    notice: str = ""


class Span(msgspec.Struct, frozen=True):
    """One limit as it runs in a case: `length` in `unit` after `start`, or up to the day `until` where that is fixed.

    `ended` is when what it is for was done. `red_at` is the count from which it is red, `red_left` the remainder.
    `follows` says what happens when it passes.
    """

    key: str
    title: str
    unit: str
    length: int
    start: str
    ended: str = ""
    until: str = ""
    pauses: tuple[Pause, ...] = ()
    warn: tuple[int, int] = (70, 90)
    red_at: int | None = None
    red_left: int | None = None
    follows: str = ""


class Running(msgspec.Struct, frozen=True):
    """What a clock shows: `elapsed` and `remaining` of `length` in `unit` (negative when overdue), `due` ("" while it
    stands), `share` used in per cent, `level`, and whether it is `red`.

    `stopped_since` and `why` (with `notice`) are set while it stands; `ended` when what it is for was done.
    """

    key: str
    title: str
    unit: str
    length: int
    started: str
    elapsed: int
    remaining: int
    due: str
    share: int
    level: str
    red: bool = False
    stopped_since: str = ""
    why: str = ""
    notice: str = ""
    ended: str = ""
    follows: str = ""

    @property
    def colour(self) -> str:
        """绿 | 黄 | 橙 | 红; what was only promised is never red: the legal limit may still be kept."""
        if self.key == PROMISED and self.level == LATE:
            return COLOURS[WARN]
        return COLOURS[LATE] if self.red else COLOURS[self.level]


def standing(timing: Timing) -> Stop | None:
    """The stop that is not resumed."""
    return next((one for one in timing.stops if not one.resumed_at), None)


def approving_role(by: str) -> str:
    """The role that approves an extension: the one the matter names, or the head of the office (机关负责人)."""
    return by if by in _ROLES else HEAD
