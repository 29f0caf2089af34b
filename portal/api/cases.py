"""Operations on cases: submit, list, read, follow, withdraw, answer a supplement, fetch documents."""

from __future__ import annotations

from flask import Response, url_for

from engine.errors import ZhunyuError
from engine.services.views import CaseView
from engine.web.headers import file_answer
from portal.api.answers import Answer, created, pdf, tagged, unchanged
from portal.api.contract import operation
from portal.api.gate import session_now, zhunyu
from portal.api.shape import shown
from portal.api.shapes_cases import (
    CaseLineShape,
    CaseList,
    CaseSearch,
    CaseShape,
    CaseSignFor,
    CaseSubmit,
    CaseWithdraw,
    MomentShape,
    SubmitKey,
    Timeline,
)
from portal.api.shapes_certificates import CertificateShape

TAG = "办件"


@operation(
    "提交", scope="write", answer=CaseShape, status=201, tag=TAG, takes="json", rate="120/minute",
    words="把草稿提交成办件。请求头 Idempotency-Key 必填：同一个键、同样的内容，重试多少次都得到同一件；"
    "同一个键、不同的内容，拒绝（409 A005）。能当场准予的，答复时已经准予。",
)  # fmt: skip
def submit_case(headers: SubmitKey, json: CaseSubmit) -> Answer:
    key = _key(headers.key, json.insist)
    case = zhunyu().cases.submit(session_now(), json.draft, key, json.insist, "接口", json.secret)
    view = zhunyu().cases.view(session_now(), case.id)
    return created(shown_case(view), url_for("api.read_case", case_id=case.id))


@operation("列出办件", scope="read", answer=CaseList, tag=TAG, words="新的在前。把 next 放进 after 取下一页。")
def list_cases(query: CaseSearch) -> CaseList:
    lines = zhunyu().cases.mine(session_now(), query.after, query.limit + 1)
    page = lines[: query.limit]
    next = f"{page[-1].received_at}|{page[-1].id}" if len(lines) > len(page) else ""
    return CaseList(items=[shown(CaseLineShape, line) for line in page], next=next)


@operation(
    "看办件", scope="read", answer=CaseShape, tag=TAG, cached=True,
    words="带上次的 ETag（If-None-Match）询问，没有变化时答 304。刚提交的件可以每秒问一次，30 秒后放慢。",
)  # fmt: skip
def read_case(case_id: str) -> Response | Answer:
    view = zhunyu().cases.view(session_now(), case_id)
    return unchanged(view.etag) or tagged(shown_case(view), view.etag)


@operation("看进度", scope="read", answer=Timeline, tag=TAG, cached=True)
def read_timeline(case_id: str) -> Response | Answer:
    view = zhunyu().cases.view(session_now(), case_id)
    moments = Timeline(items=[shown(MomentShape, moment) for moment in view.timeline])
    return unchanged(view.etag) or tagged(moments, view.etag)


@operation("撤回", scope="write", answer=CaseShape, tag=TAG, takes="json", words="决定作出以前可以撤回。")
def withdraw_case(case_id: str, json: CaseWithdraw) -> CaseShape:
    zhunyu().cases.withdraw(session_now(), case_id, json.reason, json.secret)
    return shown_case(zhunyu().cases.view(session_now(), case_id))


@operation(
    "签收", scope="write", answer=CaseShape, tag=TAG, takes="json",
    words="申请人签名，确认收到决定书和证照；事项的 sign: 写有“签收”的才有，签一次。",
)  # fmt: skip
def sign_for_case(case_id: str, json: CaseSignFor) -> CaseShape:
    zhunyu().delivering.sign(session_now(), case_id, json.secret)
    return shown_case(zhunyu().cases.view(session_now(), case_id))


@operation(
    "取文书", scope="read", tag=TAG, gives="application/pdf", rate="120/minute",
    words="receipt 收件凭证或受理通知书，decision 决定书，supplement 补正告知书。",
)  # fmt: skip
def download_document(case_id: str, kind: str) -> Response:
    return pdf(zhunyu().documents.letter(session_now(), case_id, kind))


@operation("取回材料文件", scope="read", tag=TAG, gives="application/octet-stream")
def read_case_file(case_id: str, upload_id: str) -> Response:
    upload, data = zhunyu().cases.upload(session_now(), case_id, upload_id)
    return file_answer(upload.name, upload.media, data)


def _key(key: str, insist: bool) -> str:
    """The key as it is kept: `insist` is part of the body, so the same key with another `insist` is refused (A005)."""
    plain, insisting = key, f"{key}!"
    kept, other = (insisting, plain) if insist else (plain, insisting)
    with zhunyu().store.read() as tx:
        if tx.cases.submitted_key(session_now().account.id, other) is not None:
            raise ZhunyuError("A005", "这一请求编号已用于内容不同的提交。", "请换一个编号重试。", status=409)
    return kept


def shown_case(view: CaseView) -> CaseShape:
    """The case as its applicant sees it."""
    certificates = [shown(CertificateShape, one) for one in view.certificates]
    return shown(CaseShape, view.case, certificates=certificates, sealed=view.sealed, can=list(view.can))
