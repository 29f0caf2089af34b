"""Drafts, their pre-check, and their files."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from spectree.model_adapter.pydantic_adapter import BaseFile

from portal.api.shape import Shown, Taken
from portal.api.shapes_certificates import CertificateShape

Id = Field(min_length=1, max_length=64)
AnswersField = Field(description="答案：以字段 id 为键；未填的不出现")


class SubjectShape(Shown):
    """The person or organisation an application is about."""

    kind: str
    code: str
    name: str


class DraftStart(Taken):
    """What a draft is started with."""

    matter: str = Field(min_length=1, max_length=100, description="事项 id")
    acts_on: str = Field(default="", max_length=64, description="所办证照的 id；新办为空")


class DraftMove(Taken):
    """Where a draft is moved to."""

    to: str = Field(min_length=1, max_length=100, description="事项 id，见预审意见的 to")


class DraftAnswers(Taken):
    """All answers of a draft; those stored before are replaced."""

    answers: dict[str, Any] = AnswersField
    revision: int | None = Field(
        default=None, ge=0, le=2**53, description="您看到的修订号；与当前不同则拒绝（A013），不填则直接覆盖"
    )


class PrecheckAsk(Taken):
    """What is judged: the stored answers, or those given here, which are not stored."""

    answers: dict[str, Any] | None = Field(default=None, description="替代已保存的答案；不会保存")
    complete: bool = Field(default=False, description="true：未填按空白判断，与提交时相同")


class VerificationAsk(Taken):
    """The consent to ask a source about someone."""

    fact: str = Field(min_length=1, max_length=100, description="事实的 key，见事项的 facts")
    consent: bool = Field(description="被核验人已经同意；必须为 true")


class FileForm(Taken):
    """A file."""

    file: BaseFile = Field(description="文件内容")


class UploadShape(Shown):
    """A file handed in; `digest` is the SM3 of its content."""

    id: str
    name: str
    media: str
    size: int
    digest: str
    pages: int = 0


class DraftShape(Shown):
    """A draft as stored."""

    id: str
    matter: str
    matter_hash: str
    subject: SubjectShape
    acts_on: str
    answers: dict[str, Any] = AnswersField
    uploads: dict[str, list[UploadShape]] = Field(description="以材料 id 为键")
    revision: int
    created_at: str
    updated_at: str
    consents: list[str] = []
    case: str = Field(default="", description="已提交成的办件 id")


class DraftLineShape(Shown):
    """A draft in a list."""

    id: str
    matter: str
    matter_title: str
    about: str
    updated_at: str


class DraftList(Shown):
    """The open drafts of the subject."""

    items: list[DraftLineShape]


class TraceShape(Shown):
    """One node of an evaluated rule."""

    text: str
    result: str
    actual: str = ""
    required: str = ""
    gap: str = ""
    why: str = ""
    parts: list[TraceShape] = []


class FindingShape(Shown):
    """The result of one check: passed | failed | unknown | not_applicable | pending."""

    check: str
    title: str
    result: str
    action: str = ""
    message: str = ""
    mend: str = ""
    basis: str = ""
    to: str = Field(default="", description="改办的事项 id")
    fields: list[str] = []
    trace: TraceShape | None = None


class AssessmentShape(Shown):
    """What the rules say of the application."""

    outcome: str = Field(description="秒批、转人工、当场更正、改办、建议不予受理、待定")
    by: str
    reason: str
    findings: list[FindingShape]
    barred: list[str] = Field(default=[], description="为什么不能当场准予")
    law_day: str = ""
    waived: dict[str, str] = Field(default={}, description="免交的材料和免交方式")
    demanded: list[str] = Field(default=[], description="应当提交的材料")
    missing: list[str] = Field(default=[], description="应当提交而没有的材料")


class MaterialStateShape(Shown):
    """A material and how it stands."""

    id: str
    title: str
    need: str
    demanded: bool
    waived_by: str
    waived_why: str
    uploads: list[UploadShape]
    accept: list[str]
    max_mb: int
    max_files: int
    help: str = ""
    basis: str = ""


class FactStateShape(Shown):
    """A fact and how it stands."""

    key: str
    title: str
    source: str
    state: str = Field(description="已取到、未取到、不适用、待核验、待填、无记录")
    since: str = ""
    reason: str = ""
    consent_needed: bool = False


class PrecheckShape(Shown):
    """The application as it stands, judged."""

    draft: DraftShape
    visible: dict[str, bool] = Field(description="哪些字段和分组应当出现")
    errors: dict[str, str] = Field(description="已填内容的错误，以字段路径为键")
    missing: list[str] = Field(description="还没有填的必填项")
    assessment: AssessmentShape
    materials: list[MaterialStateShape]
    facts: list[FactStateShape]
    locked: dict[str, str] = {}
    original: CertificateShape | None = None
    ready: bool = Field(description="可以提交")
    instant: bool = Field(description="提交即可当场准予")


class ChoiceShape(Shown):
    """A certificate a matter may act on, or why it may not."""

    certificate: CertificateShape
    usable: bool
    why: str = ""


class ChoiceList(Shown):
    """The subject's certificates of the type the matter acts on."""

    items: list[ChoiceShape]
