"""Operations on matters: search the catalogue, read a declaration, choose the certificate to act on."""

from __future__ import annotations

from flask import Response

from engine.model.matter import Matter
from portal.api.answers import Answer, tagged, unchanged
from portal.api.contract import operation
from portal.api.gate import session_now, zhunyu
from portal.api.shape import shown
from portal.api.shapes_certificates import CertificateShape
from portal.api.shapes_drafts import ChoiceList, ChoiceShape
from portal.api.shapes_matters import MatterCard, MatterList, MatterSearch, MatterShape

TAG = "事项"


@operation(
    "查事项", scope="", answer=MatterList, tag=TAG,
    words="不需要令牌。按名称、常用说法、拼音查找，可再按条线、申请人类型、情形筛选。",
)  # fmt: skip
def search_matters(query: MatterSearch) -> MatterList:
    cards = zhunyu().shelf.search(
        text=query.text, line=query.line, applicant=query.applicant, situation=query.situation
    )
    return MatterList(items=[shown(MatterCard, card) for card in cards])


@operation(
    "看事项的声明", scope="", answer=MatterShape, tag=TAG, cached=True,
    words="现行版本的表单、条件（JsonLogic）、材料、共享数据和办事指南。ETag 是版本号。",
)  # fmt: skip
def read_matter(matter_id: str) -> Response | Answer:
    matter: Matter = zhunyu().shelf.current(matter_id)
    route = [step.title for step in matter.route]
    return unchanged(matter.hash) or tagged(shown(MatterShape, matter, route=route), matter.hash)


@operation(
    "可以办理的证照", scope="read", answer=ChoiceList, tag=TAG,
    words="变更、延续、补证、注销等事项从主体的哪一份证照办起；不能办的说明原因。",
)  # fmt: skip
def list_choices(matter_id: str) -> ChoiceList:
    choices = zhunyu().drafts.subject_certificates(session_now(), matter_id)
    return ChoiceList(
        items=[
            ChoiceShape(certificate=shown(CertificateShape, one.certificate), usable=one.usable, why=one.why)
            for one in choices
        ]
    )
