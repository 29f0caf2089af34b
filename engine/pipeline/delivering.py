"""签收: the applicant signs for the delivery 送达 of a decision and of the certificates that came with it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Case, Status
from engine.model.commands import SignFor
from engine.model.events import Happened
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.pipeline.context import Context, Step
from engine.pipeline.course import SIGNED_FOR
from engine.pipeline.progress import expect, stamp

DECIDED = (Status.ISSUED, Status.REFUSED, Status.NOT_ACCEPTED)


def may_sign_for(matter: Matter, case: Case) -> bool:
    """Whether the applicant is asked to sign for the delivery now."""
    return SIGNED_FOR in matter.sign and case.status in DECIDED and not case.delivered_at


def sign_for(matter: Matter, case: Case, command: SignFor, facts: Mapping[str, Fact], context: Context) -> Step:
    """Record that the applicant has received what the command lists, once (行政许可法第四十四条)."""
    expect(case, *DECIDED)
    if SIGNED_FOR not in matter.sign:
        raise ZhunyuError("C001", "本事项不用签收。", "决定书和证照可以直接在办件页面下载。", status=409)
    if case.delivered_at:
        raise ZhunyuError("C001", "这一办件已经签收。", "请刷新后查看。", status=409)
    titles = "、".join(f"{one.title}{'（' + one.number + '）' if one.number else ''}" for one in command.items)
    digests = "；".join(f"{one.title} {one.digest[:16]}…" for one in command.items)
    case = msgspec.structs.replace(case, delivered_at=stamp(context))
    return Step(case, (Happened(SIGNED_FOR, f"申请人已签收{titles}。", f"签收的文件摘要：{digests}"),))
