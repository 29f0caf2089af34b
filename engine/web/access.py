"""Who may call a route. Every route declares it, or the app does not start.

Rules: `public` · `local` (this machine only) · `applicant` · `staff` · `role:审批` (or several: `role:审批,窗口`) ·
`api:<scope>` (bearer token with the scope, or a signed-in applicant).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import ZhunyuError
from engine.services.accounts import Session
from engine.services.permission import may_call

View = TypeVar("View", bound=Callable[..., Any])
KINDS = frozenset({"public", "local", "applicant", "staff", "role", "api"})
_MARK = "zhunyu_access"


def access(rule: str) -> Callable[[View], View]:
    """Declare who may call the view. Raises ValueError for a rule that does not exist."""
    kind, _, argument = rule.partition(":")
    if kind not in KINDS or (kind in ("role", "api")) != bool(argument):
        raise ValueError(f"access rule {rule!r} does not exist")

    def mark(view: View) -> View:
        setattr(view, _MARK, rule)
        return view

    return mark


def declared(view: object) -> str:
    """The rule of a view, "" when it declares none."""
    return str(getattr(view, _MARK, ""))


def undeclared(app: Flask) -> tuple[str, ...]:
    """The URL rules of the app whose views declare no access."""
    return tuple(str(rule) for rule in app.url_map.iter_rules() if not declared(app.view_functions[rule.endpoint]))


def wants_fragment() -> bool:
    """Whether htmx asked, so that a part of a page is expected."""
    return request.headers.get("HX-Request") == "true"


def wants_problem() -> bool:
    """Whether the caller reads JSON: the API, htmx, or an Accept header that prefers it."""
    if wants_fragment() or request.path.startswith("/api/"):
        return True
    kinds = ("text/html", "application/json", "application/problem+json")
    return request.accept_mimetypes.best_match(kinds, "text/html") != "text/html"


def allowed(rule: str, session: Session | None, address: str) -> bool:
    """Whether a rule admits the session (None: nobody signed in) from the address."""
    account = session.account if session is not None else None
    return may_call(rule, account, session.scopes if session else (), local=_is_loopback(address))


def enforce() -> ResponseReturnValue | None:
    """Before every request: let it pass, send the visitor to sign in, or refuse (A001 401, A002 403)."""
    if request.endpoint is None:
        return None  # the router answers 404 or 405
    rule = declared(current_app.view_functions[request.endpoint])
    session: Session | None = g.get("session")
    address = "" if rule == "local" and request.headers.get("X-Forwarded-For") else request.remote_addr or ""
    if allowed(rule, session, address):
        return None
    if rule == "local" or session is not None:
        raise ZhunyuError("A002", "您没有办理此事的权限。", "请换用有权限的账号，或联系管理员。", status=403)
    return _to_sign_in()


def sign_in_url(next: str = "") -> str:
    """The sign-in page of this app, coming back to `next` afterwards."""
    url = url_for(current_app.config["LOGIN_ENDPOINT"])
    return f"{url}?{urlencode({'next': next})}" if next else url


def safe_next(default: str) -> str:
    """The `next` argument when it is a path of this site, else `default`."""
    wanted = request.values.get("next", "")
    local = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and "\\" not in wanted
    return wanted if local and wanted.isprintable() else default


def _to_sign_in() -> ResponseReturnValue:
    if wants_fragment():
        back = request.headers.get("HX-Current-URL", "")
        return "", 401, {"HX-Redirect": sign_in_url(_path_of(back))}
    if wants_problem():
        raise ZhunyuError("A001", "您还没有登录，或登录已过期。", "请重新登录后再试。", status=401)
    here = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(sign_in_url(request.script_root + here if here else ""), 303)


def _path_of(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "") if parts.path.startswith("/") else ""


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
