"""What stands out in the logs, how the history stands, and the state of the accounts."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.audit import tabs
from admin.host import zhunyu
from engine.errors import ZhunyuError
from engine.model.activity import ACTIVITIES, LOGS, OPERATION, SECURITY, title_of
from engine.services.audit_analysis import Figure
from engine.services.separation import AUDIT
from engine.web.access import access
from engine.web.host import signed_in
from engine.web.limiting import limited

blueprint = Blueprint("audit_figures", __name__, url_prefix="/audit")


@blueprint.get("/analysis")
@access("role:审计,安全")
def analysis() -> ResponseReturnValue:
    """日志分析 over a span of days; each figure leads to its entries."""
    logs, told, status = zhunyu().audit.analysis, "", 200
    since, until = request.args.get("since", ""), request.args.get("until", "")
    try:
        found = logs.of(signed_in(), since, until)
    except ZhunyuError as error:
        if error.code != "A004":
            raise
        told, status = error.told, error.status
        found = logs.of(signed_in())
    page = render_template(
        "admin/audit/analysis.html", found=found, limits=logs.thresholds, told=told, log_links=_links, tabs=tabs(),
        titles={name: title for name, (_, title) in ACTIVITIES.items()}, title_of=title_of,
    )  # fmt: skip
    return page, status


@blueprint.get("/integrity")
@access("role:审计,安全")
def integrity() -> ResponseReturnValue:
    """完整性: the last verification, what waits to be sealed, what the second custodian has."""
    standing = zhunyu().audit.integrity.standing()
    may_verify = AUDIT in signed_in().account.roles
    return render_template("admin/audit/integrity.html", now=standing, may_verify=may_verify, tabs=tabs())


@blueprint.post("/integrity/verify")
@access("role:审计")
@limited("6/minute", by="account", methods=("POST",))
def verify() -> ResponseReturnValue:
    """Begin a verification now; it goes on in the background."""
    host, account = zhunyu().audit, signed_in().account
    host.watching.told(f"audit:{account.id}", account.id, "发起核验", {})
    host.integrity.verify_soon()
    flash("核验已排上，将在后台分段进行，不影响办理。结果稍后显示在本页。", "good")
    return redirect(url_for("audit_figures.integrity"), 303)


@blueprint.get("/accounts")
@access("role:审计,安全")
def accounts() -> ResponseReturnValue:
    """账号状态: staff accounts, locks and failures."""
    return render_template("admin/audit/accounts.html", lines=zhunyu().audit.logs.locks(signed_in()), tabs=tabs())


def _links(figure: Figure) -> list[tuple[str, str]]:
    """Where the entries of a figure are, for who may read them."""
    activity = figure.asks.get("activity", "")
    logs = (ACTIVITIES[activity][0],) if activity else (OPERATION, SECURITY)
    audits = AUDIT in signed_in().account.roles
    return [
        (LOGS[log], url_for(f"audit.{log}", **figure.asks))  # type: ignore[arg-type]
        for log in logs
        if audits or log == SECURITY
    ]
