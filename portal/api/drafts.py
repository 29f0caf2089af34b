"""Operations on drafts: start, read, fill in, hand in files, verify, pre-check, delete."""

from __future__ import annotations

from typing import cast

import msgspec
from flask import Response, url_for
from werkzeug.datastructures import FileStorage

from engine.errors import Problem, ZhunyuError
from engine.web.headers import file_answer
from portal.api.answers import Answer, created, nothing
from portal.api.contract import operation
from portal.api.gate import session_now, zhunyu
from portal.api.shape import shown
from portal.api.shapes_drafts import (
    DraftAnswers,
    DraftLineShape,
    DraftList,
    DraftMove,
    DraftShape,
    DraftStart,
    FileForm,
    PrecheckAsk,
    PrecheckShape,
    UploadShape,
    VerificationAsk,
)

TAG = "草稿"


@operation("列出草稿", scope="read", answer=DraftList, tag=TAG)
def list_drafts() -> DraftList:
    return DraftList(items=[shown(DraftLineShape, line) for line in zhunyu().drafts.list(session_now())])


@operation(
    "开始一份草稿", scope="write", answer=DraftShape, status=201, tag=TAG, takes="json", rate="120/minute",
    words="共享数据能带入的答案已经填好。",
)  # fmt: skip
def start_draft(json: DraftStart) -> Answer:
    draft = zhunyu().drafts.start(session_now(), json.matter, json.acts_on)
    return created(shown(DraftShape, draft), url_for("api.read_draft", draft_id=draft.id))


@operation("看草稿", scope="read", answer=DraftShape, tag=TAG)
def read_draft(draft_id: str) -> DraftShape:
    return shown(DraftShape, zhunyu().drafts.load(session_now(), draft_id))


@operation(
    "保存答案", scope="write", answer=DraftShape, tag=TAG, takes="json",
    words="整份替换。答案不合要求也保存，问题由预审指出。",
)  # fmt: skip
def save_answers(draft_id: str, json: DraftAnswers) -> DraftShape:
    return shown(DraftShape, zhunyu().drafts.save(session_now(), draft_id, json.answers, json.revision))


@operation("删除草稿", scope="write", status=204, tag=TAG)
def delete_draft(draft_id: str) -> Response:
    zhunyu().drafts.delete(session_now(), draft_id)
    return nothing()


@operation(
    "预审", scope="read", answer=PrecheckShape, tag=TAG, takes="json", rate="240/minute",
    words="提交以前就知道哪里不对、要交什么材料、能不能当场准予。不改变草稿。",
)  # fmt: skip
def precheck(draft_id: str, json: PrecheckAsk) -> PrecheckShape:
    answers = json.answers
    seen = zhunyu().drafts.preview(session_now(), draft_id, answers, complete=json.complete)
    return shown(PrecheckShape, seen, assessment=msgspec.json.decode(msgspec.json.encode(seen.assessed.traced())))


@operation(
    "改办", scope="write", answer=DraftShape, status=201, tag=TAG, takes="json", rate="120/minute",
    words="预审提示改办时，按所提示的事项另开一份草稿，填过的内容带过去。",
)  # fmt: skip
def move_draft(draft_id: str, json: DraftMove) -> Answer:
    draft = zhunyu().drafts.carry_over(session_now(), draft_id, json.to)
    return created(shown(DraftShape, draft), url_for("api.read_draft", draft_id=draft.id))


@operation(
    "核验", scope="write", answer=DraftShape, tag=TAG, takes="json", rate="30/minute",
    words="经被核验人同意，向数据来源查询一次。同意会被记录，只对当前的答案有效。",
)  # fmt: skip
def verify_fact(draft_id: str, json: VerificationAsk) -> DraftShape:
    if not json.consent:
        fault = Problem("A004", "没有得到被核验人的同意。", "取得同意后把 consent 设为 true。", file="consent")
        raise ZhunyuError("A004", "没有得到同意，不能核验。", fault.next, status=422, problems=(fault,))
    return shown(DraftShape, zhunyu().drafts.verify(session_now(), draft_id, json.fact))


@operation(
    "上传材料", scope="write", answer=UploadShape, status=201, tag=TAG, takes="file", rate="120/minute",
    words="multipart/form-data，一次一个文件。按内容检查类型；不可接受的（A007）说明原因。",
)  # fmt: skip
def upload_material(draft_id: str, material_id: str, form: FileForm) -> Answer:
    name, data = file_of(form)
    upload = zhunyu().drafts.upload(session_now(), draft_id, material_id, name, data)
    return created(shown(UploadShape, upload), url_for("api.read_upload", draft_id=draft_id, upload_id=upload.id))


@operation("取回上传的文件", scope="read", tag=TAG, gives="application/octet-stream")
def read_upload(draft_id: str, upload_id: str) -> Response:
    upload, data = zhunyu().drafts.upload_content(session_now(), draft_id, upload_id)
    return file_answer(upload.name, upload.media, data)


@operation("撤下上传的文件", scope="write", status=204, tag=TAG)
def remove_upload(draft_id: str, material_id: str, upload_id: str) -> Response:
    zhunyu().drafts.remove_upload(session_now(), draft_id, material_id, upload_id)
    return nothing()


def file_of(form: FileForm) -> tuple[str, bytes]:
    """Name and content of the `file` part."""
    file = cast(FileStorage, form.file)
    return file.filename or "", file.stream.read()
