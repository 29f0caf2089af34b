"""What comes after a decision: 复议, 诉讼, 投诉 with their deadlines, and findings of false materials 虚假材料."""

from __future__ import annotations

import msgspec

from engine.model.people import Actor

RECONSIDERATION, LAWSUIT, COMPLAINT = "行政复议", "行政诉讼", "投诉"
REMANDED = ("撤销并责令重作", "责令履行", "判决撤销并重作", "判决履行")  # the decision is to be made again


class Proceeding(msgspec.Struct, frozen=True):
    """A kind of dispute: within how many days (工作日 | 自然日) of receipt the office answers, on what basis, and how
    it may end."""

    days: int
    unit: str
    basis: str
    outcomes: tuple[str, ...]


PROCEEDINGS = {
    RECONSIDERATION: Proceeding(
        10, "工作日", "《行政复议法》第四十八条、第八十八条",
        ("维持", "变更", "撤销", "撤销并责令重作", "确认违法", "责令履行", "驳回", "终止"),
    ),
    LAWSUIT: Proceeding(
        15, "自然日", "《行政诉讼法》第六十七条",
        ("驳回诉讼请求", "判决撤销", "判决撤销并重作", "判决变更", "判决履行", "确认违法", "确认无效", "撤诉",
         "驳回起诉"),
    ),
    COMPLAINT: Proceeding(15, "工作日", "办理期限待业务确认", ("属实", "部分属实", "不属实", "已撤回")),
}  # fmt: skip


class Dispute(msgspec.Struct, frozen=True, omit_defaults=True):
    """One dispute about a case. `number` is that of the other body; `due` the last ISO day to answer; `stay_since` the
    day since which the decision is not carried out, by `stay_basis`."""

    id: str
    kind: str
    number: str
    party: str
    claim: str
    received_on: str
    due: str
    opened_by: Actor
    stay_since: str = ""
    stay_basis: str = ""
    answered_on: str = ""
    answer: str = ""
    outcome: str = ""
    outcome_number: str = ""
    closed_on: str = ""
    overdue: bool = False


class Falsehood(msgspec.Struct, frozen=True, omit_defaults=True):
    """False materials: what was found on which evidence (file ids of the case, and words), who reported it, and what
    was decided. `years` of the ban: 0 none, 1 before the grant, 3 after it."""

    id: str
    facts: str
    evidence: str
    reported_by: Actor
    reported_at: str
    statement: str = ""
    found: bool | None = None
    years: int = 0
    until: str = ""
    reason: str = ""
    decided_by: Actor | None = None
    decided_at: str = ""


class OpenDispute(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Register a dispute that reached the office on an ISO day."""

    kind: str
    number: str
    party: str
    claim: str
    received_on: str


class AnswerDispute(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The office has answered."""

    dispute: str
    answer: str


class StayDecision(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """停止执行, or (`on` false) its end, with the basis."""

    dispute: str
    on: bool
    basis: str


class CloseDispute(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The dispute ended with an outcome, by the document of a number."""

    dispute: str
    outcome: str
    number: str


class Reopen(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """重新办理: the decision was annulled and is to be made again; the case goes back to the step after acceptance."""

    dispute: str
    reason: str


class ReportFalsehood(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Propose a finding of false materials."""

    facts: str
    evidence: str


class DecideFalsehood(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Decide a finding, by somebody else: `statement` is what the applicant said to it; `ban` bars from applying."""

    falsehood: str
    found: bool
    ban: bool
    statement: str
    reason: str


AfterCommand = (
    OpenDispute | AnswerDispute | StayDecision | CloseDispute | Reopen | ReportFalsehood | DecideFalsehood
)


class DisputeMoved(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """A dispute was registered or came into another state (待答复 | 已答复 | 已结)."""

    dispute: str
    kind: str
    number: str
    state: str
    due: str
    stayed: bool


class Banned(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The subject may not apply in the line until an ISO day."""

    line: str
    ground: str
    since: str
    until: str
