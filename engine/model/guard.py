"""The guard over instant approval: its limits, what the counters say, and what a grant rested on."""

from __future__ import annotations

import msgspec


class Guard(msgspec.Struct, frozen=True, omit_defaults=True):
    """When instant approval of a matter stops by itself until a person arms it again.

    `hourly` instant approvals within a clock hour; `rise` percentage points by which the share of instant approvals
    of the last 7 days lies above that of the 28 days before; `unknown` per cent of the filings of the last 24 hours
    that lacked a fact; `least` filings that a window needs before it is judged at all.
    """

    hourly: int | None = None
    rise: int = 15
    unknown: int = 50
    least: int = 50


class Tally(msgspec.Struct, frozen=True):
    """Filings of a window: all, those granted at once, and those in which a source did not answer."""

    filed: int = 0
    instant: int = 0
    unknown: int = 0


class Freeze(msgspec.Struct, frozen=True):
    """A basis that carries no instant approval any more. `kind`: row | check | version | parameter | source.

    `key` is the id of the row, check, parameter or source, or the version's hash; `matter` "" means every matter.
    """

    id: str
    kind: str
    matter: str
    key: str
    reason: str


class Reading(msgspec.Struct, frozen=True):
    """What the counters said to one filing. `epoch` grows with every arming: earlier figures count no more.

    `tripped` says why the guard is tripped, "" while armed. `revision` changes with every trip, arming and freeze.
    `hour` is the clock hour, `day` the last 24 hours, `recent` the last 7 days, `past` the 28 days before them.
    """

    epoch: int = 1
    tripped: str = ""
    revision: int = 0
    hour: Tally = Tally()
    day: Tally = Tally()
    recent: Tally = Tally()
    past: Tally = Tally()
    freezes: tuple[Freeze, ...] = ()


class Trip(msgspec.Struct, frozen=True):
    """Why the guard trips: `cause` 每小时上限 | 准予比例突升 | 事实缺失过多, and the numbers in words."""

    cause: str
    words: str


class Basis(msgspec.Struct, frozen=True):
    """One thing a grant rested on. `kind` and `key` as in `Freeze`; `detail` how it came out (命中 通过 未取到 …).

    `at` is when the source was asked, else "".
    """

    kind: str
    key: str
    detail: str = ""
    at: str = ""
