"""Filling in an application: fill, know where one stands, check the answers, submit."""

from __future__ import annotations

import functools
from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import ZhunyuError
from engine.services.draft_views import Preview
from engine.web.access import access
from engine.web.applying import files, sheet
from engine.web.applying.host import acting, applying, product
from engine.web.limiting import limited

View = Callable[..., ResponseReturnValue]


def blueprints(rule: str, prefix: str = "") -> tuple[Blueprint, Blueprint]:
    """The blueprints "apply" and "files" for those whom the access rule admits, below a prefix."""
    apply, uploads = Blueprint("apply", __name__, url_prefix=prefix), Blueprint("files", __name__, url_prefix=prefix)
    draft = "/apply/<draft_id>"
    pages: tuple[tuple[str, str, View], ...] = (
        (draft, "GET", form), (draft, "POST", save), (f"{draft}/precheck", "POST", precheck),
        (f"{draft}/review", "GET", review), (f"{draft}/submit", "POST", submit), (f"{draft}/move", "POST", move),
        (f"{draft}/delete", "POST", delete),
    )  # fmt: skip
    for path, method, view in pages:
        apply.add_url_rule(path, view.__name__, admitting(rule, view), methods=[method])
    ways: tuple[tuple[str, str, View], ...] = (
        (f"{draft}/materials/<material_id>", "POST", files.upload),
        (f"{draft}/materials/<material_id>/<upload_id>/remove", "POST", files.remove),
        (f"{draft}/files/<upload_id>", "GET", files.content),
    )  # fmt: skip
    for path, method, view in ways:
        uploads.add_url_rule(path, view.__name__, admitting(rule, view), methods=[method])
    return apply, uploads


def admitting(rule: str, view: View) -> View:
    """The view for those whom the rule admits; the same view may be admitted to by another rule elsewhere."""

    @functools.wraps(view)
    def admitted(**arguments: str) -> ResponseReturnValue:
        return view(**arguments)

    return access(rule)(admitted)


def form(draft_id: str) -> ResponseReturnValue:
    """The form, with what was typed before the session expired put back."""
    host, session = product(), acting(draft_id)
    opening = host.drafts.opened(session, draft_id)
    if opening.switched is not None:
        flash(f"这份申请是为“{opening.switched.name}”填写的，已切换。", "info")
        return redirect(request.full_path.rstrip("?"), 303)
    if opening.moved:
        flash("这个事项更新过，已换用新的申请表。请重新核对。", "warn")
    parked = request.args.get("restore", "")
    if parked:
        host.drafts.restore(session, draft_id, parked)
        flash("登录过期前填写的内容已经恢复。", "good")
        return redirect(url_for("apply.form", draft_id=draft_id), 303)
    return sheet.page(host.drafts.preview(session, opening.draft))


def save(draft_id: str) -> ResponseReturnValue:
    """Keep what was typed and do what the pressed button says; works without scripts."""
    host, session = product(), acting(draft_id)
    did, _, argument = request.form.get("_do", "update").partition(":")
    answers = sheet.typed_answers(draft_id)
    try:
        host.drafts.save(session, draft_id, answers, request.form.get("_revision", type=int), sheet.window())
    except ZhunyuError as error:
        if error.code != "A013":
            raise
        return sheet.page(host.drafts.preview(session, draft_id, answers), conflict=True), error.status
    refused = sheet.take_files(draft_id)
    if did == "verify":
        host.drafts.verify(session, draft_id, argument)
    if did in ("ask", "remind", "withdraw-ask"):
        return _about_confirmation(draft_id, did, argument)
    if did == "remove-file":
        material_id, _, upload_id = argument.partition(":")
        host.drafts.remove_upload(session, draft_id, material_id, upload_id)
    preview = host.drafts.preview(session, draft_id)
    sheet.keep_filled(preview)
    if did == "review":
        told = sheet.problems_of(preview)
        if not told and not refused:
            return redirect(url_for(_next(preview), draft_id=draft_id), 303)
        return sheet.page(preview, told, refused), 422
    if did == "save" and not refused:
        flash(f"已保存。可以随时从“{applying().mine_title}”继续填写。", "good")
        return redirect(url_for(applying().mine), 303)
    extra = {argument: 1} if did == "add-row" else {}
    return sheet.page(preview, None, refused, extra_rows=extra), 422 if refused else 200


def _about_confirmation(draft_id: str, did: str, sign: str) -> ResponseReturnValue:
    """Ask the second party, remind it, or take the request back; what is typed is kept already."""
    host, session = product(), acting(draft_id)
    preview = host.drafts.preview(session, draft_id)
    sheet.keep_filled(preview)
    try:
        if did == "ask":
            host.confirming.ask(session, preview, sign)
            flash("已送请对方确认。对方登录后在“待我确认”里看到；您改动给对方看的内容，要重新送请。", "good")
        elif did == "remind":
            host.confirming.remind(session, draft_id, sign)
            flash("已提醒对方。", "good")
        else:
            host.confirming.withdraw(session, draft_id, sign)
            flash("已撤回。", "info")
    except ZhunyuError as refused:
        if refused.code not in ("A004", "C001"):
            raise
        told = {problem.file: problem.what for problem in refused.problems if problem.file}
        return sheet.page(preview, {**told, f"c-{sign}": refused.told}), refused.status
    return redirect(url_for("apply.form", draft_id=draft_id) + f"#c-{sign}", 303)


@limited("120/minute", by="account")
def precheck(draft_id: str) -> ResponseReturnValue:
    """Autosave and judge: the panel beside the form, for scripts."""
    host, session = product(), acting(draft_id)
    answers = sheet.typed_answers(draft_id)
    saved = host.drafts.save(session, draft_id, answers, request.form.get("_revision", type=int), sheet.window())
    did, _, argument = request.form.get("_do", "").partition(":")
    if did == "verify":
        host.drafts.verify(session, draft_id, argument)
    preview = sheet.keep_filled(host.drafts.preview(session, saved))
    return render_template("apply/panel_answer.html", **sheet.context(preview))


def review(draft_id: str) -> ResponseReturnValue:
    """Check-your-answers; of a matter with a list, the list."""
    preview = product().drafts.preview(acting(draft_id), draft_id, complete=True)
    if _next(preview) != "apply.review":
        return redirect(url_for(_next(preview), draft_id=draft_id), 303)
    return _review(preview)


@limited("30/minute", by="account")
def submit(draft_id: str) -> ResponseReturnValue:
    """File the application; the same form sent twice gives the same case."""
    host, session = product(), acting(draft_id)
    key, insist = request.form.get("key", "")[:100], request.form.get("insist") == "是"
    try:
        case = applying().submit(session, draft_id, key, insist, request.form.get("secret", "")[:64])
    except ZhunyuError as refused:
        if refused.code == "A008" and host.drafts.follow_version(session, draft_id):
            flash("这个事项刚刚更新过，没有提交。请按新的申请表核对后再提交。", "warn")
            return redirect(url_for("apply.form", draft_id=draft_id), 303)
        if refused.code not in ("A004", "C004", "A009", "A010", "K007", "K008"):
            raise
        preview = host.drafts.preview(session, draft_id, complete=True)
        told = {problem.file: problem.what for problem in refused.problems if problem.file} or None
        if told and refused.code == "A004":
            return sheet.page(preview, told), 422
        return _review(preview, refused.told), 422
    return redirect(url_for(applying().filed, case_id=case.id), 303)


def move(draft_id: str) -> ResponseReturnValue:
    """改办: the other matter, with the answers carried over."""
    session = acting(draft_id)
    draft = product().drafts.carry_over(session, draft_id, request.form.get("to", ""))
    applying().moved(session, draft_id, draft.id)
    flash("已转到新的事项，填过的内容带了过来，请核对后继续。", "good")
    return redirect(url_for("apply.form", draft_id=draft.id), 303)


def delete(draft_id: str) -> ResponseReturnValue:
    """Throw a draft away."""
    product().drafts.delete(acting(draft_id), draft_id)
    flash("草稿已删除。", "info")
    return redirect(url_for(applying().mine), 303)


def _next(preview: Preview) -> str:
    """What comes after the form."""
    batch = preview.matter.batch
    return applying().rows if batch is not None and batch.of_rows else "apply.review"


def _review(preview: Preview, refusal: str = "") -> str:
    return render_template(
        "apply/review.html",
        **sheet.context(preview),
        refusal=refusal,
        key=f"{preview.draft.id}.{preview.draft.revision}",
        insist=preview.assessment.outcome == "建议不予受理",
    )
