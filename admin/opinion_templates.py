"""意见模板: the office's and one's own sentences, added, changed and deleted here, used by one click in the forms."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from engine.errors import ZhunyuError
from engine.services.desk_actions import ACTIONS
from engine.services.opinion_templates import OFFICE, OWN
from engine.web.access import access
from engine.web.host import signed_in
from engine.web.watching import shown

blueprint = Blueprint("opinion_templates", __name__, url_prefix="/opinions")
# The acts with an opinion or a reason to be written.
FOR = {
    name: title
    for name, title in {**ACTIONS, "state_cosign": "加签表态"}.items()
    if name not in ("ask_supplement", "record_statement")
}
TITLES = {OWN: "我的意见模板", OFFICE: "本机关的意见模板"}


@blueprint.get("")
@access("staff")
def kept() -> ResponseReturnValue:
    """All templates of mine and of my office."""
    return _page()


@blueprint.post("/<scope>")
@access("staff")
def add(scope: str) -> ResponseReturnValue:
    """A new one."""
    action, text = _given()
    try:
        zhunyu().moves.opinions.add(signed_in(), scope, action, text)
    except ZhunyuError as error:
        return _told(error, scope, text)
    flash("已添加意见模板。", "good")
    return redirect(url_for("opinion_templates.kept"), 303)


@blueprint.post("/<scope>/<template_id>")
@access("staff")
def change(scope: str, template_id: str) -> ResponseReturnValue:
    """Other words for one, or away with it."""
    action, text = _given()
    try:
        if request.form.get("_do") == "remove":
            zhunyu().moves.opinions.remove(signed_in(), template_id, scope)
        else:
            zhunyu().moves.opinions.change(signed_in(), template_id, scope, action, text)
    except ZhunyuError as error:
        return _told(error, scope, text)
    flash("已删除意见模板。" if request.form.get("_do") == "remove" else "已保存意见模板。", "good")
    return redirect(url_for("opinion_templates.kept"), 303)


def _given() -> tuple[str, str]:
    action = request.form.get("action", "")
    return action if action in FOR else "", request.form.get("text", "")


def _told(error: ZhunyuError, scope: str, text: str) -> ResponseReturnValue:
    return _page(told=shown(error, ("C004",)), typed={scope: text}), error.status


def _page(told: str = "", typed: dict[str, str] | None = None) -> str:
    opinions, session = zhunyu().moves.opinions, signed_in()
    groups = [(scope, title, opinions.may_keep(session, scope), opinions.kept(session, scope))
              for scope, title in TITLES.items()]  # fmt: skip
    return render_template("admin/moves/opinions.html", groups=groups, actions=FOR, told=told, typed=typed or {})
