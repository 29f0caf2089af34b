"""The main navigation: an app names its items, the kit shows those the visitor may open."""

from __future__ import annotations

from typing import NamedTuple

from flask import Flask, current_app, g, request, url_for

from engine.web.access import allowed, declared, sign_in_url

TITLES = {"portal": "准予 政务审批服务", "admin": "准予 审批工作台"}
TAGLINES = {"portal": "政务审批服务", "admin": "审批工作台"}


class NavItem(NamedTuple):
    """One entry: the endpoint it opens, its title, and the endpoint prefixes it stands for ("cases.")."""

    endpoint: str
    title: str
    covers: tuple[str, ...] = ()


class NavLink(NamedTuple):
    """An entry as shown."""

    endpoint: str
    title: str
    current: bool


def register_navigation(app: Flask) -> None:
    """Give templates `nav_links() home_url() sign_in_url() sign_out_url() password_url()` and the site's titles."""
    app.jinja_env.globals.update(
        nav_links=nav_links, home_url=home_url, sign_in_url=_sign_in_url, sign_out_url=sign_out_url,
        password_url=password_url, city_url=city_url, badge_url=badge_url,
        site_title=TITLES[app.config["KIND"]], site_tagline=TAGLINES[app.config["KIND"]],
    )  # fmt: skip


def home_url() -> str:
    """The app's first page: config HOME_ENDPOINT, else its root."""
    endpoint = current_app.config["HOME_ENDPOINT"]
    return url_for(endpoint) if endpoint else request.script_root + "/"


def sign_out_url() -> str:
    """Where to post to sign out, "" where the app has no such route."""
    return _url_if_any("account.logout")


def password_url() -> str:
    """Where one's sign-ins and password are kept, "" where the app has no such route."""
    return _url_if_any("security.overview") or _url_if_any("account.password")


def badge_url() -> str:
    """Where the badge of unread messages asks, "" for a visitor and where the app has no messages."""
    return _url_if_any("messages.badge") if g.get("session") is not None else ""


def city_url(next: str = "") -> str:
    """Where to sign in with the city's account, "" where no identity provider is named."""
    found = "city.leave" in current_app.view_functions
    return (url_for("city.leave", next=next) if next else url_for("city.leave")) if found else ""


def _url_if_any(endpoint: str) -> str:
    return url_for(endpoint) if endpoint in current_app.view_functions else ""


def _sign_in_url() -> str:
    here = request.full_path.rstrip("?") if request.method == "GET" and request.endpoint else ""
    known = current_app.config["LOGIN_ENDPOINT"] in current_app.view_functions
    return sign_in_url(request.script_root + here if here else "") if known else home_url()


def nav_links() -> tuple[NavLink, ...]:
    """The entries the visitor may open; those needing sign-in are shown to visitors too when they are the portal's."""
    session = g.get("session")
    here = request.endpoint or ""
    shown = []
    for item in current_app.config["NAV"]:
        rule = declared(current_app.view_functions[item.endpoint])
        if allowed(rule, session, "") or (session is None and rule == "applicant"):
            current = here == item.endpoint or here.startswith(item.covers or ("\0",))
            shown.append(NavLink(item.endpoint, item.title, current))
    return tuple(shown)
