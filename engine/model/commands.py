"""Commands: everything that can be asked of a case. Each is carried by an `Actor` in the context."""

from __future__ import annotations

from typing import Union

import msgspec

from engine.model.case import Outside, Reply, SupplementItem, Upload
from engine.model.clock_commands import ClockCommand
from engine.model.confirming import Confirmation
from engine.model.counter import Counter
from engine.model.disputes import (
    AnswerDispute,
    CloseDispute,
    DecideFalsehood,
    OpenDispute,
    Reopen,
    ReportFalsehood,
    StayDecision,
)
from engine.model.field_commands import AddPhoto, AnswerInvitation, GiveOpinion, InviteExperts, PlanVisit, ReportVisit
from engine.model.moves import Move
from engine.model.papers import (
    ChangeWay,
    DropPaper,
    HandOver,
    PaperArrived,
    PaperBack,
    PrintPaper,
    SendPaper,
    SpoilPaper,
)
from engine.model.passing import PassTask
from engine.model.people import Subject
from engine.model.values import Answers


class Submit(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """File an application; `outside` says where one that is handed in by another system (转入) comes from, `parent` is
    the id of the list whose row it is.

    `acts_on` is the id of the certificate acted on; `insist` files it although the pre-check suggests 不予受理.
    """

    answers: Answers
    uploads: dict[str, tuple[Upload, ...]]
    subject: Subject
    origin: str = "网上"
    acts_on: str = ""
    insist: bool = False
    confirmations: dict[str, Confirmation] = {}
    outside: Outside | None = None
    parent: str = ""
    counter: Counter | None = None


class FileRows(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """File a list of `count` rows: the parent case; each row becomes a case of its own afterwards.

    `consented` are the titles of the sources that may be asked about the people of the list.
    """

    answers: Answers
    uploads: dict[str, tuple[Upload, ...]]
    subject: Subject
    count: int
    consented: tuple[str, ...] = ()
    origin: str = "网上"
    insist: bool = False


class EndRows(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Every row of a list has its result: `decided` were filed and decided, `unfiled` could not be filed."""

    decided: int
    unfiled: int


class Initiate(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """立案: the agency starts a case about a certificate or a subject by itself (依职权)."""

    answers: Answers
    uploads: dict[str, tuple[Upload, ...]]
    subject: Subject
    origin: str = "依职权"
    acts_on: str = ""
    insist: bool = False
    parent: str = ""


class OpenBatch(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """立案 over many certificates: the parent case; its child cases are made afterwards, one by one.

    `subject` is the office itself.
    """

    answers: Answers
    uploads: dict[str, tuple[Upload, ...]]
    subject: Subject
    origin: str = "依职权"


class StartBatch(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Every child case is there: `items` are their ids; the route of the parent begins."""

    items: tuple[str, ...]
    following: int


class Follow(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """A child case follows the decision of its parent: `granted` or come to nothing, with its reason and basis."""

    granted: bool
    parent_number: str
    reason: str
    basis: tuple[str, ...]


class TakeOut(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """逐户复核: a child case leaves its batch and goes through the route by itself."""

    reason: str


class Accept(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """受理."""

    opinion: str = ""


class Decline(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """不予受理, with reasons and basis."""

    reason: str
    basis: tuple[str, ...]


class AskSupplement(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """一次补正: tell everything that is missing, once, before acceptance."""

    items: tuple[SupplementItem, ...]


class AnswerSupplement(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The applicant answers the request for supplement; only the opened fields and materials are taken."""

    answers: Answers
    uploads: dict[str, tuple[Upload, ...]]


class FinishStep(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Finish the open route step with a result and an opinion.

    `record` are the answers of the step's record; None leaves them as they are kept. `reply` is what the body outside
    answered for which the step waits.
    """

    step: str
    result: str = ""
    opinion: str = ""
    record: Answers | None = None
    reply: Reply | None = None


class KeepRecord(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Keep the record of the open step as far as it is filled in; nothing is signed."""

    step: str
    record: Answers


class RecordStatement(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Put on record what was said within the period of the open step: `kind` 陈述申辩 | 放弃."""

    step: str
    kind: str
    by: str
    words: str = ""


class Object(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """异议: somebody who is signed in objects to what the open step shows to everybody."""

    task: str
    words: str


class Grant(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """准予许可 by a person."""

    opinion: str = ""


class Refuse(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """不予许可 by a person: reasons, basis; the remedies are added by the document."""

    reason: str
    basis: tuple[str, ...]


class Withdraw(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """撤回 by the applicant before the decision."""

    reason: str = ""


class Delivered(msgspec.Struct, frozen=True):
    """One thing that was delivered 送达: a letter or a certificate, by its title, number and the SM3 (hex) of its file.

    `letter` is the kind of letter, `certificate` the id of the certificate, `legal` the SM3 of its legal form (OFD).
    """

    title: str
    number: str
    digest: str
    letter: str = ""
    certificate: str = ""
    legal: str = ""


class SignFor(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """签收 by the applicant: what the decision left was delivered."""

    items: tuple[Delivered, ...]


class Lapse(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """A due job fell due: `what` is untold_supplement (视为受理), unanswered_supplement (终止), undecided (the legal
    limit passed without a decision), or `report:` and the id of a report that is owed."""

    what: str


class MakeAgain(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """重新制证: order the certificates again whose files could not be made."""

    opinion: str = ""


class RecordSealed(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The effects process reports a certificate version sealed and verified; digests are SM3 (hex) of PDF and OFD."""

    certificate: str
    file_digest: str
    second: bool = False
    legal_digest: str = ""


class RecordSealFailed(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The effects process gives a certificate file up: its number is voided and a person is told."""

    certificate: str
    reason: str


class RecordCheck(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Record the result of a check after the decision. `lead` is the title of the matter the result leads to."""

    check: str
    result: str
    opinion: str
    lead: str = ""


class RecordReport(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """A report the holder owes was filed, as the case with this number."""

    report: str
    number: str


class OpenRecall(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Open a self-correction of a grant within a recall; its task is held until the recall is confirmed."""

    recall: str
    reason: str


class DropRecall(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Take the self-correction of a recall back that was never confirmed."""

    recall: str


Command = Union[
    ClockCommand,
    Submit,
    FileRows,
    EndRows,
    Initiate,
    OpenBatch,
    StartBatch,
    Follow,
    TakeOut,
    RecordStatement,
    Object,
    RecordCheck,
    RecordReport,
    OpenRecall,
    DropRecall,
    Accept,
    Decline,
    AskSupplement,
    AnswerSupplement,
    FinishStep,
    KeepRecord,
    Grant,
    Refuse,
    Withdraw,
    SignFor,
    Lapse,
    MakeAgain,
    RecordSealed,
    RecordSealFailed,
    Move,
    PlanVisit,
    AddPhoto,
    ReportVisit,
    InviteExperts,
    AnswerInvitation,
    GiveOpinion,
    PassTask,
    PrintPaper,
    SpoilPaper,
    HandOver,
    SendPaper,
    PaperArrived,
    PaperBack,
    ChangeWay,
    DropPaper,
    OpenDispute,
    AnswerDispute,
    StayDecision,
    CloseDispute,
    Reopen,
    ReportFalsehood,
    DecideFalsehood,
]
