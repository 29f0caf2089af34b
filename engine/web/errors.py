"""Errors as people and programs see them: a Chinese page, or problem+json (RFC 9457) with code, what and next."""

from __future__ import annotations

import logging

import msgspec
from flask import Flask, Response, g, render_template
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from engine.errors import ZhunyuError
from engine.web.access import wants_problem

TITLES = {
    400: ("请求有误", "请返回上一页检查后再试。"),
    401: ("需要登录", "请登录后再试。"),
    403: ("没有权限", "请换用有权限的账号，或联系管理员。"),
    404: ("找不到这个页面", "地址可能有误，或内容已不存在。请从首页重新进入。"),
    405: ("不支持这种访问方式", "请从页面上的按钮进入。"),
    409: ("内容已有变化", "请刷新页面，看到最新情况后再办理。"),
    413: ("上传的内容过大", "请压缩文件或减少文件数量后再试。"),
    429: ("操作过于频繁", "请稍等片刻再试。"),
    500: ("系统出了问题", "我们已经记录。请稍后再试；反复出现时，请把下面的编号告诉工作人员。"),
    503: ("系统暂时不可用", "请稍后再试。"),
}
logger = logging.getLogger("zhunyu.web")


def register(app: Flask) -> None:
    """Answer product errors, HTTP errors, a missing CSRF token and defects."""
    app.register_error_handler(ZhunyuError, _product)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _defect)


def answer(status: int, what: str, next: str, code: str = "", problems: tuple[object, ...] = ()) -> Response:
    """A page or problem+json, as the caller reads."""
    request_id = g.get("request_id", "")
    if wants_problem():
        body = {"type": "about:blank", "title": what, "status": status, "code": code, "what": what, "next": next,
                "problems": problems, "request": request_id}  # fmt: skip
        return Response(msgspec.json.encode(body), status=status, content_type="application/problem+json")
    page = render_template("kit/error.html", status=status, what=what, next=next, code=code, problems=problems,
                           request_id=request_id)  # fmt: skip
    return Response(page, status=status)


def _product(error: Exception) -> Response:
    assert isinstance(error, ZhunyuError)
    g.refusal = error
    return answer(error.status, error.what, error.next, error.code, error.problems)


def _csrf(error: Exception) -> Response:
    return answer(400, "页面已过期，没有提交。", "请返回上一页，刷新后再提交一次。")


def _http(error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = error.code or 500
    if 300 <= status < 400:
        return Response(error.get_body(), status=status, headers=list(error.get_headers()))
    what, next = TITLES.get(status, TITLES[400 if status < 500 else 500])
    response = answer(status, what, next)
    if status == 405:
        response.headers.extend([pair for pair in error.get_headers() if pair[0] == "Allow"])
    return response


def _defect(error: Exception) -> Response:
    logger.exception("defect in request %s", g.get("request_id", ""))
    return answer(500, *TITLES[500])
