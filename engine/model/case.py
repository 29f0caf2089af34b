"""A case 办件 from the moment it is filed. Only `engine.pipeline.advance` makes a new one from an old one."""

from __future__ import annotations

import enum

import msgspec

from engine.model.authority import Authority
from engine.model.confirming import Confirmation
from engine.model.disputes import Dispute, Falsehood
from engine.model.facts import Fact
from engine.model.papers import Paper
from engine.model.people import Actor, Subject
from engine.model.trace import Trace
from engine.model.values import Answers


class Status(str, enum.Enum):
    """Where a case stands; the values are the field's own words."""

    RECEIVED = "已收件"
    SUPPLEMENT = "待补正"
    ACCEPTED = "已受理"
    GRANTED = "准予"
    ISSUED = "已发证"
    REFUSED = "不予许可"
    NOT_ACCEPTED = "不予受理"
    WITHDRAWN = "已撤回"
    TERMINATED = "已终止"
    OPENED = "已立案"  # 依职权
    DECIDED = "已决定"  # 依职权; of a list: every row has its result


OPEN = frozenset({Status.RECEIVED, Status.SUPPLEMENT, Status.ACCEPTED, Status.OPENED})
UNDER_WAY = (Status.ACCEPTED, Status.OPENED)  # between acceptance, or the opening of an ex-officio case, and decision


class Upload(msgspec.Struct, frozen=True, omit_defaults=True):
    """One file handed in for a material: where it is stored, and what was found about it."""

    id: str
    name: str
    media: str
    size: int
    digest: str
    pages: int = 0


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """The result of one pre-check: `result` passed | failed | unknown | not_applicable | pending.

    `action` is what follows from it (the check's on_fail; 转人工 for unknown); `message` is filled in.
    """

    check: str
    title: str
    result: str
    action: str = ""
    message: str = ""
    mend: str = ""
    basis: str = ""
    to: str = ""
    fields: tuple[str, ...] = ()
    trace: Trace | None = None


class RowResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """How one decide row came out: matched | not_matched | unknown | not_reached."""

    row: str
    result: str
    trace: Trace | None = None


class Assessment(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the rules say of one application: all findings, all rows, the outcome and by which row.

    `outcome` is 秒批 | 转人工 | 当场更正 (nothing may be filed) | 改办 | 建议不予受理 | 待定 (answers pending);
    `by` the row or check id, or "undecidable"; `barred` says in words what keeps the case from instant approval.
    `law_day` is the ISO day parameters were taken of. `waived` maps materials that need not be handed in to the
    way; `demanded` are those that must be, `missing` those of them that are not there.
    """

    outcome: str
    by: str
    reason: str
    findings: tuple[Finding, ...]
    rows: tuple[RowResult, ...]
    barred: tuple[str, ...] = ()
    suggest: str = ""
    law_day: str = ""
    waived: dict[str, str] = {}
    demanded: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class Decision(msgspec.Struct, frozen=True, omit_defaults=True):
    """The decision of a case: 准予 | 不予许可 | 不予受理, by whom, when, why and on what basis.

    Of an ex-officio case: 注销 | 撤销 | 终止办理.
    `office` made it where that is not the case's own.
    """

    outcome: str
    at: str
    by: Actor
    automatic: bool
    reason: str
    basis: tuple[str, ...] = ()
    number: str = ""
    office: Authority | None = None


class SupplementItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing to be put right: what, why, and which fields or materials are opened for it."""

    what: str
    basis: str = ""
    fields: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()


class Supplement(msgspec.Struct, frozen=True, omit_defaults=True):
    """The one request for supplement (一次补正): when asked, until when, what, and when answered."""

    asked_at: str
    due: str
    by: Actor
    items: tuple[SupplementItem, ...]
    answered_at: str = ""


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a body outside answered: the number (来文字号) and ISO date of its letter, and the letter, when kept."""

    number: str
    date: str
    upload: Upload | None = None


class StepRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """One pass through a route step: opened, finished, by whom, with which result and opinion.

    `signed` are the people who have signed so far; the step is finished when the last of its staff signs (`by`).
    `until` is the last ISO day of the period the step lets pass; a `public` step shows the case to everybody.
    `answers` are those of the step's record 记录表, kept while it is being filled in. `office` does the step where it
    is not the case's own; `outside` is the body whose reply is waited for, `reply` what it answered.
    """

    step: str
    title: str
    role: str
    opened_at: str
    due: str = ""
    finished_at: str = ""
    by: Actor | None = None
    result: str = ""
    opinion: str = ""
    round: int = 1
    signed: tuple[Actor, ...] = ()
    until: str = ""
    answers: Answers = {}
    office: Authority | None = None
    outside: str = ""
    reply: Reply | None = None
    public: bool = False


class Statement(msgspec.Struct, frozen=True, omit_defaults=True):
    """What somebody said within the period of a step: `task` the step's task id, `kind` 陈述申辩 | 放弃 | 异议.

    `by` is who said it, `recorded` the actor who put it on record.
    """

    task: str
    kind: str
    by: str
    words: str
    at: str
    recorded: Actor


class AfterCheck(msgspec.Struct, frozen=True, omit_defaults=True):
    """A check of a case after its decision. `kind`: 抽查 | 后续核查 | 后续措施 | 自我纠错.

    `results` maps a result to 结束, to "→" and the id of a matter, or to the words of a measure. `signed` are the
    people who have recorded `result` so far; it is over (`finished_at`) when the last of its `staff` does. `barred`
    are the ids of those who may not do it; `reason` says why it is asked for beyond what the kind says.
    """

    id: str
    kind: str
    title: str
    role: str
    opened_at: str
    due: str
    results: dict[str, str]
    staff: int = 1
    barred: tuple[str, ...] = ()
    signed: tuple[Actor, ...] = ()
    result: str = ""
    opinion: str = ""
    finished_at: str = ""
    reason: str = ""


class OwedReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """A report the holder owes: the matter that files it, the last day (ISO), and the case (number) it was filed as.

    `round` counts those that repeat. `overdue_at` is when people were told that it had not come.
    """

    id: str
    title: str
    matter: str
    due: str
    round: int = 1
    filed_at: str = ""
    filed_as: str = ""
    overdue_at: str = ""


def reply_files(steps: tuple[StepRecord, ...]) -> tuple[Upload, ...]:
    """The letters of outside bodies that are kept with a case."""
    return tuple(one.reply.upload for one in steps if one.reply is not None and one.reply.upload is not None)


class Outside(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a case was handed in from: the other system, its number (外部统一审批编码), a digest of what it sent."""

    system: str
    number: str
    digest: str


class Remand(msgspec.Struct, frozen=True, omit_defaults=True):
    """重新办理 after a dispute: the decision that was annulled (None: the case was terminated), when and by whom."""

    dispute: str
    decision: Decision | None
    at: str
    by: Actor


class Case(msgspec.Struct, frozen=True, omit_defaults=True):
    """A case in its final shape.

    `origin`: 网上 | 窗口 | 接口 | 依职权 | 转入; `initiator` who started it; `subjects` whom it is about;
    `parent` and `items` serve batches and ex-officio cases (child cases, target certificates).
    `version` is compared and set by every commit. `acts_on` is the id of the certificate acted on.
    `unmade` are certificates whose file was given up and waits for people. `reservations` are the keys held
    under `unique:` while the case is open or its certificate valid. `checks` are those after the decision.
    `confirmations` are those of second parties, by the id of what they confirm.
    `delivered_at` is when the applicant signed for what was delivered (签收), where the matter asks for it.
    A `confidential` case (重特事项) is kept sealed as a whole, and read only by who handles it.
    `statements` are what was said within the periods of its steps; `outside` is where a 转入 case came from.
    Instants are ISO 8601 with zone.
    """

    id: str
    number: str
    matter: str
    matter_title: str
    matter_hash: str
    origin: str
    initiator: Actor
    subjects: tuple[Subject, ...]
    authority: str
    authority_name: str
    district: str
    status: Status
    received_at: str
    answers: Answers
    uploads: dict[str, tuple[Upload, ...]] = {}
    facts: dict[str, Fact] = {}
    assessment: Assessment | None = None
    accepted_at: str = ""
    due_legal: str = ""
    due_promised: str = ""
    steps: tuple[StepRecord, ...] = ()
    supplement: Supplement | None = None
    decision: Decision | None = None
    certificates: tuple[str, ...] = ()
    unmade: tuple[str, ...] = ()
    acts_on: str = ""
    parent: str = ""
    items: tuple[str, ...] = ()
    reservations: tuple[str, ...] = ()
    closed_at: str = ""
    close_reason: str = ""
    version: int = 0
    summary: str = ""
    checks: tuple[AfterCheck, ...] = ()
    confidential: bool = False
    statements: tuple[Statement, ...] = ()
    undecided: str = ""
    deemed_at: str = ""
    confirmations: dict[str, Confirmation] = {}
    reports: tuple[OwedReport, ...] = ()
    delivered_at: str = ""
    outside: Outside | None = None
    papers: tuple[Paper, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    falsehoods: tuple[Falsehood, ...] = ()
    remands: tuple[Remand, ...] = ()
