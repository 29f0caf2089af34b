"""A hearing 听证 of a case: told of, asked for, called, held (行政许可法第四十六条至第四十八条)."""

from __future__ import annotations

import msgspec

from engine.model.people import Actor

GROUND = "听证"
ASK_WITHIN, HOLD_WITHIN, CALL_BEFORE = 5, 20, 7  # working days (第四十七条、第四十八条、第八十二条)
APPLICANT, THIRD = "申请人", "利害关系人"
SIGNED, WOULD_NOT = "签字", "拒绝签字"
TOLD, ASKED, CALLED, HELD, ENDED = "已告知", "已申请", "已通知", "已举行", "已结束"


class Party(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who takes part: `role` 申请人 | 利害关系人; `signed` 签字 | 拒绝签字 under the record (with a `note`)."""

    name: str
    role: str = THIRD
    signed: str = ""
    note: str = ""


class Hearing(msgspec.Struct, frozen=True, omit_defaults=True):
    """One hearing. `own` is held by the office itself; `ask_by` and `hold_by` are last days (ISO), `at` the time of it.

    `over_at` is when the record was signed, or when it was clear that there will be none (`over_because`).
    """

    reason: str
    parties: tuple[Party, ...]
    told_at: str
    by: Actor
    own: bool = False
    ask_by: str = ""
    asked_at: str = ""
    asked_by: str = ""
    asked_words: str = ""
    hold_by: str = ""
    called_at: str = ""
    at: str = ""
    place: str = ""
    presider: str = ""
    public: bool = True
    closed_because: str = ""
    record: str = ""
    over_at: str = ""
    over_because: str = ""

    @property
    def state(self) -> str:
        """已告知 | 已申请 | 已通知 | 已举行 | 已结束."""
        if self.over_at:
            return HELD if self.record else ENDED
        if self.called_at:
            return CALLED
        return ASKED if self.asked_at else TOLD
