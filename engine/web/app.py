"""`base_app`: a Flask app with sessions, CSRF, security headers, errors, metrics and the design system in place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from flask import Flask, g, request, session
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.middleware.proxy_fix import ProxyFix

from engine.model.sign_in import SignInRules
from engine.services.accounts import Session
from engine.web import assets, errors, headers, health, limiting, logs, watching, words
from engine.web.access import declared, enforce
from engine.web.forms import drawing
from engine.web.host import Host
from engine.web.navigation import register_navigation

HERE = Path(__file__).parent
UPLOAD_LIMIT = 110 * 1024 * 1024  # five files of 20 MB and the form around them
SESSION_KEY = "token"
POLL_HEADER = "X-Poll"  # sent by pages that ask again by themselves: they do not keep a session alive


class WebApp(Flask):
    """A Flask app that refuses a route without a declared access rule when it is added."""

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """As Flask's; raises RuntimeError when the view declares no access."""
        if view_func is not None and not declared(view_func):
            raise RuntimeError(f"route {rule} declares no access: add @access(...) to {view_func.__name__}")
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)


def base_app(name: str, zhunyu: Host, *, kind: Literal["portal", "admin"]) -> WebApp:
    """A new app of the package `name`, whose own `templates/` and `static/` come before the kit's.

    The app must register an endpoint `account.login` (config LOGIN_ENDPOINT) and may set config NAV to a tuple
    of `engine.web.navigation.NavItem`.
    """
    app = WebApp(name, static_folder=None, template_folder="templates")
    app.extensions["zhunyu"] = zhunyu
    hops = int(getattr(zhunyu.settings, "proxies", 0))
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    secure = bool(zhunyu.settings.cookie_secure)
    app.config.update(
        KIND=kind, SECRET_KEY=zhunyu.settings.secret, LOGIN_ENDPOINT="account.login", NAV=(),
        HOME_ENDPOINT="", MAX_CONTENT_LENGTH=UPLOAD_LIMIT, MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        SESSION_COOKIE_NAME=f"zhunyu_{kind}", SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure, SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=_longest(zhunyu),
        WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=secure,
    )  # fmt: skip
    app.jinja_loader = ChoiceLoader([
        FileSystemLoader(Path(app.root_path) / "templates"),
        FileSystemLoader(HERE / "templates"),
    ])  # fmt: skip
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    logs.register(app)
    health.register(app)
    headers.register(app)
    assets.register(app, (Path(app.root_path) / "static", HERE / "static"))
    errors.register(app)
    words.register(app)
    drawing.register(app)
    register_navigation(app)
    _register_gate(app)
    limiting.register(app)
    watching.register(app)
    return app


def _longest(zhunyu: Host) -> timedelta:
    """As long as a session may last at most."""
    rules: SignInRules = getattr(zhunyu.settings, "sign_in", SignInRules())
    return rules.whole


def remember(token: str) -> None:
    """Put a fresh session token into the cookie; whatever the cookie held before is dropped (no fixation)."""
    session.clear()
    session[SESSION_KEY] = token
    session.permanent = True


def forget() -> None:
    """Empty the cookie."""
    session.clear()


def _register_gate(app: WebApp) -> None:
    csrf = CSRFProtect(app)

    def load_session() -> None:
        g.session, g.bearer = None, False
        if request.endpoint == "static_file":
            return
        g.session = _session_of_request(app)

    def check_csrf() -> None:
        if not g.bearer and request.endpoint is not None and request.method in ("POST", "PUT", "PATCH", "DELETE"):
            csrf.protect()

    app.before_request(load_session)
    app.before_request(enforce)
    app.before_request(check_csrf)
    app.context_processor(lambda: {"session_now": g.get("session"), "kind": app.config["KIND"]})


def _session_of_request(app: Flask) -> Session | None:
    accounts = app.extensions["zhunyu"].accounts
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer:
        g.bearer = True
        found: Session | None = accounts.by_api_token(bearer.strip())
        return found
    token = session.get(SESSION_KEY, "")
    if not token:
        return None
    found = accounts.session(token, touch=POLL_HEADER not in request.headers)
    wanted = "staff" if app.config["KIND"] == "admin" else "applicant"
    if found is None or found.account.kind != wanted:
        session.pop(SESSION_KEY, None)
        return None
    return found


