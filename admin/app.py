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
    bulk,
    case_page,
    case_search,
    changeovers,
    copies,
    credentials,
    delegations,
    disputes,
    ex_officio,
    field,
    fieldwork,
    masking,
    matters,
    matters_draft,
    matters_studio,
    matters_trial,
    messages,
    moves,
    opinion_templates,
    organisation,
    outbox,
    papers,
    permissions,
    phone,
    qr,
    ratings,
    recalls,
    register,
    reviews,
    safeguards,
    security,
    sign_in,
    staff_accounts,
    window,
    workbench,
)
from admin.host import AdminHost
from engine.services.letter_corrections import document_of
from engine.services.unmasking import short
from engine.web.app import base_app
from engine.web.applying.setup import register as register_applying
from engine.web.navigation import NavItem

BLUEPRINTS: tuple[Blueprint, ...] = (
    account.blueprint, workbench.blueprint, case_page.blueprint, acting.blueprint, register.blueprint,
    fieldwork.blueprint, field.blueprint, reviews.blueprint, phone.blueprint,
    bulk.blueprint, changeovers.blueprint, case_search.blueprint,
    ex_officio.blueprint, batches.blueprint, masking.blueprint,
    matters.blueprint, matters_studio.blueprint, matters_trial.blueprint, matters_draft.blueprint, outbox.blueprint,
    safeguards.blueprint, recalls.blueprint, aftercheck.blueprint,
    moves.blueprint, copies.blueprint, opinion_templates.blueprint,
    organisation.blueprint, delegations.blueprint, permissions.blueprint, staff_accounts.blueprint,
    papers.blueprint, disputes.blueprint,
    archives.blueprint, archive_lists.blueprint, audit.blueprint, audit_figures.blueprint, audit_trace.blueprint,
    messages.blueprint, messages.log, ratings.blueprint,
    sign_in.blueprint, qr.blueprint, security.blueprint, credentials.blueprint,
    window.blueprint, window.apply, window.files,
)  # fmt: skip
HAND_WORK = ("bulk.", "changeovers.")


def create_app(zhunyu: AdminHost) -> Flask:
    """The admin app over the wired product."""
    app = base_app("admin", zhunyu, kind="admin")
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.jinja_env.filters["ends"] = short
    app.jinja_env.globals["phone_bar"] = phone.bar
    register_applying(app, window.APPLYING)
    app.jinja_env.globals["document_of"] = document_of
    app.config["HOME_ENDPOINT"] = "workbench.work"
    app.config["NAV"] = (
        NavItem(
            "workbench.work", "待办",
            ("workbench.", "case_page.", "acting.", "aftercheck.", "moves.", "opinion_templates.", *HAND_WORK),
        ),
        NavItem("case_search.search", "办件查询", ("case_search.",)),
        NavItem("window.home", "窗口收件", ("window.", "apply.", "files.")),
        NavItem("copies.inbox", "抄送我的", ("copies.",)),
        NavItem("reviews.listing", "专家评审", ("reviews.",)),
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
