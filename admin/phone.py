"""The desk as an app on a phone: manifest, service worker, and the page 我的 behind the bar at the foot."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec
from flask import Blueprint, Response, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.services.accounts import Session
from engine.web.access import access, allowed, declared
from engine.web.host import signed_in
from engine.web.navigation import NavLink, nav_links

blueprint = Blueprint("phone", __name__)
# The bar at the foot of a phone: the endpoints that may stand for an item (the first the app has), and its title.
BAR: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("workbench.work",), "待办", "work"),
    (("case_search.search",), "办件查询", "search"),
    (("messages.listing",), "消息", "messages"),
    (("phone.me",), "我的", "me"),
)
_WORKER = Path(__file__).parent / "static" / "js" / "field-worker.js"
_KEPT = (
    "css/site.css", "css/forms.css", "css/parts.css", "css/field.css", "js/rules.js", "js/form.js", "js/field.js",
    "js/field-store.js", "js/field-parts.js", "img/mark.svg",
)  # fmt: skip


class BarItem(msgspec.Struct, frozen=True):
    """An item of the bar."""

    title: str
    url: str
    icon: str
    current: bool


def bar() -> tuple[BarItem, ...]:
    """The items of the bar that the app has and the visitor may open."""
    found, views = [], current_app.view_functions
    session: Session | None = g.get("session")
    for endpoints, title, icon in BAR:
        endpoint = next((one for one in endpoints if one in views), "")
        if endpoint and session is not None and allowed(declared(views[endpoint]), session, ""):
            here = (request.endpoint or "").partition(".")[0] == endpoint.partition(".")[0]
            found.append(BarItem(title, url_for(endpoint), icon, here))
    return tuple(found)


@blueprint.get("/app.webmanifest")
@access("public")
def manifest() -> Response:
    """What a phone needs to put the desk on its home screen."""
    asset: Any = current_app.jinja_env.globals["asset"]
    home = request.script_root + "/"
    told = {
        "id": home, "name": "准予 审批工作台", "short_name": "准予审批", "lang": "zh-CN", "dir": "ltr",
        "start_url": home, "scope": home, "display": "standalone", "orientation": "any",
        "theme_color": "#0d4f5e", "background_color": "#f7f6f3",
        "icons": [
            {"src": asset(f"img/app-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for size, purpose in ((192, "any"), (512, "any"), (512, "maskable"))
        ],
        "shortcuts": [{"name": "现场核查", "url": url_for("field.page")}],
    }  # fmt: skip
    return Response(msgspec.json.encode(told), mimetype="application/manifest+json")


@blueprint.get("/field-worker.js")
@access("public")
def worker() -> Response:
    """The service worker; its version is the digest of everything it keeps, so that a phone renews it by itself."""
    asset: Any = current_app.jinja_env.globals["asset"]
    kept = [asset(name) for name in _KEPT]
    source, shell = _WORKER.read_text(encoding="utf-8"), render_template("admin/field/page.html")
    version = hashlib.sha256("\n".join((source, shell, *kept)).encode()).hexdigest()[:16]
    told = msgspec.json.encode({"version": version, "page": url_for("field.page"), "kept": kept}).decode()
    response = Response(f"const KEPT = {told};\n{source}", mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/me")
@access("staff")
def me() -> ResponseReturnValue:
    """Who one is, and every part of the desk one may open."""
    links: tuple[NavLink, ...] = nav_links()
    return render_template("admin/me.html", account=signed_in().account, links=links)

