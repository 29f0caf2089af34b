"""What every request to the API passes: tokens only, the subject acted for, and a well-formed body of bearable size."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import msgspec
from flask import Response, current_app, g, request
from limits.strategies import MovingWindowRateLimiter

from engine.errors import Problem, ZhunyuError
from engine.services.accounts import Session
from portal.api.contract import OPERATIONS

JSON_LIMIT = 1024 * 1024
FILE_LIMIT = 60 * 1024 * 1024
DEPTH = 12
EXACT = 2**53  # RFC 7493: beyond it not every system reads the same number


def begin() -> None:
    """Refuse what no operation could use; runs after the kit has found the session and checked the access rule."""
    operation = OPERATIONS.get((request.endpoint or "").rpartition(".")[2])
    if operation is None:
        return
    if operation.scope:
        _only_tokens("department" if operation.scope in ("provide", "transfer") else "applicant")
    given = (*(request.view_args or {}).values(), *request.args.keys(), *request.args.values(),
             request.headers.get("Idempotency-Key", ""))  # fmt: skip
    if any("\0" in str(value) for value in given):
        raise _malformed("请求中有不可用的字符。")
    if operation.takes == "json":
        _well_formed_json()
    elif operation.takes == "file":
        _one_file()


def _only_tokens(kind: str) -> None:
    session: Session | None = g.get("session")
    if not g.get("bearer") or session is None:
        raise ZhunyuError("A001", "接口只接受令牌。", "请在 Authorization 头中带上令牌。", status=401)
    if session.account.kind != kind:
        whose = "申请人账号" if kind == "applicant" else "部门"
        raise ZhunyuError("A002", "这个令牌不能用于这个接口。", f"请使用{whose}的令牌。", status=403)
    code = request.headers.get("X-Subject", "")
    if code:
        for one in session.account.represents:
            if one.subject.code == code:
                g.session = msgspec.structs.replace(session, subject=one.subject, authority=one.authority)
                return
        raise ZhunyuError("A010", "您没有代表该主体办事的授权。", "请核对 X-Subject，或先取得授权。", status=403)


def _well_formed_json() -> None:
    request.max_content_length = JSON_LIMIT
    if request.mimetype != "application/json":
        raise ZhunyuError("A415", "请用 application/json 发送。", "请设置 Content-Type: application/json。", status=415)
    try:
        value = msgspec.json.decode(request.get_data(cache=True))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise _malformed("请求体不是合法的 JSON。") from error
    if not isinstance(value, dict):
        raise _malformed("请求体应当是一个 JSON 对象。")
    _check_values(value, DEPTH)


def _one_file() -> None:
    request.max_content_length = FILE_LIMIT
    if request.mimetype != "multipart/form-data":
        raise ZhunyuError("A415", "请用 multipart/form-data 上传文件。", "文件放在 file 部分。", status=415)
    # Here and not in the model: spectree 3.0 answers 500 when a misfit body holds a file.
    if request.form or [name for name, _file in request.files.items(multi=True)] != ["file"]:
        fault = Problem("A012", "应当有且只有一个文件。", "每次上传一个文件，放在 file 部分。", file="file")
        raise ZhunyuError("A012", "没有收到文件，或内容多于一个文件。", fault.next, status=400, problems=(fault,))


def _check_values(value: Any, left: int) -> None:
    if left == 0:
        raise _malformed("请求体的层次过深。")
    if isinstance(value, Mapping):
        for key, item in value.items():
            _check_values(key, left)
            _check_values(item, left - 1)
    elif isinstance(value, list):
        for item in value:
            _check_values(item, left - 1)
    elif isinstance(value, str) and "\0" in value:
        raise _malformed("请求中有不可用的字符。")
    elif isinstance(value, int | float) and not -EXACT <= value <= EXACT:
        raise _malformed("数值超出范围，精确的大数请写成文本。")


def _malformed(what: str) -> ZhunyuError:
    return ZhunyuError("A012", what, "请对照接口文档检查请求。", status=400)


def finish(response: Response) -> Response:
    """Tell how much of the rate is left (RateLimit-Limit, -Remaining, -Reset in seconds; Retry-After on 429)."""
    view = current_app.view_functions.get(request.endpoint or "")
    marks = getattr(view, "zhunyu_limits", ())
    if marks:
        limiter: MovingWindowRateLimiter = current_app.extensions["zhunyu_limiter"]
        item, by, _methods = marks[0]
        session = g.get("session")
        who = session.account.id if by == "account" and session is not None else request.remote_addr or "-"
        stats = limiter.get_window_stats(item, request.endpoint or "", by, who)
        now = zhunyu().clock.now().timestamp()
        reset = min(item.get_expiry(), max(0, math.ceil(stats.reset_time - now)))
        response.headers["RateLimit-Limit"] = str(item.amount)
        response.headers["RateLimit-Remaining"] = str(max(0, stats.remaining))
        response.headers["RateLimit-Reset"] = str(reset)
        if response.status_code == 429:
            response.headers["Retry-After"] = str(max(1, reset))
    return response


def session_now() -> Session:
    """The session of the token."""
    session: Session = g.session
    return session


def zhunyu() -> Any:
    """The wired product."""
    return current_app.extensions["zhunyu"]
