"""追溯查询: from a number, a name, an officer, a version or a span to the whole story of a case, now or then."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.audit import tabs
from admin.host import zhunyu
from admin.masking import covered, listed
from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.matter import Matter
from engine.services.tracing_back import WAYS, Found
from engine.services.unmasking import hidden_words, sees_names, still_hidden
from engine.web.access import access
from engine.web.headers import file_answer
from engine.web.host import signed_in
from engine.web.limiting import limited

blueprint = Blueprint("audit_trace", __name__, url_prefix="/audit/trace")
STATES = {
    "valid": ("有效", "good"), "altered": ("被改动", "bad"), "unsealed": ("未封存", "warn"),
    "doubted": ("所在批次存疑", "warn"),
}  # fmt: skip


@blueprint.get("")
@access("role:审计,监督")
def search() -> ResponseReturnValue:
    """Find cases; a single one is shown at once."""
    asked: dict[str, Any] = {name: request.args.get(name, "").strip() for name in ("by", "value", "since", "until")}
    after, told, status = request.args.get("after", ""), "", 200
    found: Found | None = None
    if asked["by"]:
        try:
            found = zhunyu().audit.tracing.find(signed_in(), **asked, after=after)
        except ZhunyuError as error:
            if error.code != "A004":
                raise
            told, status = error.told, error.status
        account = signed_in().account
        zhunyu().audit.watching.viewed(
            account.id, f"检索 追溯（{WAYS.get(asked['by'], '')}）",
            {**asked, "found": len(found.lines) if found else 0},
        )  # fmt: skip
    if found is not None and len(found.lines) == 1 and not after:
        return redirect(url_for("audit_trace.show", case_id=found.lines[0].id), 303)
    filled = {name: value for name, value in asked.items() if value}
    page = listed(
        "admin/audit/search.html", (line.subject_name for line in found.lines) if found else (),
        found=found, asked=asked, ways=WAYS, told=told, tabs=tabs(),
        next=url_for("audit_trace.search", **filled, after=found.next) if found and found.next else "",
        first=url_for("audit_trace.search", **filled) if after else "",
    )  # fmt: skip
    return page, status


@blueprint.get("/<case_id>")
@access("role:审计,监督")
def show(case_id: str) -> ResponseReturnValue:
    """The story of a case, verified now."""
    return _story(case_id, "")


@blueprint.post("/<case_id>/unmask")
@access("role:审计,监督")
@limited("20/minute", by="account", methods=("POST",))
def unmask(case_id: str) -> ResponseReturnValue:
    """The same with personal data in full, once the reason is recorded."""
    return _story(case_id, request.form.get("reason", ""), asked=True)


@blueprint.get("/<case_id>/versions/<int:version>")
@access("role:审计,监督")
def past(case_id: str, version: int) -> ResponseReturnValue:
    """The case at a version: what the officer saw then, and the difference to now."""
    seen = zhunyu().audit.past.at(signed_in(), case_id, version)
    _told(seen.now, f"查看办件 {seen.now.number} 第 {version} 版")
    page = render_template("admin/audit/past.html", seen=seen, case=seen.case, now=seen.now, matter=seen.matter,
                           tabs=tabs(), unmasked=False)  # fmt: skip
    words = hidden_words(seen.now, seen.matter, names=False)
    if seen.case is not None:
        words = (*words, *hidden_words(seen.case, seen.matter, names=False))
    names = _names(seen.now, seen.matter)
    return covered(page, words, names)


@blueprint.get("/<case_id>/at")
@access("role:审计,监督")
def at(case_id: str) -> ResponseReturnValue:
    """From an instant to the version the case had then."""
    version = zhunyu().audit.past.version_at(signed_in(), case_id, request.args.get("instant", "")[:19])
    return redirect(url_for("audit_trace.past", case_id=case_id, version=version), 303)


@blueprint.post("/<case_id>/report")
@access("role:审计,监督")
@limited("10/minute", by="account", methods=("POST",))
def report(case_id: str) -> Response:
    """The story as a signed PDF."""
    name, data = zhunyu().audit.reports.of(signed_in(), case_id)
    return file_answer(name, "application/pdf", data)


@blueprint.post("/<case_id>/bundle")
@access("role:审计,监督")
@limited("10/minute", by="account", methods=("POST",))
def bundle(case_id: str) -> Response:
    """The evidence of the case, checkable by anyone."""
    host, account = zhunyu().audit, signed_in().account
    case = host.tracing.case(signed_in(), case_id)
    about = {"case": case.id, "number": case.number, "form": "bundle"}
    host.watching.told(f"audit:{account.id}", account.id, f"导出存证包 {case.number}", about)
    return file_answer(f"存证-{case.number}.json", "application/json", host.history.bundle(case_id))


def _story(case_id: str, reason: str, asked: bool = False) -> ResponseReturnValue:
    host, session = zhunyu().audit, signed_in()
    trace = host.tracing.of(session, case_id)
    told = ""
    if asked:
        try:
            host.unmasking.open(session, trace.case, trace.matter, reason, "追溯")
        except ZhunyuError as error:
            if error.code != "C004":
                raise
            told = error.told
    unmasked = asked and not told
    _told(trace.case, f"查看办件 {trace.case.number} 追溯")
    page = render_template("admin/audit/trace.html", trace=trace, case=trace.case, matter=trace.matter, states=STATES,
                           tabs=tabs(), unmasked=unmasked, told=told, reason=reason)  # fmt: skip
    if unmasked:
        hidden = still_hidden(session, trace.case, trace.matter)
        return covered(page, hidden) if hidden else page
    words = hidden_words(trace.case, trace.matter, names=False)
    return covered(page, words, _names(trace.case, trace.matter)), 422 if told else 200


def _names(case: Case, matter: Matter) -> tuple[str, ...]:
    return () if sees_names(signed_in()) else hidden_words(case, matter, names=True)


def _told(case: Case, what: str) -> None:
    account = signed_in().account
    content = {"case": case.id, "number": case.number, "purpose": "审计" if "审计" in account.roles else "监督"}
    subject = case.subjects[0].code if case.subjects else case.id
    zhunyu().audit.watching.viewed(account.id, what, content, case.id, subject)
