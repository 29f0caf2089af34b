"""The app factory of the admin app."""

from __future__ import annotations

from flask import Blueprint, Flask

from admin import (
    account,
    acting,
    aftercheck,
    archive_lists,
    archives,
    audit,
    audit_figures,
    audit_trace,
    batches,
    case_page,
    credentials,
    delegations,
    disputes,
    ex_officio,
    masking,
    matters,
    matters_draft,
    matters_studio,
    matters_trial,
    messages,
    organisation,
    outbox,
    papers,
    permissions,
    qr,
    ratings,
    recalls,
    register,
    safeguards,
    security,
    sign_in,
    staff_accounts,
    workbench,
)
from admin.host import AdminHost
from engine.services.unmasking import short
from engine.web.app import base_app
from engine.web.navigation import NavItem

BLUEPRINTS: tuple[Blueprint, ...] = (
    account.blueprint, workbench.blueprint, case_page.blueprint, acting.blueprint, register.blueprint,
    ex_officio.blueprint, batches.blueprint, masking.blueprint,
    matters.blueprint, matters_studio.blueprint, matters_trial.blueprint, matters_draft.blueprint, outbox.blueprint,
    safeguards.blueprint, recalls.blueprint, aftercheck.blueprint,
    organisation.blueprint, delegations.blueprint, permissions.blueprint, staff_accounts.blueprint,
    papers.blueprint, disputes.blueprint,
    archives.blueprint, archive_lists.blueprint, audit.blueprint, audit_figures.blueprint, audit_trace.blueprint,
    messages.blueprint, messages.log, ratings.blueprint,
    sign_in.blueprint, qr.blueprint, security.blueprint, credentials.blueprint,
)  # fmt: skip


def create_app(zhunyu: AdminHost) -> Flask:
    """The admin app over the wired product."""
    app = base_app("admin", zhunyu, kind="admin")
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.jinja_env.filters["ends"] = short
    app.config["HOME_ENDPOINT"] = "workbench.work"
    app.config["NAV"] = (
        NavItem("workbench.work", "待办", ("workbench.", "case_page.", "acting.", "aftercheck.")),
        NavItem("ex_officio.matters", "依职权办理", ("ex_officio.", "batches.")),
        NavItem("papers.queue", "制发证台", ("papers.",)),
        NavItem("disputes.listing", "争议与投诉", ("disputes.",)),
        NavItem("register.search", "证照库", ("register.",)),
        NavItem("matters.shelf", "事项", ("matters.",)),
        NavItem("studio.shelf", "事项管理", ("studio.", "trial.", "draft.")),
        NavItem("safeguards.overview", "秒批守护", ("safeguards.", "recalls.")),
        NavItem("archives.listing", "电子档案", ("archives.", "archive_lists.")),
        NavItem("ratings.listing", "好差评", ("ratings.",)),
        NavItem("outbox.queue", "推送与后台任务", ("outbox.", "message_log.")),
        NavItem(
            "organisation.show", "组织与授权", ("organisation.", "delegations.", "permissions.", "staff_accounts.")
        ),
        NavItem("audit.home", "审计与追溯", ("audit.", "audit_figures.", "audit_trace.")),
        NavItem("credentials.people", "登录协助", ("credentials.",)),
    )
    return app
