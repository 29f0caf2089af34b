"""A tiny app on the kit, with people who are signed in by the name of their token."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from flask import flash, redirect, render_template_string, request

from engine.errors import ZhunyuError
from engine.ports.accounts import Account
from engine.services.accounts import Session
from engine.web.access import access
from engine.web.app import WebApp, base_app, forget, remember
from engine.web.limiting import limited
from engine.web.navigation import NavItem

PAGE = '{% extends "base.html" %}{% block title %}页{% endblock %}{% block content %}<p>{{ text }}</p>{% endblock %}'


class Settings(msgspec.Struct, frozen=True):
    secret: str = "a secret for tests only, long enough"
    cookie_secure: bool = False
    cache_url: str = ""
    proxies: int = 0


def session(token: str, kind: str, roles: tuple[str, ...] = (), scopes: tuple[str, ...] = ()) -> Session:
    account = Account(id=token, login=token, kind=kind, name="张三", roles=roles, district="黄浦区")
    return Session(token=token, account=account, subject=None, authority="", expires_at="", scopes=scopes)


class People:
    rows = {
        "applicant": session("applicant", "applicant"),
        "approver": session("approver", "staff", ("审批",)),
        "clerk": session("clerk", "staff", ("窗口",)),
    }
    tokens = {"api": session("api", "applicant", scopes=("cases.write",))}

    def session(self, token: str, touch: bool = True) -> Session | None:
        return self.rows.get(token)

    def by_api_token(self, token: str) -> Session | None:
        return self.tokens.get(token)


class Host:
    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.accounts = People()


def small_app(kind: Literal["portal", "admin"] = "portal", settings: Settings | None = None) -> WebApp:
    app = base_app("portal" if kind == "portal" else "admin", Host(settings), kind=kind)

    def view(path: str, rule: str, endpoint: str, methods: tuple[str, ...] = ("GET",)) -> None:
        @access(rule)
        def show() -> Any:
            return render_template_string(PAGE, text=endpoint)

        app.add_url_rule(path, endpoint, show, methods=methods)

    view("/", "public", "home")
    view("/mine", "applicant", "cases.mine", ("GET", "POST"))
    view("/desk", "staff", "desk")
    view("/approve", "role:审批", "approve")
    view("/api/cases", "api:cases.write", "api.cases", ("GET", "POST"))
    view("/login", "public", "account.login")

    @access("public")
    def enter() -> Any:
        remember(request.args["as"])
        flash("欢迎", "good")
        return redirect("/")

    @access("public")
    def leave() -> Any:
        forget()
        return "left"

    @access("public")
    @limited("2/minute")
    def often() -> Any:
        return "ok"

    @access("public")
    def refuse() -> Any:
        raise ZhunyuError("C002", "办件已被他人处理。", "请刷新后再办。", status=409)

    @access("public")
    def broken() -> Any:
        raise RuntimeError("secret detail")

    for function in (enter, leave, often, refuse, broken):
        app.add_url_rule(f"/{function.__name__}", function.__name__, function)
    mine = NavItem("cases.mine", "我的办件", ("cases.",))
    app.config["NAV"] = (NavItem("home", "首页"), mine, NavItem("approve", "审批"))
    return app
