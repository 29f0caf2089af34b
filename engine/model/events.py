"""Events: what happened to a case. They are its history, and all the shell projects into tables.

An event with `public` words is shown to the applicant as they stand. The shell writes, in the one commit:
every event to the history; tasks from TaskOpened/TaskClosed; reservations from Reserved/Released; the
certificate register from Certificate*; outbox rows from Notified, CertificateOrdered; due jobs from DueSet/DueCleared.
"""

from __future__ import annotations

from typing import Union

import msgspec

from engine.model.certificate import Annex, CertificateStatus, Note, Photo
from engine.model.disputes import Banned, DisputeMoved
from engine.model.guard import Basis
from engine.model.matter import Numbering
from engine.model.move_events import Copied, PersonBarred, Reminded, TaskHanded
from engine.model.papers import BlankTaken, PaperMoved


class Happened(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """A milestone. `kind`: 收件 立案 预审 受理 不予受理 补正告知 补正提交 环节 陈述申辩 异议 决定 制证 发证 签收 撤回
    终止 证照作废 后续报告 制发证 争议 重新办理 虚假材料 中止计时 恢复计时 延长期限 听证
    催办 撤回办理 更正 送达.

    `words` are for the applicant, `detail` for staff.
    """

    kind: str
    words: str
    detail: str = ""


class TaskOpened(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """A task for staff with `role` in the case's district: `task` is unique in the case (step id and round).

    `held` keeps it from every list until the recall it belongs to is confirmed. `district` is that of the office whose
    people do it, "" for the case's own.
    """

    task: str
    step: str
    title: str
    role: str
    due: str
    people: int = 1
    barred: tuple[str, ...] = ()
    held: bool = False
    district: str = ""


class TaskClosed(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The task is done or no longer needed."""

    task: str
    reason: str = ""


class TaskMoved(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The due day of an open task has changed; "" while the clocks stand."""

    task: str
    due: str


class ClockReached(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """A clock of the case (its `key`) has reached a level: 提醒 | 预警 | 逾期. `due` is when its limit ends."""

    clock: str
    title: str
    level: str
    due: str


class Reserved(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The case holds a `unique:` key; the commit fails with A009 when another holds it."""

    key: str


class Released(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The case no longer holds the key."""

    key: str


class CertificateLocked(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The case acts on the certificate; compare-and-set on `version`; C003 when another case holds the lock."""

    certificate: str
    version: int


class CertificateUnlocked(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The lock is given back."""

    certificate: str


class CertificateOrdered(msgspec.Struct, frozen=True, omit_defaults=True, tag=True, tag_field="is"):
    """A certificate version to be registered, numbered, rendered and sealed.

    `previous` is the certificate acted on ("" for 新发): the same register entry gets its next version.
    `numbering.kept` keeps the number; else the shell draws it. `names` fill the number's template
    except 序号; `restart_key` is the counter's key. `face` may hold "{编号}" where the number goes.
    """

    certificate: str
    previous: str
    previous_version: int
    action: str
    type: str
    title: str
    holder_code: str
    holder_name: str
    authority: str
    authority_name: str
    district: str
    issued_on: str
    valid_from: str
    valid_to: str
    face: dict[str, str]
    item: dict[str, object]
    layout: str
    seal: str
    numbering: Numbering
    names: dict[str, str]
    restart_key: str
    photo: Photo | None = None
    labels: dict[str, str] = {}
    annexes: tuple[Annex, ...] = ()
    duplicate: bool = False
    duplicate_annexes: tuple[Annex, ...] = ()
    notes: tuple[Note, ...] = ()


class CertificateChanged(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The certificate's status changes (有效 after sealing, 注销, 撤销, 作废); unlocks it."""

    certificate: str
    status: CertificateStatus
    reason: str
    reservations_released: bool = False


class Notified(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """A push to a peer: `event` (收件 受理 进展 决定 发证) and the message body, without sensitive answers."""

    to: str
    event: str
    body: dict[str, object]


class DueSet(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Ask to be woken with `Lapse(what)` at `at` (ISO instant)."""

    what: str
    at: str


class DueCleared(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The reminder is no longer wanted."""

    what: str


class Noted(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """A milestone for staff only; the applicant is not shown it. `kind`: 守护 抽查 后续核查 后续措施 自我纠错
    记录表 逾期未报告 转办 委派 退还 代理 加签 抄送 回避 撤回办理 制发证 争议 虚假材料
    时限 延长期限 代岗."""

    kind: str
    words: str


class PublicityOpened(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """A page for everybody: `lines` are the titles and values that are shown, `until` the last ISO day of the period.

    `task` is the step's task id, by which the case knows the page.
    """

    task: str
    title: str
    until: str
    lines: tuple[tuple[str, str], ...]
    basis: str = ""


class PublicityClosed(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The page is over, with the step's result."""

    task: str
    result: str


class ResultPublished(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The decision is shown to everybody: whom it is about, and the lines of the certificate that may be shown."""

    subject: str
    outcome: str
    lines: tuple[tuple[str, str], ...]


class BatchDecided(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The parent of a batch is decided: every child that follows it gets the same decision."""

    granted: bool


class Granted(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """准予, with everything it rested on. `share` of the matter's instant approvals is checked afterwards; `drawn`
    says that this one is."""

    automatic: bool
    basis: tuple[Basis, ...]
    share: str = ""
    drawn: bool = False


class GuardTripped(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Instant approval of the matter stops until a person arms the guard again; `epoch` is the arming that ends."""

    epoch: int
    cause: str
    words: str


class Checked(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """A check after the decision is over: which, with what result, and what follows ("" nothing)."""

    check: str
    kind: str
    result: str
    follows: str = ""


class ReportOwed(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The holder owes a report by a day; `matter` files it."""

    report: str
    title: str
    matter: str
    due: str


class ReportSettled(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The report was filed, or is no longer owed."""

    report: str


Event = Union[
    Happened,
    Noted,
    PublicityOpened,
    PublicityClosed,
    ResultPublished,
    BatchDecided,
    Granted,
    GuardTripped,
    Checked,
    ReportOwed,
    ReportSettled,
    TaskOpened,
    TaskClosed,
    TaskMoved,
    ClockReached,
    Reserved,
    Released,
    CertificateLocked,
    CertificateUnlocked,
    CertificateOrdered,
    CertificateChanged,
    Notified,
    DueSet,
    DueCleared,
    TaskHanded,
    PersonBarred,
    Copied,
    Reminded,
    PaperMoved,
    BlankTaken,
    DisputeMoved,
    Banned,
]
