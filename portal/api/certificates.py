"""Operations on certificates: the subject's own, their files, and verification for everyone."""

from __future__ import annotations

from typing import Any

from flask import Response

from engine.services.certificates import OFD
from engine.web.headers import file_answer
from portal.api.answers import pdf
from portal.api.contract import operation
from portal.api.drafts import file_of
from portal.api.gate import session_now, zhunyu
from portal.api.shape import shown
from portal.api.shapes_certificates import CertificateList, CertificateShape, NumberAsked, VerificationShape
from portal.api.shapes_drafts import FileForm

TAG = "证照"
CHECKING = "验证"


@operation("列出证照", scope="read", answer=CertificateList, tag=TAG)
def list_certificates() -> CertificateList:
    mine = zhunyu().certificates.mine(session_now())
    return CertificateList(items=[shown(CertificateShape, one) for one in mine])


@operation("看证照", scope="read", answer=CertificateShape, tag=TAG)
def read_certificate(certificate_id: str) -> CertificateShape:
    return shown(CertificateShape, zhunyu().certificates.view(session_now(), certificate_id))


@operation(
    "下载证照", scope="read", tag=TAG, gives="application/pdf", rate="120/minute",
    words="PDF 副本。还在制作时返回 409（C005），稍后再取。",
)  # fmt: skip
def download_certificate(certificate_id: str) -> Response:
    return pdf(zhunyu().certificates.file(session_now(), certificate_id))


@operation(
    "下载法定电子证照", scope="read", tag=TAG, gives="application/octet-stream", rate="120/minute",
    words="加盖电子签章的 OFD（GB/T 33190、GB/T 38540）。没有 OFD 的旧证照返回 404（A003）。",
)  # fmt: skip
def download_legal(certificate_id: str) -> Response:
    name, data = zhunyu().certificates.file(session_now(), certificate_id, OFD)
    return file_answer(name, "application/ofd", data)


@operation(
    "按编号验证", scope="", answer=VerificationShape, tag=CHECKING, rate="60/minute",
    words="编号也可以是电子证照标识。不需要令牌。自然人的姓名已遮蔽。",
)  # fmt: skip
def verify_number(query: NumberAsked) -> VerificationShape:
    return _verified(zhunyu().certificates.by_number(query.number))


@operation(
    "按文件验证", scope="read", answer=VerificationShape, tag=CHECKING, takes="file", rate="60/minute",
    words="上传证照文件（OFD 或 PDF），核对签章和内容，改过一个字节也能发现。",
)  # fmt: skip
def verify_file(form: FileForm) -> VerificationShape:
    _name, data = file_of(form)
    return _verified(zhunyu().certificates.by_file(data))


def _verified(found: Any) -> VerificationShape:
    one = found.certificate
    of_certificate = (
        {"number": one.number, "title": one.title, "authority_name": one.authority_name, "valid_to": one.valid_to}
        if one is not None
        else {}
    )
    return VerificationShape(state=found.state, reason=found.reason, face=dict(found.face), **of_certificate)
