"""What a list looks like, and the judgement of one of its rows: what is wrong in which column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Upload
from engine.model.form import Field, MaterialNeed
from engine.model.matter import Matter
from engine.model.people import Actor
from engine.model.rows import columns_of, key_of, own_materials, shared_answers
from engine.model.values import Answers
from engine.pipeline.assess import assessed, form_and_names
from engine.pipeline.context import Application
from engine.ports.drafts import Draft
from engine.ports.rows import IN_ORDER, WRONG, RowLine
from engine.services.draft_filling import prefilled
from engine.services.draft_waiting import waiting_fields, waiting_materials
from engine.services.offices import office_for
from engine.services.shelf import Shelf
from engine.trust.sm3 import sm3_hex

_STOPS = ("当场更正", "改办", "建议不予受理")
_ASKING = {"单选": "请选择", "多选": "请选择", "是否": "请选择是否"}
TWICE = "清单里有两行相同，请去掉一行。"


class Shape(msgspec.Struct, frozen=True):
    """A list: its matter, the matter each row is filed as, its columns, the one that tells rows apart, and the
    materials that each row has of its own."""

    matter: Matter
    child: Matter
    columns: tuple[Field, ...]
    key: str
    materials: tuple[MaterialNeed, ...]

    @property
    def title(self) -> str:
        """The name of the list."""
        return self.matter.batch.table if self.matter.batch else ""

    @property
    def verify(self) -> int:
        """How often an hour sources may be asked that are asked with consent only."""
        return self.matter.batch.verify if self.matter.batch else 0

    def label(self, answers: Answers) -> str:
        """A row in a few words: what the first text column says."""
        found = next((one for one in self.columns if one.kind in ("文本", "地址") and one.id != self.key), None)
        text = answers.get(found.id) if found is not None else None
        return text if isinstance(text, str) else ""

    def key_in(self, answers: Answers) -> str:
        """What tells a row apart, as it is compared."""
        value = answers.get(self.key)
        return "".join(str(value).split()).upper() if value not in (None, "") else ""


def shape_of(shelf: Shelf, draft_hash: str) -> Shape:
    """The list of a matter version; A003 for a matter without one, A008 where its rows cannot be filed now."""
    matter = shelf.version(draft_hash)
    if matter.batch is None or not matter.batch.of_rows:
        raise ZhunyuError("A003", "这个事项没有清单。", "请从“我的办件”重新进入。", status=404)
    child = shelf.applied_for(matter.batch.child)
    return Shape(matter, child, columns_of(matter, child), key_of(matter, child), own_materials(matter, child))


def basis_of(shape: Shape, draft: Draft, today: date) -> str:
    """What the check of every row of a draft rests on besides the row."""
    shared = shared_answers(shape.matter, shape.child, draft.answers)
    files = {key: bool(one) for key, one in draft.uploads.items()}
    return sm3_hex(msgspec.json.encode((shape.child.hash, shared, files, today), order="deterministic"))


def whole(shape: Shape, draft: Draft, row: RowLine) -> tuple[Answers, dict[str, tuple[Upload, ...]]]:
    """The answers and files of a row together with those given once for all rows."""
    known = {need.id for need in shape.child.materials}
    shared = shared_answers(shape.matter, shape.child, draft.answers)
    answers = prefilled(shape.child, draft.subject, {}, None, {**shared, **row.answers})
    uploads = {key: files for key, files in {**draft.uploads, **row.uploads}.items() if key in known and files}
    return answers, uploads


def judged(
    shape: Shape, draft: Draft, row: RowLine, actor: Actor, today: date, calendar: Mapping[str, str], basis: str
) -> RowLine:
    """The row with what its form and pre-check say of it, as far as that shows before any source is asked."""
    child = shape.child
    answers, uploads = whole(shape, draft, row)
    office = office_for(child, answers, None, today, draft.subject)
    application = Application(answers, uploads, draft.subject, {}, None, office)
    reading, names = form_and_names(child, application, actor, today, calendar)
    titles = {field.id: field for field in child.fields()}
    waiting = waiting_fields(child, names)
    faults = {path.partition(".")[0]: text for path, text in reading.errors.items()}
    for path in reading.missing:
        head = path.partition(".")[0]
        if head not in waiting:
            asked = _ASKING.get(titles[head].kind, "请填写")
            faults.setdefault(head, f"{asked}{titles[head].title}。")
    application = msgspec.structs.replace(application, answers=reading.answers)
    found = assessed(child, application, actor, names, today, confirm=False).bare
    hints = []
    for finding in found.findings:
        if finding.result != "failed" or finding.action == "提示":
            continue
        if finding.action in _STOPS:
            faults.setdefault((finding.fields or ("",))[0], finding.message)
        else:
            hints.append(finding.message)
    undecided = waiting_materials(child, names)
    lacking = [need for need in child.materials if need.id in found.missing and need.id not in undecided]
    faults |= {f"m-{need.id}": f"请上传{need.title}。" for need in lacking}
    if office is None and not faults:
        faults[""] = "所填地址不在办理范围内，没有对应的办理机关。"
    return msgspec.structs.replace(
        row, state=WRONG if faults else IN_ORDER, basis=basis, faults=tuple(faults.items()), hints=tuple(hints)
    )


def with_repeated(shape: Shape, rows: Iterable[RowLine]) -> tuple[RowLine, ...]:
    """The rows, with those told that stand in the list twice."""
    rows = tuple(rows)
    counts = Counter(shape.key_in(row.answers) for row in rows)
    return tuple(
        msgspec.structs.replace(row, state=WRONG, faults=((shape.key, TWICE), *row.faults))
        if (key := shape.key_in(row.answers)) and counts[key] > 1
        else row
        for row in rows
    )
