"""Files of a draft: upload, remove, look at."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from engine.errors import ZhunyuError
from engine.web.access import access
from engine.web.headers import file_answer
from engine.web.limiting import limited
from portal.services import signed_in, zhunyu

blueprint = Blueprint("files", __name__)


@blueprint.post("/apply/<draft_id>/materials/<material_id>")
@access("applicant")
@limited("60/minute", by="account")
def upload(draft_id: str, material_id: str) -> ResponseReturnValue:
    """Take the chosen files; the material's part of the page, with why a file was not taken."""
    refused = []
    for file in request.files.getlist(f"file.{material_id}"):
        if file.filename:
            try:
                zhunyu().drafts.upload(signed_in(), draft_id, material_id, file.filename, file.read())
            except ZhunyuError as error:
                if error.code != "A007":
                    raise
                refused.append(f"{file.filename}：{error.what}{error.next}")
    return _material(draft_id, material_id, "".join(refused))


@blueprint.post("/apply/<draft_id>/materials/<material_id>/<upload_id>/remove")
@access("applicant")
def remove(draft_id: str, material_id: str, upload_id: str) -> ResponseReturnValue:
    """Take a file out; the material's part of the page."""
    zhunyu().drafts.remove_upload(signed_in(), draft_id, material_id, upload_id)
    return _material(draft_id, material_id, "")


@blueprint.get("/apply/<draft_id>/files/<upload_id>")
@access("applicant")
def content(draft_id: str, upload_id: str) -> ResponseReturnValue:
    """The file itself."""
    upload_, data = zhunyu().drafts.upload_content(signed_in(), draft_id, upload_id)
    return file_answer(upload_.name, upload_.media, data, inline=True)


def _material(draft_id: str, material_id: str, refusal: str) -> ResponseReturnValue:
    preview = zhunyu().drafts.preview(signed_in(), draft_id)
    state = next((one for one in preview.materials if one.id == material_id), None)
    if state is None:
        raise ZhunyuError("A003", "本事项没有这份材料。", "请刷新页面。", status=404)
    page = render_template("apply/material.html", draft=preview.draft, state=state, refusal=refusal)
    return page, 200, {"HX-Trigger-After-Swap": "recheck"}
