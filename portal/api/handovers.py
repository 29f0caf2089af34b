"""Operations for systems that hand cases in: push one under its own number, ask how it stands."""

from __future__ import annotations

from flask import url_for

from engine.model.case import Case
from engine.model.people import Subject
from engine.services.handovers import Handed
from portal.api.answers import Answer, created
from portal.api.contract import operation
from portal.api.gate import session_now, zhunyu
from portal.api.shape import shown
from portal.api.shapes_handovers import Handover, HandoverStanding

TAG = "转入"


@operation(
    "转入办件", scope="transfer", answer=HandoverStanding, status=201, tag=TAG, takes="json", rate="120/minute",
    words="别的系统收下的申请，以它自己的编号转入办理。同一个编号、同样的内容，重发多少次都是同一件；"
    "同一个编号、不同的内容或来自别的系统，拒绝（409 A005）。材料没有转来的，由工作人员一次告知补正。",
)  # fmt: skip
def take_handover(json: Handover) -> Answer:
    subject = Subject(json.subject.kind, json.subject.code, json.subject.name)
    case, _ = zhunyu().handovers.take(session_now(), Handed(json.number, json.matter, subject, json.answers))
    return created(_standing(case), url_for("api.read_handover", outside_number=json.number))


@operation("看转入办件", scope="transfer", answer=HandoverStanding, tag=TAG, words="只能看本系统转入的办件。")
def read_handover(outside_number: str) -> HandoverStanding:
    return _standing(zhunyu().handovers.standing(session_now(), outside_number))


def _standing(case: Case) -> HandoverStanding:
    number = case.outside.number if case.outside else ""
    outcome = case.decision.outcome if case.decision else ""
    told = {"accepted_at": case.accepted_at, "closed_at": case.closed_at}
    return shown(HandoverStanding, case, outside_number=number, outcome=outcome, **told)
