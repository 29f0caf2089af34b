"""Site inspections as the desk and the phone show them."""

from __future__ import annotations

import msgspec

from engine.model.case import Case, StepRecord, Upload
from engine.model.fieldwork import Photo, Visit
from engine.model.values import Json
from engine.ports.accounts import Account
from engine.services.step_records import RecordView
from engine.services.visit_merging import Clash, mark_of

_PERSONAL = ("身份证号", "电话", "人员")  # kinds whose answers do not go to a phone


class Candidate(msgspec.Struct, frozen=True):
    """Somebody who may be sent, or why not ("" when they may)."""

    account: Account
    why_not: str


class VisitView(msgspec.Struct, frozen=True):
    """A visit as the desk and the phone show it.

    `record` is None where the step has no form; `site` is the first address of the application, or "".
    """

    case: Case
    title: str
    open_step: StepRecord
    visit: Visit | None
    record: RecordView | None
    results: tuple[str, ...]
    people: int
    site: str = ""


class Coming(msgspec.Struct, frozen=True):
    """A visit somebody is sent to; `where` is "" for a confidential case."""

    case: str
    task: str
    number: str
    matter: str
    holder: str
    title: str
    day: str
    half: str
    where: str
    confidential: bool


class Taken(msgspec.Struct, frozen=True):
    """What became of a report: kept now, kept before (`again`), or not kept for `clashes` with what `by` wrote."""

    again: bool = False
    clashes: tuple[Clash, ...] = ()
    by: str = ""
    at: str = ""


def pictures_of(case: Case) -> tuple[Photo, ...]:
    """Every photo and signature of the case's visits."""
    found: list[Photo] = []
    for visit in case.visits:
        found += visit.photos
        if visit.attest is not None and visit.attest.picture is not None:
            found.append(visit.attest.picture)
    return tuple(found)


def visit_files(case: Case) -> tuple[Upload, ...]:
    """The same as files of the case."""
    return tuple(map(as_upload, pictures_of(case)))


def as_upload(photo: Photo) -> Upload:
    """A picture as a file of the case."""
    return Upload(photo.id, photo.name, photo.media, photo.size, photo.digest)


def without_sensitive(view: VisitView) -> VisitView:
    """The visit without the sensitive answers of its record, which do not go to a phone: they are drawn blank."""
    if view.record is None:
        return view
    open_ones = {one.id for one in view.record.form.fields() if not one.sensitive and one.kind not in _PERSONAL}
    answers = {field: value for field, value in view.record.answers.items() if field in open_ones}
    return msgspec.structs.replace(view, record=msgspec.structs.replace(view.record, answers=answers))


def base_of(view: VisitView) -> dict[str, Json]:
    """What a phone starts from, by which a later clash is found."""
    record = view.record.record if view.record is not None else {}
    return {**record, **mark_of(view.visit)}
