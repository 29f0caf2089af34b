"""Filling in an application: choose, fill, know where one stands, check the answers, submit."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import ZhunyuError
from engine.services.draft_views import Preview
from engine.web.access import access
from engine.web.limiting import limited
from portal import sheet
from portal.services import signed_in, whole_number, zhunyu

blueprint = Blueprint("apply", __name__)


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


@blueprint.get("/apply/<draft_id>")
@access("applicant")
def form(draft_id: str) -> ResponseReturnValue:
    """The form, with what was typed before the session expired put back."""
    product, session = zhunyu(), signed_in()
    opening = product.drafts.opened(session, draft_id)
    if opening.switched is not None:
        flash(f"这份申请是为“{opening.switched.name}”填写的，已切换。", "info")
        return redirect(request.full_path.rstrip("?"), 303)
    if opening.moved:
        flash("这个事项更新过，已换用新的申请表。请重新核对。", "warn")
    parked = request.args.get("restore", "")
    if parked:
        product.drafts.restore(session, draft_id, parked)
        flash("登录过期前填写的内容已经恢复。", "good")
        return redirect(url_for("apply.form", draft_id=draft_id), 303)
    return sheet.page(product.drafts.preview(session, opening.draft))


@blueprint.post("/apply/<draft_id>")
@access("applicant")
def save(draft_id: str) -> ResponseReturnValue:
    """Keep what was typed and do what the pressed button says; works without scripts."""
    product, session = zhunyu(), signed_in()
    did, _, argument = request.form.get("_do", "update").partition(":")
    answers = sheet.typed_answers(draft_id)
    try:
        product.drafts.save(session, draft_id, answers, whole_number("_revision"), sheet.window())
    except ZhunyuError as error:
        if error.code != "A013":
            raise
        return sheet.page(product.drafts.preview(session, draft_id, answers), conflict=True), error.status
    refused = sheet.take_files(draft_id)
    if did == "verify":
        product.drafts.verify(session, draft_id, argument)
    if did in ("ask", "remind", "withdraw-ask"):
        return _about_confirmation(draft_id, did, argument)
    if did == "remove-file":
        material_id, _, upload_id = argument.partition(":")
        product.drafts.remove_upload(session, draft_id, material_id, upload_id)
    preview = product.drafts.preview(session, draft_id)
    sheet.keep_filled(preview)
    if did == "review":
        told = sheet.problems_of(preview)
        if not told and not refused:
            return redirect(url_for(_next(preview), draft_id=draft_id), 303)
        return sheet.page(preview, told, refused), 422
    if did == "save" and not refused:
        flash("已保存。可以随时从“我的办件”继续填写。", "good")
        return redirect(url_for("cases.mine"), 303)
    extra = {argument: 1} if did == "add-row" else {}
    return sheet.page(preview, None, refused, extra_rows=extra), 422 if refused else 200


def _about_confirmation(draft_id: str, did: str, sign: str) -> ResponseReturnValue:
    """Ask the second party, remind it, or take the request back; what is typed is kept already."""
    product, session = zhunyu(), signed_in()
    preview = product.drafts.preview(session, draft_id)
    sheet.keep_filled(preview)
    try:
        if did == "ask":
            product.confirming.ask(session, preview, sign)
            flash("已送请对方确认。对方登录后在“待我确认”里看到；您改动给对方看的内容，要重新送请。", "good")
        elif did == "remind":
            product.confirming.remind(session, draft_id, sign)
            flash("已提醒对方。", "good")
        else:
            product.confirming.withdraw(session, draft_id, sign)
            flash("已撤回。", "info")
    except ZhunyuError as refused:
        if refused.code not in ("A004", "C001"):
            raise
        told = {problem.file: problem.what for problem in refused.problems if problem.file}
        return sheet.page(preview, {**told, f"c-{sign}": f"{refused.what}{refused.next}"}), refused.status
    return redirect(url_for("apply.form", draft_id=draft_id) + f"#c-{sign}", 303)


@blueprint.post("/apply/<draft_id>/precheck")
@access("applicant")
@limited("120/minute", by="account")
def precheck(draft_id: str) -> ResponseReturnValue:
    """Autosave and judge: the panel beside the form, for scripts."""
    product, session = zhunyu(), signed_in()
    answers = sheet.typed_answers(draft_id)
    saved = product.drafts.save(session, draft_id, answers, whole_number("_revision"), sheet.window())
    did, _, argument = request.form.get("_do", "").partition(":")
    if did == "verify":
        product.drafts.verify(session, draft_id, argument)
    preview = sheet.keep_filled(product.drafts.preview(session, saved))
    return render_template("apply/panel_answer.html", **sheet.context(preview))


@blueprint.get("/apply/<draft_id>/review")
@access("applicant")
def review(draft_id: str) -> ResponseReturnValue:
    """Check-your-answers; of a matter with a list, the list."""
    preview = zhunyu().drafts.preview(signed_in(), draft_id, complete=True)
    if _next(preview) != "apply.review":
        return redirect(url_for(_next(preview), draft_id=draft_id), 303)
    return _review(preview)


@blueprint.post("/apply/<draft_id>/submit")
@access("applicant")
@limited("30/minute", by="account")
def submit(draft_id: str) -> ResponseReturnValue:
    """File the application; the same form sent twice gives the same case."""
    product, session = zhunyu(), signed_in()
    key, insist = request.form.get("key", "")[:100], request.form.get("insist") == "是"
    try:
        case = product.cases.submit(session, draft_id, key, insist=insist, secret=request.form.get("secret", "")[:64])
    except ZhunyuError as refused:
        if refused.code == "A008" and product.drafts.follow_version(session, draft_id):
            flash("这个事项刚刚更新过，没有提交。请按新的申请表核对后再提交。", "warn")
            return redirect(url_for("apply.form", draft_id=draft_id), 303)
        if refused.code not in ("A004", "C004", "A009", "A010", "K007", "K008"):
            raise
        preview = product.drafts.preview(session, draft_id, complete=True)
        told = {problem.file: problem.what for problem in refused.problems if problem.file} or None
        if told and refused.code == "A004":
            return sheet.page(preview, told), 422
        return _review(preview, f"{refused.what}{refused.next}"), 422
    return redirect(url_for("cases.view", case_id=case.id), 303)


@blueprint.post("/apply/<draft_id>/move")
@access("applicant")
def move(draft_id: str) -> ResponseReturnValue:
    """改办: the other matter, with the answers carried over."""
    draft = zhunyu().drafts.carry_over(signed_in(), draft_id, request.form.get("to", ""))
    flash("已转到新的事项，填过的内容带了过来，请核对后继续。", "good")
    return redirect(url_for("apply.form", draft_id=draft.id), 303)


@blueprint.post("/apply/<draft_id>/delete")
@access("applicant")
def delete(draft_id: str) -> ResponseReturnValue:
    """Throw a draft away."""
    zhunyu().drafts.delete(signed_in(), draft_id)
    flash("草稿已删除。", "info")
    return redirect(url_for("cases.mine"), 303)


def _next(preview: Preview) -> str:
    """What comes after the form."""
    batch = preview.matter.batch
    return "lists.rows" if batch is not None and batch.of_rows else "apply.review"


def _review(preview: Preview, refusal: str = "") -> str:
    return render_template(
        "apply/review.html",
        **sheet.context(preview),
        refusal=refusal,
        key=f"{preview.draft.id}.{preview.draft.revision}",
        insist=preview.assessment.outcome == "建议不予受理",
    )
