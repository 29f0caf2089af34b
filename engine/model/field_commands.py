"""Commands of site inspections and expert panels."""

from __future__ import annotations

import msgspec

from engine.model.fieldwork import Attest, Inspector, Photo
from engine.model.values import Answers


class PlanVisit(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Plan the inspection of the open step, or plan it anew before anything was signed."""

    step: str
    day: str
    half: str
    place: str
    contact: str
    phone: str
    inspectors: tuple[Inspector, ...]


class AddPhoto(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Keep a picture of the planned visit; one that came under the same key already is not kept twice."""

    step: str
    photo: Photo


class ReportVisit(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Keep what an inspector wrote down at the visit: the record as it is now, the result and opinion noted, what the
    inspected did with it. Nothing is signed by the inspectors; a report under a key that was taken changes nothing."""

    step: str
    key: str
    record: Answers
    result: str = ""
    opinion: str = ""
    attest: Attest | None = None


class InvitedExpert(msgspec.Struct, frozen=True):
    """Somebody to be invited."""

    id: str
    name: str


class InviteExperts(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Invite experts to the open step; more may be invited later. `due` is the last ISO day for opinions."""

    step: str
    people: tuple[InvitedExpert, ...]
    due: str


class AnswerInvitation(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """An expert takes the invitation, or recuses 回避 with a reason."""

    step: str
    accepts: bool
    reason: str = ""


class GiveOpinion(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """评审意见: an expert's scores, vote 同意 | 不同意 and opinion."""

    step: str
    vote: str
    opinion: str
    answers: Answers = {}
