"""Electronic archives: the list, one archive with its files and checks, and what archivists do with it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from admin.masking import listed
from engine.errors import ZhunyuError
from engine.ports.archives import ArchiveQuery
from engine.services.archive_access import ROLE
from engine.services.archive_keeping import Page
from engine.web.access import access
from engine.web.headers import file_answer
from engine.web.host import signed_in

blueprint = Blueprint("archives", __name__, url_prefix="/archives")
STATES = {
    "kept": "已归档", "sending": "移交中", "sent": "已移交", "refused": "移交被退", "doomed": "待销毁",
    "destroyed": "已销毁",
}  # fmt: skip
TONES = {"kept": "good", "sending": "info", "sent": "good", "refused": "bad", "doomed": "warn", "destroyed": "quiet"}
RESULTS = {"通过": "good", "未通过": "bad", "待外部复核": "warn", "不适用": "quiet"}
_MEDIA = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}
_ASKED = ("text", "state", "checked")


def archivist() -> bool:
    """Whether who is signed in may act, not only read."""
    return ROLE in signed_in().account.roles


@blueprint.get("")
@access("role:档案,审计")
def listing() -> ResponseReturnValue:
    """Archives, newest first."""
    keeping = zhunyu().archives.keeping
    asked: dict[str, Any] = {name: request.args.get(name, "").strip() for name in _ASKED}
    after = request.args.get("after", "")
    found, next = keeping.find(signed_in(), ArchiveQuery(**asked, after=after))
    counts = keeping.counts(signed_in())
    return listed(
        "admin/archive/list.html", (one.holder for one in found),
        found=found, asked=asked, states=STATES, tones=TONES, results=RESULTS,
        counts=counts, total=sum(counts.get(state, 0) for state in STATES),
        next=url_for("archives.listing", **asked, after=next) if next else "",
        first=url_for("archives.listing", **asked) if after else "",
    )  # fmt: skip


@blueprint.get("/<archive_id>")
@access("role:档案,审计")
def show(archive_id: str) -> ResponseReturnValue:
    """One archive."""
    return _page(archive_id)


def _people(page: Page) -> tuple[str, ...]:
    """Whose names a page of an archive may tell."""
    natural = [one.title for one in page.basis if one.natural]
    return (page.archive.holder, *natural, *([one.maker for one in page.told.catalogue] if page.told else []))


def _page(archive_id: str, errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    page = zhunyu().archives.keeping.page(signed_in(), archive_id)
    body = listed(
        "admin/archive/show.html", _people(page),
        page=page, archive=page.archive, told=page.told, states=STATES, tones=TONES,
        results=RESULTS, may_act=archivist(), errors=errors or {}, typed=request.form.get("note", ""),
    )  # fmt: skip
    return body, status


@blueprint.get("/<archive_id>/files/<int:place>")
@access("role:档案,审计")
def file(archive_id: str, place: int) -> Response:
    """One file of the package."""
    entry, data = zhunyu().archives.keeping.file(signed_in(), archive_id, place)
    return file_answer(f"{entry.title}.{entry.extension}", _MEDIA.get(entry.extension, ""), data, inline=True)


@blueprint.get("/<archive_id>/package")
@access("role:档案,审计")
def package(archive_id: str) -> Response:
    """The package, for download."""
    name, data = zhunyu().archives.keeping.export(signed_in(), archive_id)
    return file_answer(name, "application/zip", data)


@blueprint.get("/<archive_id>/print")
@access("role:档案,审计")
def printed(archive_id: str) -> Response:
    """The whole file as one PDF."""
    name, data = zhunyu().archives.keeping.printed(signed_in(), archive_id)
    return file_answer(name, "application/pdf", data, inline=True)


@blueprint.post("/<archive_id>/check")
@access("role:档案")
def check(archive_id: str) -> ResponseReturnValue:
    """Run the four checks now."""
    archives = zhunyu().archives
    archives.keeping.page(signed_in(), archive_id)
    found = archives.checking.check(archive_id, by=signed_in().account.name)
    flash(f"检测完成：{found.result}。", {"通过": "good", "未通过": "bad"}.get(found.result, "info"))
    return redirect(url_for("archives.show", archive_id=archive_id), 303)


@blueprint.post("/<archive_id>/review")
@access("role:档案")
def review(archive_id: str) -> ResponseReturnValue:
    """Record what was found outside."""
    item, result = request.form.get("item", ""), request.form.get("result", "")
    try:
        if result not in ("通过", "未通过"):
            raise ZhunyuError("A004", "没有选择检测结果。", "请选择通过或未通过。", status=422)
        note = request.form.get("note", "")
        zhunyu().archives.checking.review(signed_in(), archive_id, item, result == "通过", note)
    except ZhunyuError as error:
        if error.status != 422:
            raise
        return _page(archive_id, {item: error.told}, 422)
    flash("已登记。", "good")
    return redirect(url_for("archives.show", archive_id=archive_id) + "#checks", 303)


@blueprint.post("/<archive_id>/transfer")
@access("role:档案")
def transfer(archive_id: str) -> ResponseReturnValue:
    """Order the transfer."""
    try:
        zhunyu().archives.transferring.order(signed_in(), archive_id)
    except ZhunyuError as error:
        if error.code != "C008":
            raise
        return _page(archive_id, {"transfer": error.told}, 409)
    flash("已交付移交，对方答复后在这里显示回执。", "good")
    return redirect(url_for("archives.show", archive_id=archive_id), 303)
