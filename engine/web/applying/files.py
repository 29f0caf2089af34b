"""Files of a draft: upload, remove, look at."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from engine.errors import ZhunyuError
from engine.web.applying.host import acting, product
from engine.web.headers import file_answer
from engine.web.limiting import limited


@limited("60/minute", by="account")
def upload(draft_id: str, material_id: str) -> ResponseReturnValue:
    """Take the chosen files; the material's part of the page, with why a file was not taken."""
    refused = []
    for file in request.files.getlist(f"file.{material_id}"):
        if file.filename:
            try:
                product().drafts.upload(acting(draft_id), draft_id, material_id, file.filename, file.read())
            except ZhunyuError as error:
                if error.code != "A007":
                    raise
                refused.append(f"{file.filename}：{error.told}")
    return _material(draft_id, material_id, "".join(refused))


def remove(draft_id: str, material_id: str, upload_id: str) -> ResponseReturnValue:
    """Take a file out; the material's part of the page."""
    product().drafts.remove_upload(acting(draft_id), draft_id, material_id, upload_id)
    return _material(draft_id, material_id, "")


def content(draft_id: str, upload_id: str) -> ResponseReturnValue:
    """The file itself."""
    upload_, data = product().drafts.upload_content(acting(draft_id), draft_id, upload_id)
    return file_answer(upload_.name, upload_.media, data, inline=True)


def _material(draft_id: str, material_id: str, refusal: str) -> ResponseReturnValue:
    preview = product().drafts.preview(acting(draft_id), draft_id)
    state = next((one for one in preview.materials if one.id == material_id), None)
    if state is None:
        raise ZhunyuError("A003", "本事项没有这份材料。", "请刷新页面。", status=404)
    page = render_template("apply/material.html", draft=preview.draft, state=state, refusal=refusal)
    return page, 200, {"HX-Trigger-After-Swap": "recheck"}
