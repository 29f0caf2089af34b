"""The operation log and the security log: search, details, contents on demand, export."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, g, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from admin.masking import covered
from engine.errors import ZhunyuError
from engine.model.activity import ACTIVITIES, LOGS, OPERATION, SECURITY
from engine.services.auditing import EXPORT_MOST, LogLine, LogPage, LogQuery
from engine.services.separation import AUDIT
from engine.services.separation import SECURITY as GUARD
from engine.web.access import access, allowed, declared
from engine.web.host import signed_in
from engine.web.limiting import limited
from engine.web.watching import note_refusal

blueprint = Blueprint("audit", __name__, url_prefix="/audit")
_ASKED = ("activity", "person", "about", "text", "since", "until", "place")
_TABS = (
    ("audit.operation", "操作日志"), ("audit.security", "安全日志"), ("audit_figures.analysis", "日志分析"),
    ("audit_trace.search", "追溯查询"), ("audit_figures.integrity", "完整性"), ("audit_figures.accounts", "账号状态"),
)  # fmt: skip


def tabs() -> list[tuple[str, str, bool, int | None]]:
    """The pages of the audit this person may open."""
    from flask import current_app

    views, session, here = current_app.view_functions, g.get("session"), request.endpoint or ""
    near = {"audit_trace.": "audit_trace.search"}
    current = next((to for start, to in near.items() if here.startswith(start)), here)
    return [
        (title, url_for(endpoint), endpoint == current, None)
        for endpoint, title in _TABS
        if allowed(declared(views[endpoint]), session, "")
    ]


@blueprint.get("")
@access("role:审计,安全,监督")
def home() -> ResponseReturnValue:
    """The first page of the audit for who is signed in."""
    roles = set(signed_in().account.roles)
    first = "audit.operation" if AUDIT in roles else "audit.security" if GUARD in roles else "audit_trace.search"
    return redirect(url_for(first), 303)


@blueprint.get("/operation")
@access("role:审计")
def operation() -> ResponseReturnValue:
    """操作日志."""
    return _log(OPERATION)


@blueprint.get("/security")
@access("role:审计,安全")
def security() -> ResponseReturnValue:
    """安全日志."""
    return _log(SECURITY)


@blueprint.get("/entries/<entry_id>")
@access("role:审计,安全")
def entry(entry_id: str) -> ResponseReturnValue:
    """An entry without its content."""
    line = zhunyu().audit.logs.entry(signed_in(), entry_id)
    return render_template("admin/audit/entry.html", line=line, content=None, opened=False, tabs=tabs())


@blueprint.post("/entries/<entry_id>/content")
@access("role:审计,安全")
def content(entry_id: str) -> ResponseReturnValue:
    """An entry with its content; that it was opened is recorded."""
    line, content = zhunyu().audit.logs.open(signed_in(), entry_id)
    page = render_template("admin/audit/entry.html", line=line, content=content, opened=True, tabs=tabs())
    return covered(page)


@blueprint.post("/operation/export")
@access("role:审计")
@limited("10/minute", by="account", methods=("POST",))
def export_operation() -> ResponseReturnValue:
    """The lines of the operation log as a file."""
    return _export(OPERATION)


@blueprint.post("/security/export")
@access("role:审计,安全")
@limited("10/minute", by="account", methods=("POST",))
def export_security() -> ResponseReturnValue:
    """The lines of the security log as a file."""
    return _export(SECURITY)


def _log(log: str) -> ResponseReturnValue:
    chosen: dict[str, Any] = {name: request.args.get(name, "").strip() for name in _ASKED}
    after, status, told, page = request.args.get("after", ""), 200, "", LogPage(())
    try:
        page = zhunyu().audit.logs.page(signed_in(), LogQuery(log, **chosen, after=after))
    except ZhunyuError as error:
        if error.code != "A004":
            raise
        told, status = error.told, error.status
    filled = {name: value for name, value in chosen.items() if value}
    here = f"audit.{log}"
    shown = render_template(
        "admin/audit/log.html", log=log, title=LOGS[log], page=page, chosen=chosen, told=told or page.told,
        wrong=bool(told), narrowed=bool(filled), tabs=tabs(), most=EXPORT_MOST, days=_by_day(page.lines),
        activities=[(name, title) for name, (of, title) in ACTIVITIES.items() if of == log],
        next=url_for(here, **filled, after=page.next) if page.next else "",
        first=url_for(here, **filled) if after else "", export=url_for(f"audit.export_{log}"), here=url_for(here),
    )  # fmt: skip
    return shown, status


def _by_day(lines: tuple[LogLine, ...]) -> list[tuple[str, list[LogLine]]]:
    days: dict[str, list[LogLine]] = {}
    for line in lines:
        days.setdefault(line.at[:10], []).append(line)
    return list(days.items())


def _export(log: str) -> ResponseReturnValue:
    chosen: dict[str, Any] = {name: request.form.get(name, "").strip() for name in _ASKED}
    form = request.form.get("form", "csv")
    try:
        name, lines = zhunyu().audit.logs.export(signed_in(), LogQuery(log, **chosen), form)
    except ZhunyuError as error:
        note_refusal(error)
        raise
    media = "text/csv; charset=utf-8" if form == "csv" else "application/x-ndjson; charset=utf-8"
    response = Response(stream_with_context(lines), content_type=media)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Cache-Control"] = "private, no-store"
    return response
