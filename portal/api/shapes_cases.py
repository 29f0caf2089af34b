"""Cases: submission, progress, withdrawal, supplement."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from portal.api.shape import Asked, Shown, Taken
from portal.api.shapes_certificates import CertificateShape
from portal.api.shapes_drafts import AssessmentShape, SubjectShape, UploadShape


class CaseSearch(Asked):
    """Which page of the cases."""

    after: str = Field(default="", max_length=200, description="上一页给出的 next")
    limit: int = Field(default=20, ge=1, le=100, description="每页件数")


class SubmitKey(Asked):
    """The header that makes a submission safe to repeat."""

    model_config = {"extra": "ignore", "frozen": True, "populate_by_name": True}

    key: str = Field(
        alias="Idempotency-Key", min_length=8, max_length=100, pattern=r"^[A-Za-z0-9._:-]+$",
        description="每次提交一个，重试时不变",
    )  # fmt: skip


class CaseSubmit(Taken):
    """What is submitted."""

    draft: str = Field(min_length=1, max_length=64, description="草稿 id")
    insist: bool = Field(default=False, description="预审建议不予受理时仍要提交")
    secret: str = Field(default="", max_length=64, description="申请人的签名口令；事项要求申请人签名时必填")


class CaseWithdraw(Taken):
    """Why a case is withdrawn."""

    reason: str = Field(default="", max_length=500)
    secret: str = Field(default="", max_length=64, description="申请人的签名口令；事项要求撤回须签名时必填")


class CaseSignFor(Taken):
    """The applicant's signature for what was delivered."""

    secret: str = Field(max_length=64, description="申请人的签名口令")


class SupplementAnswer(Taken):
    """The answer to the one request for supplement: only what it opened may be changed."""

    answers: dict[str, Any] = Field(default={}, description="要求补正的字段")
    uploads: dict[str, list[str]] = Field(default={}, description="要求补正的材料：上传补正材料得到的 handle")


class SupplementFile(UploadShape):
    """A file handed in for a supplement; `handle` stands for it in the answer."""

    handle: str


class CaseLineShape(Shown):
    """A case in a list."""

    id: str
    number: str
    matter: str
    matter_title: str
    summary: str
    status: str
    received_at: str
    subject_name: str
    district: str
    automatic: bool
    due: str
    certificate_number: str = ""
    task: str = ""


class CaseList(Shown):
    """A page of cases, newest first; `next` "" on the last page."""

    items: list[CaseLineShape]
    next: str


class DecisionShape(Shown):
    """The decision."""

    outcome: str = Field(description="准予、不予许可、不予受理")
    at: str
    automatic: bool
    reason: str
    basis: list[str] = []
    number: str = ""


class SupplementItemShape(Shown):
    """One thing to be put right."""

    what: str
    basis: str = ""
    fields: list[str] = []
    materials: list[str] = []


class SupplementShape(Shown):
    """The one request for supplement."""

    asked_at: str
    due: str
    items: list[SupplementItemShape]
    answered_at: str = ""


class CaseShape(Shown):
    """A case as its applicant sees it."""

    id: str
    number: str
    matter: str
    matter_title: str
    matter_hash: str
    origin: str
    subjects: list[SubjectShape]
    authority: str
    authority_name: str
    district: str
    status: str = Field(description="已收件、待补正、已受理、准予、已发证、不予许可、不予受理、已撤回、已终止")
    received_at: str
    answers: dict[str, Any]
    uploads: dict[str, list[UploadShape]] = {}
    assessment: AssessmentShape | None = None
    accepted_at: str = ""
    due_legal: str = ""
    due_promised: str = ""
    supplement: SupplementShape | None = None
    decision: DecisionShape | None = None
    certificates: list[CertificateShape] = []
    sealed: bool = Field(description="证照文件都已制好")
    acts_on: str = ""
    closed_at: str = ""
    delivered_at: str = Field(default="", description="申请人签收决定和证照的时间；事项要求签收的才有")
    close_reason: str = ""
    summary: str = ""
    can: list[str] = Field(default=[], description="现在可以做：withdraw、answer_supplement、sign_for")


class MomentShape(Shown):
    """A milestone."""

    at: str
    kind: str
    words: str


class Timeline(Shown):
    """Milestones, oldest first."""

    items: list[MomentShape]
