"""Filling in an application on the portal: for whom and on which certificate; the rest is `engine.web.applying`."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.web.access import access
from engine.web.applying.host import Applying
from engine.web.applying.routes import blueprints
from engine.web.limiting import limited
from portal.services import signed_in, zhunyu

blueprint, files = blueprints("applicant")
APPLYING = Applying(
    acting=lambda draft: signed_in(),
    submit=lambda session, draft, key, insist, secret: zhunyu().cases.submit(
        session, draft, key, insist=insist, secret=secret
    ),
    base="portal.html", mine="cases.mine", mine_title="我的办件", filed="cases.view", rows="lists.rows",
    guide="catalogue.guide",
)  # fmt: skip


@blueprint.get("/start/<matter_id>")
@access("applicant")
def prepare(matter_id: str) -> ResponseReturnValue:
    """For whom, on which certificate, and what was begun before."""
    session, product = signed_in(), zhunyu()
    matter = product.shelf.applied_for(matter_id)
    return render_template(
        "apply/prepare.html",
        matter=matter,
        session=session,
        choices=product.drafts.subject_certificates(session, matter_id) if session.subject else (),
        begun=tuple(line for line in product.drafts.list(session) if line.matter == matter_id),
    )


@blueprint.post("/start/<matter_id>")
@access("applicant")
@limited("30/minute", by="account")
def start(matter_id: str) -> ResponseReturnValue:
    """Open a new draft."""
    matter = zhunyu().shelf.applied_for(matter_id)
    acts_on = request.form.get("acts_on", "")
    if matter.acts_on is not None and not acts_on:
        flash("请先选择要办理的证照。", "warn")
        return redirect(url_for("apply.prepare", matter_id=matter_id), 303)
    draft = zhunyu().drafts.start(signed_in(), matter_id, acts_on)
    return redirect(url_for("apply.form", draft_id=draft.id), 303)
