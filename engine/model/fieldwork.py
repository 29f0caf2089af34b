"""Work in the field and with experts: planned visits 现场核查 with what they bring back, and panels 专家评审."""

from __future__ import annotations

import msgspec

from engine.model.people import Actor
from engine.model.values import Answers

HALVES = ("上午", "下午")
SIGNED, DECLINED = "签字", "拒绝签字"  # what the inspected does with the record
INVITED, ACCEPTED, RECUSED, GIVEN = "已邀请", "已接受", "已回避", "已评审"  # where an expert stands
FOR, AGAINST = "同意", "不同意"  # an expert's vote
PASSED, FAILED = "通过", "不通过"  # the results of a panel


class Inspector(msgspec.Struct, frozen=True):
    """Somebody sent to a visit, with the number of the inspector certificate 执法证号."""

    id: str
    name: str
    number: str


class Photo(msgspec.Struct, frozen=True, omit_defaults=True):
    """A picture of a visit, kept as an upload: `taken_at` an ISO instant as the phone told it, `place` in words or as
    "latitude,longitude" ("" where it was not told), `key` the idempotency key under which it came."""

    id: str
    name: str
    media: str
    size: int
    digest: str
    taken_at: str
    by: str
    key: str
    place: str = ""


class Attest(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the inspected did with the record: signed it (`name`, `picture` of the signature) or declined to, with the
    reason and the witness 见证人 who saw it."""

    kind: str
    name: str
    at: str
    picture: Photo | None = None
    reason: str = ""
    witness: str = ""


class Visit(msgspec.Struct, frozen=True, omit_defaults=True):
    """A planned site inspection of the step task `task`: when (ISO `day`, `half` 上午|下午), where, whom to ask for.

    `result` and `opinion` are what the inspectors noted on the spot; they become binding when the step is signed.
    `sent` are the idempotency keys of the reports taken so far; `reported_by` sent the last one.
    """

    task: str
    step: str
    day: str
    half: str
    place: str
    contact: str
    phone: str
    inspectors: tuple[Inspector, ...]
    planned_by: Actor
    planned_at: str
    photos: tuple[Photo, ...] = ()
    result: str = ""
    opinion: str = ""
    attest: Attest | None = None
    sent: tuple[str, ...] = ()
    reported_by: Actor | None = None
    reported_at: str = ""


class Expert(msgspec.Struct, frozen=True, omit_defaults=True):
    """A member of a panel: `state` 已邀请 | 已接受 | 已回避 (with `reason`) | 已评审 (with all that follows)."""

    id: str
    name: str
    invited_at: str
    state: str = INVITED
    answered_at: str = ""
    reason: str = ""
    vote: str = ""
    opinion: str = ""
    answers: Answers = {}


class Panel(msgspec.Struct, frozen=True, omit_defaults=True):
    """The experts of the step task `task`; `due` is the last ISO day for their opinions."""

    task: str
    step: str
    due: str
    invited_by: Actor
    experts: tuple[Expert, ...]
