"""What a supplement changed: the answers and materials of before beside those of now. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from engine.model.case import Case, Upload
from engine.model.form import Field, MaterialNeed
from engine.model.matter import Matter
from engine.model.values import Json

ALTERED, ADDED, REMOVED = "已修改", "新增", "已删除"
_BLANK: tuple[object, ...] = (None, "", [], {}, ())


class AlteredAnswer(msgspec.Struct, frozen=True):
    """An answer that a supplement changed. `mark`: 已修改 | 新增 | 已删除; `asked`: the supplement asked for it."""

    field: Field
    mark: str
    was: Json
    now: Json
    asked: bool


class AlteredMaterial(msgspec.Struct, frozen=True):
    """A material whose files a supplement changed; `added` and `removed` are the files that came and went."""

    need: MaterialNeed
    mark: str
    added: tuple[Upload, ...]
    removed: tuple[Upload, ...]
    asked: bool


class Alterations(msgspec.Struct, frozen=True):
    """What is different since the submission of `since` (ISO). `reason` says why the earlier answers cannot be shown;
    `unanswered` are the titles of what was asked for and came back as it was."""

    since: str
    answers: tuple[AlteredAnswer, ...] = ()
    materials: tuple[AlteredMaterial, ...] = ()
    unanswered: tuple[str, ...] = ()
    outcome: tuple[str, str] = ("", "")
    reason: str = ""

    @property
    def marks(self) -> dict[str, str]:
        """The mark of each changed field, by its id."""
        return {one.field.id: one.mark for one in self.answers}

    @property
    def material_marks(self) -> dict[str, str]:
        """The mark of each changed material, by its id."""
        return {one.need.id: one.mark for one in self.materials}


def alterations(matter: Matter, then: Case, now: Case) -> Alterations:
    """What `now` differs in from `then`, the case as it stood before its supplement was answered."""
    items = now.supplement.items if now.supplement is not None else ()
    fields = {id for item in items for id in item.fields}
    needs = {id for item in items for id in item.materials}
    answers = tuple(_answers(matter, then, now, fields))
    materials = tuple(_materials(matter, then, now, needs))
    touched = {one.field.id for one in answers} | {one.need.id for one in materials}
    left = [one.title for one in matter.fields() if one.id in fields - touched]
    left += [one.title for one in matter.materials if one.id in needs - touched]
    judged = tuple(case.assessment.outcome if case.assessment is not None else "" for case in (then, now))
    return Alterations(
        since=now.supplement.answered_at if now.supplement is not None else "", answers=answers, materials=materials,
        unanswered=tuple(left), outcome=(judged[0], judged[1]),
    )  # fmt: skip


def _answers(matter: Matter, then: Case, now: Case, asked: set[str]) -> Iterator[AlteredAnswer]:
    for field in matter.fields():
        was, present = then.answers.get(field.id), now.answers.get(field.id)
        if was != present and not (was in _BLANK and present in _BLANK):
            yield AlteredAnswer(field, _mark(was in _BLANK, present in _BLANK), was, present, field.id in asked)


def _materials(matter: Matter, then: Case, now: Case, asked: set[str]) -> Iterator[AlteredMaterial]:
    for need in matter.materials:
        was, present = then.uploads.get(need.id, ()), now.uploads.get(need.id, ())
        had, has = {one.digest for one in was}, {one.digest for one in present}
        added = tuple(one for one in present if one.digest not in had)
        removed = tuple(one for one in was if one.digest not in has)
        if added or removed:
            yield AlteredMaterial(need, _mark(not was, not present), added, removed, need.id in asked)


def _mark(was_blank: bool, is_blank: bool) -> str:
    return ADDED if was_blank else REMOVED if is_blank else ALTERED
