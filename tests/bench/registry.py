"""The stub behind the load: answers for any enterprise and takes every push (`granian tests.bench.registry:app`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from tests.bench.enterprises import LEGAL, enterprise, number_of

Start = Callable[[str, list[tuple[str, str]]], Any]


def app(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    """A plain WSGI app, so that it costs next to nothing beside what is measured."""
    if environ["REQUEST_METHOD"] == "POST":
        environ["wsgi.input"].read()
        said: dict[str, Any] = {"ok": True, "reason": "已收到"}
    else:
        asked = {name: values[0] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
        value = _answer(environ["PATH_INFO"], asked)
        said = {"state": "empty"} if value is None else {"state": "value", "value": value}
    body = json.dumps(said, ensure_ascii=False).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def _answer(path: str, asked: dict[str, str]) -> dict[str, Any] | None:
    if path == "/registry/address":
        where = {"district": "黄浦区", "street": "外滩街道", "use": "旅馆"}
        return {"address": f"上海市黄浦区{asked.get('address', '')}", **where}
    n = number_of(asked.get("code", ""))
    if n is None:
        return None
    if path == "/registry/credit":
        return {"dishonest": False, "false_commitment": False}
    if path != "/registry/business":
        return None
    one = enterprise(n)
    return {
        "code": one.code, "name": one.name, "kind": "企业法人", "econ_type": "内资-有限责任公司", "legal": LEGAL,
        "address": one.address, "district": "黄浦区", "status": "存续", "scope": "住宿服务",
        "established": "2021-03-18", "extra_addresses": [], "previous_names": [],
    }  # fmt: skip
