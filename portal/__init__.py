"""The applicant's product: find a matter, fill it in and know where one stands, follow the case, verify a licence."""

from __future__ import annotations

from engine.bootstrap import Zhunyu
from engine.model.wording import waivable_in_words
from engine.web.access import enforce
from engine.web.app import WebApp, base_app
from engine.web.city import register_city
from engine.web.navigation import NavItem
from portal import (
    account,
    apply,
    cases,
    catalogue,
    certificates,
    confirmations,
    consents,
    expired,
    files,
    guides,
    lists,
    messages,
    publicity,
    ratings,
    security,
    verify,
)
from portal.api import register as register_api

NAV = (
    NavItem("catalogue.home", "首页"),
    NavItem(
        "catalogue.search", "办事", ("catalogue.search", "catalogue.guide", "guides.", "apply.", "files.", "lists.")
    ),
    NavItem("cases.mine", "我的办件", ("cases.", "confirmations.", "ratings.")),
    NavItem("certificates.mine", "我的证照", ("certificates.mine", "consents.")),
    NavItem("publicity.notices", "公示", ("publicity.",)),
    NavItem("verify.home", "证照查验", ("verify.",)),
)

PARTS = (
    catalogue, guides, account, apply, files, lists, cases, confirmations, certificates, consents, publicity, verify,
    messages, ratings,
    security,
)  # fmt: skip


def create_app(zhunyu: Zhunyu) -> WebApp:
    """The portal as a Flask app over the wired product."""
    app = base_app(__name__, zhunyu, kind="portal")
    app.config.update(NAV=NAV, HOME_ENDPOINT="catalogue.home")
    for part in PARTS:
        app.register_blueprint(part.blueprint)
    register_api(app)
    if zhunyu.identity is not None:
        register_city(app, zhunyu.identity)
    app.jinja_env.filters["promise"] = catalogue.promise_words
    app.jinja_env.filters["waivable"] = waivable_in_words
    app.jinja_env.filters["plainly"] = catalogue.rule_words
    app.jinja_env.filters["short_title"] = catalogue.short_title
    app.jinja_env.filters["besides_at_once"] = catalogue.besides_at_once
    app.jinja_env.filters["with_counts"] = catalogue.with_counts
    app.jinja_env.filters["validity"] = catalogue.validity_words
    # After the session is known and before a visitor without one is sent away.
    before = app.before_request_funcs[None]
    before.insert(before.index(enforce), expired.keep_what_was_typed)
    return app
