"""What every app tells the audit of: refused actions of whoever is signed in, and the use of tokens."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from flask import Flask, Response, current_app, g, request

from engine.errors import ZhunyuError
from engine.services.accounts import Session
from engine.services.watching import Watching

WATCHED = frozenset({"A002", "A010", "A031", "C001", "K011"})  # no permission, not theirs, lapsed, not in that state
_LONGEST = 200


def register(app: Flask) -> None:
    """Watch every answer of the app."""
    app.after_request(_watch)


def note_refusal(error: ZhunyuError) -> None:
    """A page that shows an error itself says so."""
    g.refusal = error


def shown(error: ZhunyuError, codes: Container[str]) -> str:
    """What a page says of a refusal that it shows itself, noted; one of any other code is raised on."""
    if error.code not in codes:
        raise error
    note_refusal(error)
    return error.told


def watching() -> Watching | None:
    """The recorder of the product behind this app; None in an app made of parts."""
    audit: Any = getattr(current_app.extensions["zhunyu"], "audit", None)
    return audit.watching if audit is not None else None


def _watch(response: Response) -> Response:
    session: Session | None = g.get("session")
    recorder = watching() if session is not None else None
    if session is None or recorder is None:
        return response
    refused = response.status_code in (401, 403)
    if g.get("bearer"):
        recorder.token_used(session.account.id, session.token_name, refused)
    error: ZhunyuError | None = g.get("refusal")
    code = error.code if error is not None else ""
    forged = code == "A003" and bool(request.view_args)
    if response.status_code == 403 or code in WATCHED or forged:
        missing = {"C001": "状态不符", "K011": "签名重放"}.get(code, "编号不存在")
        lapsed = code == "A031"
        what = "拒绝 授权已到期" if lapsed else "拒绝 没有权限" if response.status_code == 403 else f"拒绝 {missing}"
        recorder.refused(
            session.account.id, what,
            {"path": request.path[:_LONGEST], "method": request.method, "code": code,
             "why": error.what[:_LONGEST] if error is not None else "", "address": request.remote_addr or ""},
        )  # fmt: skip
    return response
