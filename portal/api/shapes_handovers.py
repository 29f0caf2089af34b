"""Cases handed in by other systems."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from portal.api.shape import Shown, Taken


class HandedSubject(Taken):
    """Whom a handed-in case is about."""

    kind: str = Field(pattern="^(法人|自然人)$", description="法人、自然人")
    code: str = Field(min_length=1, max_length=64, description="统一社会信用代码或身份证号")
    name: str = Field(min_length=1, max_length=200, description="名称或姓名")


class Handover(Taken):
    """A case that another system hands in."""

    number: str = Field(
        min_length=6, max_length=64, pattern=r"^[A-Za-z0-9._-]+$",
        description="外部统一审批编码：全网唯一，重发不变；同号同内容得到同一件，同号不同内容拒绝",
    )  # fmt: skip
    matter: str = Field(min_length=1, max_length=64, description="事项 id，须是转入的事项")
    subject: HandedSubject = Field(description="申请人")
    answers: dict[str, Any] = Field(default={}, description="答案，以字段 id 为键")


class HandoverStanding(Shown):
    """How a handed-in case stands."""

    outside_number: str = Field(description="转入时的外部统一审批编码")
    number: str
    matter: str
    matter_title: str
    status: str
    received_at: str
    accepted_at: str
    outcome: str = Field(description="决定的结果，空表示尚未决定")
    closed_at: str
