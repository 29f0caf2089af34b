"""The OpenAPI document, made from the operations themselves, and its readable page."""

from __future__ import annotations

import copy
import functools
from typing import Any

import msgspec
from flask import Response, render_template, request

from engine.errors import CODES
from engine.web.access import access
from portal.api.contract import OPERATIONS, REFUSALS, SCOPES, Operation, spec
from portal.api.problem import MEDIA
from portal.api.reading import chapters
from portal.api.vocabulary import explain

WORDS = {
    200: "成功", 201: "已建立", 204: "已完成，没有内容", 304: "没有变化", 400: "请求不符合接口约定",
    401: "没有令牌，或令牌已失效", 403: "没有权限", 404: "找不到，或不属于您",
    409: "与当前状态冲突", 413: "请求体过大", 415: "请求体类型不受支持", 422: "内容有误",
    429: "过于频繁",
    500: "系统出现故障", 503: "系统暂时不可用",
}  # fmt: skip
PATH_WORDS = {
    "matter_id": "事项 id", "draft_id": "草稿 id", "material_id": "材料 id", "upload_id": "文件 id",
    "case_id": "办件 id", "certificate_id": "证照 id",
    "outside_number": "外部统一审批编码",
    "kind": "文书：receipt 回执、decision 决定书、supplement 补正告知书",
}  # fmt: skip
HEADERS = {
    "RateLimit-Limit": ("每个时间窗允许的次数", "integer"),
    "RateLimit-Remaining": ("还剩的次数", "integer"),
    "RateLimit-Reset": ("多少秒后恢复", "integer"),
    "Retry-After": ("多少秒后再试", "integer"),
    "ETag": ("版本，下次放进 If-None-Match", "string"),
    "Location": ("新建内容的地址", "string"),
    "X-Zhunyu-Key": ("签名密钥的编号", "string"),
    "X-Zhunyu-Timestamp": ("签名时间", "string"),
    "X-Zhunyu-Nonce": ("请求带来的随机数", "string"),
    "X-Zhunyu-Digest": ("答复内容的 SM3 摘要", "string"),
    "X-Zhunyu-Signature": ("SM2 签名（Base64）", "string"),
}


@access("public")
def openapi() -> Response:
    """The document."""
    response = Response(_encoded(), mimetype="application/json")
    response.add_etag()
    response.headers["Cache-Control"] = "public, max-age=300"
    response.make_conditional(request)
    return response


@access("public")
def docs() -> str:
    """The readable page."""
    document = built()
    codes = [(code, CODES[code]) for code in sorted(CODES) if code[0] in "ACFS"]
    return render_template("api/docs.html", document=document, chapters=chapters(document), codes=codes, scopes=SCOPES)


@functools.cache
def built() -> dict[str, Any]:
    """The whole document; needs an app context when first called."""
    document: dict[str, Any] = copy.deepcopy(spec.spec)
    for path, methods in document["paths"].items():
        for entry in methods.values():
            _complete(entry, OPERATIONS[entry["operationId"]])
            for parameter in entry["parameters"]:
                if parameter["in"] == "path":
                    parameter["description"] = PATH_WORDS[parameter["name"]]
        document["paths"][path] = dict(sorted(methods.items()))
    document["paths"] = dict(sorted(document["paths"].items()))
    document.pop("security", None)
    explain(document["components"]["schemas"])
    document["components"] |= {"headers": _headers(), "responses": _refusal_parts()}
    return document


@functools.cache
def _encoded() -> bytes:
    return msgspec.json.encode(built())


def _complete(entry: dict[str, Any], operation: Operation) -> None:
    entry["summary"], entry["description"] = operation.title, operation.words
    if operation.scope == "provide":
        entry["parameters"].append(
            {"name": "X-Zhunyu-Nonce", "in": "header", "required": False, "schema": {"type": "string"},
             "description": "一次性的随机数，16 至 64 个字母、数字、_、-；答复的签名带着它"}
        )  # fmt: skip
    elif operation.scope and operation.scope != "transfer":
        entry["parameters"].append(
            {"name": "X-Subject", "in": "header", "required": False, "schema": {"type": "string"},
             "description": "代表哪个主体（代码）；不填为账号的第一个主体"}
        )  # fmt: skip
    if operation.cached:
        entry["parameters"].append(
            {"name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"},
             "description": "上次答复的 ETag"}
        )  # fmt: skip
    if operation.takes == "file":
        entry["requestBody"]["content"]["multipart/form-data"]["schema"] = {
            "type": "object", "required": ["file"], "additionalProperties": False,
            "properties": {"file": {"type": "string", "format": "binary", "description": "一个文件"}},
        }  # fmt: skip
    # spectree would generate the schema of a refusal anew for every status of every operation.
    responses = {code: one for code, one in entry["responses"].items() if int(code) not in REFUSALS}
    if operation.cached:
        responses["304"] = {}
    entry["responses"] = {code: _success(int(code), one, operation) for code, one in responses.items()}
    for status in operation.refusals:
        entry["responses"][str(status)] = {"$ref": f"#/components/responses/{status}"}


def _success(status: int, response: dict[str, Any], operation: Operation) -> dict[str, Any]:
    named = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"]
    if status == 200 and operation.gives:
        response["content"] = {operation.gives: {"schema": {"type": "string", "format": "binary"}}}
    if operation.cached and status in (200, 304):
        named.append("ETag")
    if status == 201:
        named.append("Location")
    if operation.scope == "provide":
        named += [name for name in HEADERS if name.startswith("X-Zhunyu-")]
    return response | {"description": WORDS[status], "headers": _header_names(named)}


def _header_names(names: list[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _headers() -> dict[str, Any]:
    return {name: {"description": words, "schema": {"type": kind}} for name, (words, kind) in HEADERS.items()}


def _refusal_parts() -> dict[str, Any]:
    parts: dict[str, Any] = {}
    for status in REFUSALS:
        named = ["Retry-After"] if status == 429 else []
        parts[str(status)] = {
            "description": WORDS[status],
            "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            "headers": _header_names(named),
        }
    return parts
