"""Operations on the one supplement of a case: hand in its files, then the answer.

A file handed in for a supplement belongs to no case until the answer is given. The client holds it by a signed
handle that names case, material and file, so that nobody can slip a foreign file or a forged digest into an answer.
"""

from __future__ import annotations

from typing import Any

import msgspec
from flask import current_app, url_for
from itsdangerous import BadData, URLSafeSerializer

from engine.decoding import converted
from engine.errors import Problem, ZhunyuError
from engine.model.case import Upload
from portal.api.answers import Answer, created
from portal.api.cases import TAG, shown_case
from portal.api.contract import operation
from portal.api.drafts import file_of
from portal.api.gate import session_now, zhunyu
from portal.api.shape import shown
from portal.api.shapes_cases import CaseShape, SupplementAnswer, SupplementFile
from portal.api.shapes_drafts import FileForm


@operation(
    "上传补正材料", scope="write", answer=SupplementFile, status=201, tag=TAG, takes="file", rate="120/minute",
    words="先逐个上传，再用答复中的 handle 提交补正。",
)  # fmt: skip
def upload_supplement(case_id: str, material_id: str, form: FileForm) -> Answer:
    name, data = file_of(form)
    upload = zhunyu().cases.supplement_upload(session_now(), case_id, material_id, name, data)
    handle = _signer().dumps([case_id, material_id, msgspec.to_builtins(upload)])
    return created(shown(SupplementFile, upload, handle=handle), url_for("api.read_case", case_id=case_id))


@operation(
    "提交补正", scope="write", answer=CaseShape, tag=TAG, takes="json",
    words="只能改补正告知中列出的字段和材料。",
)  # fmt: skip
def answer_supplement(case_id: str, json: SupplementAnswer) -> CaseShape:
    uploads = {
        material: tuple(_upload(case_id, material, handle, f"uploads.{material}.{place}") for place, handle in
                        enumerate(handles))
        for material, handles in json.uploads.items()
    }  # fmt: skip
    zhunyu().cases.answer_supplement(session_now(), case_id, json.answers, uploads)
    return shown_case(zhunyu().cases.view(session_now(), case_id))


def _upload(case_id: str, material: str, handle: str, path: str) -> Upload:
    try:
        told: Any = _signer().loads(handle)
    except BadData:
        told = None
    if not isinstance(told, list) or told[:2] != [case_id, material]:
        fault = Problem("A004", "不是为本办件这项材料上传的文件。", "请先上传，再用答复中的 handle。", file=path)
        raise ZhunyuError("A004", "补正材料有误。", fault.next, status=422, problems=(fault,))
    return converted(told[2], Upload)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="api-supplement-file")
