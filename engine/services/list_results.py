"""What became of the rows of a list that was filed: how far it is, row by row, and as a file."""

from __future__ import annotations

import msgspec

from engine.model import batch as words
from engine.model.case import Case
from engine.model.matter import Matter
from engine.model.rows import MOST_ROWS, columns_of, head_of, key_of
from engine.ports.batches import Item
from engine.ports.store import Store, Transaction
from engine.services.accounts import Session
from engine.services.destroyed import or_outline
from engine.services.list_filing import ListFiling
from engine.services.list_rows import PAGE
from engine.services.list_shape import Shape
from engine.services.paging import page_within, pages_of
from engine.services.shelf import Shelf
from engine.stages.lists.cells import text_of
from engine.stages.lists.writing import table


class Result(msgspec.Struct, frozen=True):
    """A row and what became of it: its case (None where it was not filed), the number of its certificate, why not."""

    item: Item
    label: str
    key: str
    state: str
    case: Case | None = None
    certificate: str = ""
    told: str = ""


class Results(msgspec.Struct, frozen=True):
    """A page of results. `counts` are by state (see `engine.model.batch.ROW_WORDS`) of the whole list."""

    case: Case
    title: str
    key_title: str
    rows: tuple[Result, ...]
    counts: dict[str, int]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return pages_of(self.total, PAGE)

    @property
    def all(self) -> int:
        """How many rows were filed."""
        return sum(self.counts.values())


class ListResults:
    """Read by whoever may see the case of the list."""

    def __init__(self, *, store: Store, shelf: Shelf, filing: ListFiling) -> None:
        self._store, self._shelf, self._filing = store, shelf, filing

    def counts(self, case: Case) -> dict[str, int]:
        """How many rows of a list are in each state; empty for any other case."""
        batch = self._shelf.version(case.matter_hash).batch
        if batch is None or not batch.of_rows:
            return {}
        with self._store.read() as tx:
            return tx.batches.counts(case.id)

    def page(self, session: Session, case_id: str, *, text: str = "", state: str = "", page: int = 1) -> Results:
        """A page of the rows that fit; A003 for another's case."""
        parent = self._filing.parent(session, case_id)
        shape, text = self._shape(parent), text.strip()
        with self._store.read() as tx:
            counts = tx.batches.counts(parent.id)
            items = [one for one in tx.batches.items(parent.id, -1, MOST_ROWS) if not state or one.state == state]
            if text:
                found = [one for one in (_result(tx, shape, item) for item in items) if _has(one, text)]
                total, page = len(found), page_within(page, len(found), PAGE)
                rows = found[(page - 1) * PAGE : page * PAGE]
            else:
                total, page = len(items), page_within(page, len(items), PAGE)
                rows = [_result(tx, shape, item) for item in items[(page - 1) * PAGE : page * PAGE]]
        key_title = next((one.title for one in shape.columns if one.id == shape.key), "")
        return Results(parent, shape.title, key_title, tuple(rows), counts, total, page)

    def as_file(self, session: Session, case_id: str) -> tuple[str, bytes]:
        """Every row with what became of it, as a workbook."""
        parent = self._filing.parent(session, case_id)
        shape = self._shape(parent)
        lines = []
        with self._store.read() as tx:
            for item in tx.batches.items(parent.id, -1, MOST_ROWS):
                one = _result(tx, shape, item)
                row = tx.rows.get(item.certificate) if one.case is None else None
                answers = one.case.answers if one.case else row.answers if row else {}
                cells = [text_of(field, answers.get(field.id)) for field in shape.columns]
                number = one.case.number if one.case else ""
                lines.append((item.number, *cells, one.state, one.told, number, one.certificate))
        heads = ("序号", *(head_of(field) for field in shape.columns), "结果", "说明", "办件编号", "证照编号")
        return f"{shape.title}办理结果{parent.number}.xlsx", table("办理结果", heads, lines)

    def _shape(self, parent: Case) -> Shape:
        """The list as it is read now; the matter of its rows may have left the shelf since."""
        matter = self._shelf.version(parent.matter_hash)
        child = self._child(matter)
        return Shape(matter, child, columns_of(matter, child), key_of(matter, child), ())

    def _child(self, matter: Matter) -> Matter:
        assert matter.batch is not None
        with self._store.read() as tx:
            pointer = tx.versions.pointer(matter.batch.child)
        return self._shelf.version(pointer.hash) if pointer is not None else matter


def _result(tx: Transaction, shape: Shape, item: Item) -> Result:
    case = or_outline(tx, item.case) if item.case else None
    if case is None:
        row = tx.rows.get(item.certificate)
        answers = row.answers if row is not None else {}
        key = text_of_key(shape, answers)
        return Result(item, shape.label(answers), key, words.ROW_WORDS[item.state], None, "", row.told if row else "")
    made = next((one for one in tx.certificates.of_case(case.id) if one.id in case.certificates), None)
    told = case.decision.reason if case.decision else case.close_reason or (case.assessment and case.assessment.reason)
    return Result(
        item, shape.label(case.answers), text_of_key(shape, case.answers), case.status.value, case,
        made.number if made else "", told or "",
    )  # fmt: skip


def text_of_key(shape: Shape, answers: dict[str, object]) -> str:
    """What tells a row apart, as typed."""
    value = answers.get(shape.key)
    return "" if value is None else str(value)


def _has(result: Result, text: str) -> bool:
    number = result.case.number if result.case else ""
    return any(text in one for one in (result.label, result.key, number, result.certificate)) or text == (
        result.item.number
    )
