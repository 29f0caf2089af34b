"""The app factory of the admin app."""

from __future__ import annotations

from flask import Blueprint, Flask

from admin import account, acting, case_page, matters, outbox, register, workbench
from admin.host import AdminHost
from engine.web.app import base_app
from engine.web.navigation import NavItem

BLUEPRINTS: tuple[Blueprint, ...] = (
    account.blueprint, workbench.blueprint, case_page.blueprint, acting.blueprint, register.blueprint,
    matters.blueprint, outbox.blueprint,
)  # fmt: skip


def create_app(zhunyu: AdminHost) -> Flask:
    """The admin app over the wired product."""
    app = base_app("admin", zhunyu, kind="admin")
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.config["HOME_ENDPOINT"] = "workbench.work"
    app.config["NAV"] = (
        NavItem("workbench.work", "待办", ("workbench.", "case_page.", "acting.")),
        NavItem("register.search", "证照库", ("register.",)),
        NavItem("matters.shelf", "事项", ("matters.",)),
        NavItem("outbox.queue", "推送与后台任务", ("outbox.",)),
    )
    return app
