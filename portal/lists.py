"""A list being filled in: template, upload, every row with what is wrong, corrected here; and what became of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import ZhunyuError
from engine.model.batch import ROW_WORDS
from engine.ports.rows import WRONG, RowLine
from engine.services.list_rows import ListPage, told_of
from engine.web.access import access
from engine.web.app import UPLOAD_LIMIT
from engine.web.applying import sheet
from engine.web.forms.build import bind
from engine.web.forms.page import draw, summary
from engine.web.headers import file_answer
from engine.web.limiting import limited
from portal.services import signed_in, whole_number, zhunyu

blueprint = Blueprint("lists", __name__)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TOLD = ("A003", "A004", "A005", "A007", "A008", "A010", "C001", "C002", "C004")


@blueprint.get("/apply/<draft_id>/rows")
@access("applicant")
def rows(draft_id: str) -> ResponseReturnValue:
    """The list, with one row open for correction where asked for."""
    return _page(draft_id, open_row=request.args.get("row", ""))


@blueprint.get("/apply/<draft_id>/rows/template.xlsx")
@access("applicant")
@limited("30/minute", by="account")
def template(draft_id: str) -> ResponseReturnValue:
    """The workbook to be filled in."""
    name, data = zhunyu().rows.template(signed_in(), draft_id)
    return file_answer(name, _XLSX, data)


@blueprint.get("/apply/<draft_id>/rows/list.xlsx")
@access("applicant")
@limited("30/minute", by="account")
def as_file(draft_id: str) -> ResponseReturnValue:
    """The list as it stands, with what is to be put right in each row."""
    name, data = zhunyu().rows.as_file(signed_in(), draft_id)
    return file_answer(name, _XLSX, data)


@blueprint.post("/apply/<draft_id>/rows/upload")
@access("applicant")
@limited("30/minute", by="account")
def upload(draft_id: str) -> ResponseReturnValue:
    """Take a filled-in file, all of it or nothing."""
    file = request.files.get("list")
    if file is None or not file.filename:
        return _page(draft_id, told=("没有选择文件。", ("请先选择填好的 .xlsx 或 .csv 文件。",))), 422
    replace = request.form.get("mode") == "replace"
    try:
        made, kept = zhunyu().rows.take(signed_in(), draft_id, file.filename, file.read(), replace=replace)
    except ZhunyuError as error:
        if error.code != "A004":
            raise
        problems = tuple(one.what for one in error.problems) or (error.next,)
        return _page(draft_id, told=(error.what, problems)), 422
    flash(f"已导入：新增 {made} 行" + (f"，更新 {kept} 行。" if kept else "。"), "good")
    return redirect(url_for("lists.rows", draft_id=draft_id), 303)


@blueprint.post("/apply/<draft_id>/rows/add")
@access("applicant")
@limited("120/minute", by="account")
def add(draft_id: str) -> ResponseReturnValue:
    """A blank row, open for filling in."""
    row = zhunyu().rows.add(signed_in(), draft_id)
    return redirect(url_for("lists.rows", draft_id=draft_id, row=row.id) + "#row", 303)


@blueprint.post("/apply/<draft_id>/rows/files")
@access("applicant")
@limited("60/minute", by="account")
def files(draft_id: str) -> ResponseReturnValue:
    """Files of many rows at once, each for the row it is called like."""
    material, refused, taken = request.form.get("material", ""), [], 0
    if not material:
        return _page(draft_id, told=("没有选择材料。", ("请先选择是哪一种材料，再选文件。",))), 422
    for file in request.files.getlist("files"):
        if not file.filename:
            continue
        try:
            zhunyu().row_files.attach(signed_in(), draft_id, material, file.filename, file.read())
            taken += 1
        except ZhunyuError as error:
            if error.code != "A007":
                raise
            refused.append(f"{file.filename}：{error.told}")
    if taken:
        flash(f"已收下 {taken} 个文件，按文件名归到各行。", "good")
    if refused or not taken:
        what = f"{len(refused)} 个文件没有收下。" if refused else "没有选择文件。"
        return _page(draft_id, told=(what, tuple(refused) or ("请先选择文件。",))), 422
    return redirect(url_for("lists.rows", draft_id=draft_id), 303)


@blueprint.post("/apply/<draft_id>/rows/<row_id>")
@access("applicant")
@limited("120/minute", by="account")
def save(draft_id: str, row_id: str) -> ResponseReturnValue:
    """Correct a row, or take it out."""
    product, session = zhunyu(), signed_in()
    did, _, argument = request.form.get("_do", "save").partition(":")
    if did == "remove":
        product.rows.remove(session, draft_id, row_id)
        flash("已去掉一行。", "info")
        return redirect(url_for("lists.rows", draft_id=draft_id), 303)
    _, shape = product.rows.shape(session, draft_id)
    row = product.rows.save(session, draft_id, row_id, bind(shape.child, formdata=request.form).answers())
    refused = {}
    for need in shape.materials:
        for file in request.files.getlist(f"file.{need.id}"):
            if file.filename:
                try:
                    product.row_files.attach(session, draft_id, need.id, file.filename, file.read(), row_id)
                except ZhunyuError as error:
                    if error.code != "A007":
                        raise
                    refused[f"m-{need.id}"] = f"{file.filename}：{error.told}"
    if did == "remove-file":
        product.row_files.detach(session, draft_id, row_id, argument)
    row = product.rows.row(session, *product.rows.shape(session, draft_id), row_id)
    if refused or row.state == WRONG or did == "remove-file":
        return _page(draft_id, open_row=row_id, refused=refused), 422 if did != "remove-file" else 200
    flash(f"第 {row.place} 行已更正。", "good")
    after = product.rows.next_wrong(session, draft_id, row.place) if did == "next" else ""
    target = url_for("lists.rows", draft_id=draft_id, row=after or None)
    return redirect(target + ("#row" if after else ""), 303)


@blueprint.get("/apply/<draft_id>/rows/<row_id>/files/<upload_id>")
@access("applicant")
def content(draft_id: str, row_id: str, upload_id: str) -> ResponseReturnValue:
    """A file of a row."""
    upload_, data = zhunyu().row_files.content(signed_in(), draft_id, row_id, upload_id)
    return file_answer(upload_.name, upload_.media, data, inline=True)


@blueprint.post("/apply/<draft_id>/rows/submit")
@access("applicant")
@limited("30/minute", by="account")
def submit(draft_id: str) -> ResponseReturnValue:
    """File the rows that are in order; the others go on in a list of their own."""
    doubtful, consent = request.form.get("doubtful") == "是", request.form.get("consent") == "是"
    key = request.form.get("key", "")[:100]
    try:
        case = zhunyu().lists.file(signed_in(), draft_id, key, doubtful=doubtful, consent=consent)
    except ZhunyuError as error:
        if error.code == "A008" and zhunyu().drafts.follow_version(signed_in(), draft_id):
            flash("这个事项刚刚更新过，没有提交。请按新的申请表核对后再提交。", "warn")
            return redirect(url_for("apply.form", draft_id=draft_id), 303)
        if error.code not in _TOLD:
            raise
        problems = tuple(one.what for one in error.problems) or (error.next,)
        return _page(draft_id, told=(error.what, problems)), 422
    return redirect(url_for("lists.results", case_id=case.id), 303)


@blueprint.get("/cases/<case_id>/rows")
@access("applicant")
def results(case_id: str) -> ResponseReturnValue:
    """How far a list is, row by row."""
    text, state = request.args.get("text", "")[:60], request.args.get("state", "")
    found = zhunyu().results.page(signed_in(), case_id, text=text, state=state, page=whole_number("page") or 1)
    return render_template(
        "lists/results.html", found=found, text=text, state=state, words=ROW_WORDS
    )  # fmt: skip


@blueprint.get("/cases/<case_id>/rows/result.xlsx")
@access("applicant")
@limited("10/minute", by="account")
def result_file(case_id: str) -> ResponseReturnValue:
    """Every row with what became of it."""
    name, data = zhunyu().results.as_file(signed_in(), case_id)
    return file_answer(name, _XLSX, data)


@blueprint.post("/cases/<case_id>/rows/again")
@access("applicant")
@limited("10/minute", by="account")
def again(case_id: str) -> ResponseReturnValue:
    """The rows that could not be filed, in a new list."""
    draft = zhunyu().lists.put_back(signed_in(), case_id)
    if draft is None:
        flash("没有要放回的行。", "info")
        return redirect(url_for("lists.results", case_id=case_id), 303)
    flash("没有提交成功的行已放进一份新的清单，请按提示更正。", "good")
    return redirect(url_for("lists.rows", draft_id=draft.id), 303)


def _page(
    draft_id: str, *, open_row: str = "", told: tuple[str, tuple[str, ...]] | None = None,
    refused: dict[str, str] | None = None,
) -> str:  # fmt: skip
    """The page of a list. `told` is why something was not done; `refused` why files of the open row were not taken."""
    product, session = zhunyu(), signed_in()
    text, state = request.args.get("text", "")[:60], request.args.get("state", "")
    found = product.rows.page(session, draft_id, text=text, state=state, page=whole_number("page") or 1)
    preview = product.drafts.preview(session, draft_id, complete=True)
    row = product.rows.row(session, found.draft, found.shape, open_row) if open_row else None
    titles = {one.id: one.title for one in found.shape.columns}
    return render_template(
        "lists/rows.html", found=found, matter=found.shape.matter, draft=found.draft, text=text, state=state,
        told=told, problems=sheet.problems_of(preview), editor=_editor(found, row, refused or {}) if row else None,
        told_of=lambda one: told_of(one, titles), upload_mb=UPLOAD_LIMIT // 1024 // 1024,
        key_title=titles.get(found.shape.key, ""),
    )  # fmt: skip


def _editor(found: ListPage, row: RowLine, refused: dict[str, str]) -> dict[str, Any]:
    """The open row: its controls, what is wrong, its files."""
    child = found.shape.child
    columns = {one.id for one in found.shape.columns}
    filled = bool(row.answers)
    told = {key: text for key, text in row.faults if key in columns} if filled else {}
    form = bind(child, row.answers)
    form.tell(told)
    lines = [(line.target, line.message) for line in summary(child, told)]
    about = {**{key: text for key, text in row.faults if key.startswith("m-") or not key}, **refused}
    lines += [(key or "row", text) for key, text in about.items()] if filled else []
    visible = zhunyu().rows.visible(signed_in(), found.draft, found.shape, row)
    return {
        "row": row, "lines": lines, "materials": found.shape.materials, "files": about,
        "groups": draw(child, form, visible, only=columns),
    }  # fmt: skip
