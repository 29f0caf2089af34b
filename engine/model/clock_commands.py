"""Commands that move the clocks of a case, and those of a hearing."""

from __future__ import annotations

from typing import Union

import msgspec

from engine.model.hearing import Party


class Suspend(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """中止计时 on a ground the matter lists, told under the number `notice`.

    It is expected to take `days` working days. `own` says that the number was drawn for a letter of this system.
    """

    ground: str
    notice: str
    days: int
    reason: str
    own: bool = False


class Resume(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """恢复计时: what the clocks stood for is over."""

    reason: str


class ProposeExtension(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Ask the head of the office for an extension."""

    days: int
    reason: str


class Extend(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """延期 by the head of the office, once; the applicant is told with the reason (行政许可法第四十二条)."""

    days: int
    reason: str


class RefuseExtension(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The head does not approve the extension that was asked for."""

    reason: str


class TellHearing(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Tell applicant and third parties of their right to a hearing; with `own` the office holds one by itself
    (行政许可法第四十六条, 第四十七条). `notice` numbers the stop of an own one."""

    reason: str
    parties: tuple[Party, ...]
    own: bool = False
    notice: str = ""
    drawn: bool = False


class AskHearing(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Somebody who was told asks for the hearing on the day `on` (ISO); `notice` numbers the stop that follows."""

    by: str
    on: str
    words: str = ""
    notice: str = ""
    drawn: bool = False


class CallHearing(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Time (`at`, ISO to the minute) and place of the hearing, who presides, and whether it is public."""

    at: str
    place: str
    presider: str
    public: bool = True
    closed_because: str = ""


class RecordHearing(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The record of the hearing, with who of the parties signed it or would not."""

    record: str
    parties: tuple[Party, ...]


class EndHearing(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """There will be no hearing: nobody asked in time, or who asked has taken it back."""

    reason: str


ClockCommand = Union[
    Suspend,
    Resume,
    ProposeExtension,
    Extend,
    RefuseExtension,
    TellHearing,
    AskHearing,
    CallHearing,
    RecordHearing,
    EndHearing,
]
