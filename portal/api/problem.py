"""Refusals as the API tells them: problem+json (RFC 9457) with our code, what to do next, and every single fault."""

from __future__ import annotations

import logging
from typing import Any

from flask import Response, g
from flask_wtf.csrf import CSRFError
from pydantic import BaseModel, ConfigDict, Field
from werkzeug.exceptions import HTTPException

from engine.errors import CODES, ZhunyuError, register

MEDIA = "application/problem+json"
DOCS = "/api/v1/docs"

register(
    {
        "A405": "接口不支持这种请求方法",
        "A413": "请求体超过大小限制",
        "A415": "请求体的类型不受支持",
        "S500": "系统出现故障",
    }
)

_HTTP: dict[int, tuple[str, str, str]] = {
    400: ("A012", "请求不符合接口约定。", "请对照接口文档检查请求的写法。"),
    404: ("A003", "没有这个接口地址。", "请对照接口文档检查路径。"),
    405: ("A405", "这个地址不支持这种请求方法。", "请对照接口文档检查请求方法。"),
    413: ("A413", "请求体过大。", "请压缩文件，或减少内容后再试。"),
    415: ("A415", "请求体的类型不受支持。", "请按接口文档设置 Content-Type。"),
    429: ("A006", "请求过于频繁。", "请按 Retry-After 等待后再试。"),
}
_DEFECT = ("S500", "系统出了问题，已经记录。", "请稍后再试；反复出现时，请把 request_id 告诉我们。")
logger = logging.getLogger("zhunyu.web")


class ProblemPart(BaseModel):
    """One single fault: where, what, and what to do."""

    model_config = ConfigDict(strict=True)

    path: str = Field(description="出错的位置：字段路径或请求中的位置；空表示整个请求")
    message: str = Field(description="哪里不对")
    next: str = Field(default="", description="怎么改")


class Problem(BaseModel):
    """The body of every answer that refuses."""

    model_config = ConfigDict(strict=True)

    type: str = Field(description="错误说明的地址")
    title: str = Field(description="这一类错误的名称")
    status: int = Field(description="HTTP 状态码")
    code: str = Field(description="错误代码，长期不变，程序应当据此判断")
    detail: str = Field(description="这一次的具体情况")
    next: str = Field(default="", description="下一步怎么做")
    problems: list[ProblemPart] = Field(default=[], description="逐项问题")
    request_id: str = Field(description="请求编号，与响应头 X-Request-Id 相同")


def refusal(code: str, status: int, detail: str, next: str, parts: list[ProblemPart] | None = None) -> Response:
    """The answer that refuses; for 401 it names the scheme, for 429 it says when to come again."""
    problem = Problem(
        type=f"{DOCS}#{code}", title=CODES[code], status=status, code=code, detail=detail, next=next,
        problems=parts or [], request_id=g.get("request_id", ""),
    )  # fmt: skip
    response = Response(problem.model_dump_json(), status=status, content_type=MEDIA)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="zhunyu"'
    return response


def product(error: Exception) -> Response:
    """A refusal of the product."""
    assert isinstance(error, ZhunyuError)
    parts = [ProblemPart(path=one.file, message=one.what, next=one.next) for one in error.problems]
    return refusal(error.code, error.status, error.what, error.next, parts)


def http(error: Exception) -> Response:
    """A refusal of the HTTP layer: unknown address, method, size, malformed request."""
    assert isinstance(error, HTTPException)
    if isinstance(error, CSRFError):
        return refusal("A001", 401, "接口只接受令牌，不接受网页登录。", "请在 Authorization 头中带上令牌。")
    if error.response is not None or (error.code or 500) < 400:
        return Response(error.get_body(), status=error.code or 500, headers=list(error.get_headers()))
    status = error.code or 500
    if status >= 500:
        return refusal(_DEFECT[0], status, *_DEFECT[1:])
    response = refusal(_HTTP.get(status, _HTTP[400])[0], status, *_HTTP.get(status, _HTTP[400])[1:])
    if status == 405:
        response.headers.extend(allow_header(error))
    return response


def allow_header(error: HTTPException) -> list[tuple[str, str]]:
    """The Allow header of a 405."""
    return [pair for pair in error.get_headers() if pair[0] == "Allow"]


def defect(error: Exception) -> Response:
    """A defect: logged with its traceback, told without."""
    logger.exception("defect in request %s", g.get("request_id", ""))
    return refusal(_DEFECT[0], 500, *_DEFECT[1:])


_WORDS = {
    "missing": "缺少这一项。",
    "extra_forbidden": "接口没有这一项。",
    "string_type": "应当是文本。",
    "int_type": "应当是整数。",
    "int_parsing": "应当是整数。",
    "int_from_float": "应当是整数。",
    "bool_type": "应当是 true 或 false。",
    "bool_parsing": "应当是 true 或 false。",
    "dict_type": "应当是对象。",
    "model_type": "应当是对象。",
    "model_attributes_type": "应当是对象。",
    "list_type": "应当是数组。",
    "string_too_short": "太短。",
    "string_too_long": "太长。",
    "string_pattern_mismatch": "格式不对。",
    "too_long": "项数过多。",
    "greater_than_equal": "太小。",
    "less_than_equal": "太大。",
    "literal_error": "不是允许的值。",
}


def contract_error(errors: list[Any]) -> ZhunyuError:
    """A012 with every place where a request departs from the contract; `errors` as pydantic lists them."""
    from engine.errors import Problem as Fault

    faults = tuple(
        Fault("A012", _WORDS.get(str(one["type"]), "不符合接口约定。"), "请对照接口文档。",
              file=".".join(str(part) for part in one["loc"]))
        for one in errors[:50]
    )  # fmt: skip
    return ZhunyuError("A012", "请求不符合接口约定。", "请按逐项问题更正。", status=400, problems=faults)
