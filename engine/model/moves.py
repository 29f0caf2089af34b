"""Commands beside those of the steps: 退回 转办 委派 加签 抄送 催办 撤回 终止 更正 回避 送达回证."""

from __future__ import annotations

from typing import Union

import msgspec

from engine.model.moving import HAND_OVER, Person, Served


class SendBack(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """退回 to an earlier step of the route; `to` is who did it, None when its group is to do it."""

    step: str
    reason: str
    to: Person | None = None


class HandOver(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """A task goes to a person: `way` 转办 (by who has it) | 委派 (by who leads) | 代理 (by the system, to a deputy)."""

    task: str
    to: Person
    reason: str
    way: str = HAND_OVER


class GiveBack(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """退还: who was given a task gives it back to the group."""

    task: str
    reason: str


class AskCosign(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """加签: ask people, or anybody of roles, for an opinion before the open step may be finished."""

    task: str
    question: str
    people: tuple[Person, ...] = ()
    roles: tuple[str, ...] = ()


class StateCosign(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The opinion that was asked for."""

    task: str
    agrees: bool
    opinion: str


class DropCosign(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """撤销加签: the opinion is no longer wanted."""

    task: str
    reason: str


class SendCopy(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """抄送 for reading only; `copies` are fresh ids, one for each person and role."""

    copies: tuple[str, ...]
    people: tuple[Person, ...] = ()
    roles: tuple[str, ...] = ()
    note: str = ""


class Remind(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """催办 whoever holds the open task."""

    task: str


class TakeBack(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """撤回 of one's own last act."""

    reason: str


class Terminate(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """终止 of a case before its decision, on a declared ground."""

    ground: str
    reason: str
    basis: tuple[str, ...]


class CorrectLetter(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """更正 of a slip of the pen in a letter (by its kind): `was` becomes `now`."""

    letter: str
    was: str
    now: str
    reason: str


class CorrectCertificate(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """更正 of a slip of the pen in a line of a certificate's face."""

    certificate: str
    line: str
    now: str
    reason: str


class AskRecusal(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """回避 is asked for, for oneself or for another."""

    person: Person
    reason: str


class DecideRecusal(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """回避 is approved or not."""

    recusal: str
    approved: bool
    opinion: str


class RecordService(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """送达回证: `how` is one of `engine.model.moving.WAYS`, `day` the ISO day; `refused` why it was not taken."""

    items: tuple[Served, ...]
    to: str
    how: str
    day: str
    place: str
    taker: str = ""
    refused: str = ""
    witness: str = ""
    note: str = ""


Move = Union[
    SendBack, HandOver, GiveBack, AskCosign, StateCosign, DropCosign, SendCopy, Remind, TakeBack, Terminate,
    CorrectLetter, CorrectCertificate, AskRecusal, DecideRecusal, RecordService,
]  # fmt: skip
