"""事项管理: what stands on the shelf and why, the rules in words, versions, shadow runs and replays."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from engine.errors import ZhunyuError
from engine.model.matter import Matter
from engine.ports.publication import Publication
from engine.ports.shadows import Shadow
from engine.ports.versions import Current
from engine.services.publishing_review import KEEPER
from engine.services.shadow import percent, verdict_in_words
from engine.web.access import access
from engine.web.host import signed_in

blueprint = Blueprint("studio", __name__, url_prefix="/studio")
SHADOW_STATES = {"running": "运行中", "stopped": "已停止", "published": "草案已发布", "expired": "已到期"}


class Line(msgspec.Struct, frozen=True):
    """A matter in the list."""

    matter: Matter
    current: Current
    record: Publication | None
    shadow: Shadow | None


@blueprint.get("")
@access("role:业务管理,监督")
def shelf() -> ResponseReturnValue:
    """Every matter on the shelf, and those taken off it, with how it came there and what runs beside it."""
    host, text = zhunyu(), request.args.get("text", "").strip()
    current = {one.matter: one for one in host.publishing.current()}
    found = [card.id for card in host.shelf.search(text, every=True)]
    found += [] if text else [id for id, one in current.items() if one.state != "published"]
    records = host.publishing.checked(tuple(current[id].hash for id in found))
    shadows = {one.matter: one for one in host.shadows.list() if one.state == "running"}
    lines = [
        Line(host.shelf.version(current[id].hash), current[id], records.get(current[id].hash), shadows.get(id))
        for id in found
    ]
    return render_template("admin/studio/shelf.html", lines=lines, text=text)


@blueprint.get("/<matter_id>")
@access("role:业务管理,监督")
def rules(matter_id: str) -> ResponseReturnValue:
    """The rules in words."""
    matter = asked(matter_id)
    return page("rules", matter, titles={step.id: step.title for step in matter.route})


@blueprint.get("/<matter_id>/versions")
@access("role:业务管理,监督")
def versions(matter_id: str) -> ResponseReturnValue:
    """Every publication and withdrawal with how it was weighed."""
    matter = asked(matter_id)
    host = zhunyu()
    history, records = host.publishing.history(matter_id), host.publishing.records(matter_id)
    return page("versions", matter, history=history, records=records, current=history[0])


@blueprint.get("/<matter_id>/shadow")
@access("role:业务管理,监督")
def shadow(matter_id: str) -> ResponseReturnValue:
    """Shadow runs of the matter, and the report of one of them."""
    matter = asked(matter_id)
    host = zhunyu()
    runs = host.shadows.list(matter_id)
    wanted = request.args.get("run", "") or (runs[0].id if runs else "")
    if wanted and not any(one.id == wanted for one in runs):
        raise ZhunyuError("A003", "没有这一次影子运行。", "请从列表里选择。", status=404)
    report = host.shadows.report(wanted) if wanted else None
    return page(
        "shadow", matter, runs=runs, report=report, states=SHADOW_STATES, percent=percent, verdict=verdict_in_words
    )


@blueprint.post("/<matter_id>/shadow/<run>/stop")
@access("role:业务管理")
def stop_shadow(matter_id: str, run: str) -> ResponseReturnValue:
    """Stop a shadow run."""
    account = signed_in().account
    zhunyu().shadows.stop(run, f"{account.name}（{account.login}）", account.id)
    flash("影子运行已停止，报告保留。", "good")
    return redirect(url_for("studio.shadow", matter_id=matter_id, run=run), 303)


@blueprint.get("/<matter_id>/replay")
@access("role:业务管理,监督")
def replay(matter_id: str) -> ResponseReturnValue:
    """What each publication was found to change for past cases."""
    matter = asked(matter_id)
    records = zhunyu().publishing.records(matter_id).values()
    return page("replay", matter, records=[one for one in records if one.impact])


def asked(matter_id: str) -> Matter:
    """The matter of the page: on the shelf, or the last version that was; A003 when there never was one."""
    history = zhunyu().publishing.history(matter_id)
    if not history:
        raise ZhunyuError("A003", "没有这一事项。", "请从事项管理重新进入。", status=404)
    return zhunyu().shelf.version(history[0].hash)


def page(tab: str, matter: Matter, **shown: Any) -> str:
    """A tab of a matter's page."""
    tabs = [
        (title, url_for(f"studio.{endpoint}" if endpoint != "form" else "trial.form", matter_id=matter.id),
         name == tab, None)
        for name, title, endpoint in (
            ("rules", "说明", "rules"), ("versions", "版本", "versions"), ("trial", "试算", "form"),
            ("shadow", "影子运行", "shadow"), ("replay", "推演", "replay"),
        )
    ]  # fmt: skip
    keeps = KEEPER in signed_in().account.roles
    return render_template(f"admin/studio/{tab}.html", matter=matter, tabs=tabs, keeps=keeps, **shown)
