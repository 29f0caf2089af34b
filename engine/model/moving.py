"""What people do with a case beside its steps: handing over, further opinions, recusal, correction, service."""

from __future__ import annotations

import msgspec

from engine.model.people import Actor

HAND_OVER, ASSIGN, DEPUTY, GIVE_BACK, SENT_BACK = "转办", "委派", "代理", "退还", "退回"
AWAITED, AGREED, DISAGREED, DROPPED = "待表态", "同意", "不同意", "已撤销"
ASKED, APPROVED, REJECTED = "待决定", "已批准", "未批准"
ALL_SIGN, FIRST_SIGNS = "会签", "或签"  # words of a route step
LETTER, CERTIFICATE = "文书", "证照"  # what is corrected
PERSONAL, LEFT, POST, ELECTRONIC, ANNOUNCED, ENTRUSTED = (
    "直接送达", "留置送达", "邮寄送达", "电子送达", "公告送达", "委托送达",
)  # fmt: skip
WAYS = (PERSONAL, LEFT, POST, ELECTRONIC, ANNOUNCED, ENTRUSTED)
# 待业务确认：终止办理的情形，事项可以用 terminations: 另写。
GROUNDS = (
    "申请人死亡或者终止", "许可事项所依据的法律、法规、规章废止", "因不可抗力致使许可事项无法实施",
    "申请的事项已不再需要行政许可", "法律、法规、规章规定的其他情形",
)  # fmt: skip


class Person(msgspec.Struct, frozen=True, omit_defaults=True):
    """A member of staff whom a command names, with the roles and the district they had then."""

    id: str
    name: str
    roles: tuple[str, ...] = ()
    district: str = ""


class Handing(msgspec.Struct, frozen=True, omit_defaults=True):
    """A task that changed hands: `way` 转办 | 委派 | 代理 | 退还 | 退回; `to` is None for back to the group."""

    task: str
    way: str
    by: Actor
    to: Person | None
    reason: str
    at: str


class Cosign(msgspec.Struct, frozen=True, omit_defaults=True):
    """加签: a further opinion asked at a step. `task` is its own task, `of` that of the step; `to` a person, or
    anybody of `role`. `state`: 待表态 | 同意 | 不同意 | 已撤销; `words` are the opinion, or why it was dropped."""

    task: str
    of: str
    role: str
    question: str
    asked: Actor
    asked_at: str
    to: Person | None = None
    state: str = AWAITED
    by: Actor | None = None
    words: str = ""
    at: str = ""


class Stand(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one of those who sign a step together says: for which role, whether they agree, and why."""

    role: str
    agrees: bool
    opinion: str
    by: Actor
    at: str


class Recusal(msgspec.Struct, frozen=True, omit_defaults=True):
    """回避: `person` is to keep away from the case. `state`: 待决定 | 已批准 | 未批准."""

    id: str
    person: Person
    reason: str
    asked: Actor
    at: str
    state: str = ASKED
    by: Actor | None = None
    opinion: str = ""
    decided_at: str = ""


class Correction(msgspec.Struct, frozen=True, omit_defaults=True):
    """更正 of a slip of the pen. `what` 文书 | 证照, `target` the kind of letter or the id of the certificate, `line`
    the line of its face. `version` counts the corrections of the target from 1."""

    what: str
    target: str
    title: str
    version: int
    was: str
    now: str
    reason: str
    by: Actor
    at: str
    line: str = ""


class Served(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that is served: a letter by its kind, or a certificate by its id; with title and number."""

    key: str
    title: str
    number: str = ""


class Service(msgspec.Struct, frozen=True, omit_defaults=True):
    """送达回证: what was served on whom, how, where and when (ISO day), who took it, or a refusal with its witness."""

    id: str
    items: tuple[Served, ...]
    to: str
    how: str
    day: str
    place: str
    recorded: Actor
    recorded_at: str
    taker: str = ""
    refused: str = ""
    witness: str = ""
    note: str = ""


class Termination(msgspec.Struct, frozen=True, omit_defaults=True):
    """终止 of a case that is not decided: its ground, reason and basis."""

    ground: str
    reason: str
    basis: tuple[str, ...]
    by: Actor
    at: str


class Reminder(msgspec.Struct, frozen=True, omit_defaults=True):
    """催办: who reminded whoever holds the task, and when."""

    task: str
    by: Actor
    at: str


class LastAct(msgspec.Struct, frozen=True, omit_defaults=True):
    """The last thing a member of staff did. `why_not` says why it may not be taken back, "" when it may.

    `way`: sign | finish | send_back | hand | stand (of a further opinion). `task` is the one it was done at, `opened`
    the one that came of it; `result`, `opinion` and `steps` are what the step and the case had before.
    """

    by: str
    name: str
    title: str
    at: str
    why_not: str = ""
    way: str = ""
    task: str = ""
    opened: str = ""
    result: str = ""
    opinion: str = ""
    steps: int = 0


class Moves(msgspec.Struct, frozen=True, omit_defaults=True):
    """All of it, as a case keeps it. `quiet` counts the commits at its end that change nothing one acts on: whoever
    had the case open before them may still act."""

    handings: tuple[Handing, ...] = ()
    cosigns: tuple[Cosign, ...] = ()
    recusals: tuple[Recusal, ...] = ()
    corrections: tuple[Correction, ...] = ()
    services: tuple[Service, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    termination: Termination | None = None
    last: LastAct | None = None
    quiet: int = 0


NO_MOVES = Moves()
