"""Lists being filled in: the template, what is read from a file, every row checked, corrected one by one."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import msgspec

from engine.errors import Problem, ZhunyuError
from engine.model.rows import MOST_ROWS, head_of
from engine.model.values import Answers
from engine.model.wording import in_one
from engine.pipeline.assess import check_form
from engine.pipeline.context import Application
from engine.ports.drafts import Draft
from engine.ports.rows import IN_ORDER, UNCHECKED, WRONG, RowLine
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, FileStore, Ids
from engine.services.accounts import Session, actor_of
from engine.services.draft_keeping import missing, own, unfiled
from engine.services.facts import Facts
from engine.services.list_shape import Shape, basis_of, judged, shape_of, whole, with_repeated
from engine.services.paging import page_within, pages_of
from engine.services.shelf import Shelf
from engine.services.upload_place import upload_key
from engine.stages.lists.cells import text_of
from engine.stages.lists.reading import STATE, TOLD, read_list
from engine.stages.lists.writing import table, template

PAGE, AT_ONCE = 20, 200


class ListPage(msgspec.Struct, frozen=True):
    """A page of a list. `counts` are those of the whole list; `total` rows fit what was asked for; `consents` are the
    titles of the sources that are asked with consent only."""

    draft: Draft
    shape: Shape
    rows: tuple[RowLine, ...]
    counts: dict[str, int]
    total: int
    page: int
    consents: tuple[str, ...]

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return pages_of(self.total, PAGE)


class ListRows:
    """The rows of a draft's list; whoever owns the draft, owns them."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids, files: FileStore, shelf: Shelf, facts: Facts) -> None:
        self._store, self._clock, self._ids, self._files = store, clock, ids, files
        self._shelf, self._facts = shelf, facts

    def shape(self, session: Session, draft_id: str) -> tuple[Draft, Shape]:
        """The draft and its list; A003 for another's draft or a matter without a list."""
        with self._store.read() as tx:
            draft = own(session, tx.drafts.get(draft_id))
        return draft, shape_of(self._shelf, draft.matter_hash)

    def template(self, session: Session, draft_id: str) -> tuple[str, bytes]:
        """The workbook to be filled in: its name and content."""
        shape = self.shape(session, draft_id)[1]
        return f"{shape.title}模板.xlsx", template(shape.title, shape.columns)

    def as_file(self, session: Session, draft_id: str) -> tuple[str, bytes]:
        """The list as it stands, with what is wrong in each row; it can be corrected and taken again."""
        draft, shape = self.shape(session, draft_id)
        rows = self.checked(session, draft, shape, MOST_ROWS)
        titles = {one.id: one.title for one in shape.columns}
        lines = [
            (*(text_of(one, row.answers.get(one.id)) for one in shape.columns), _words(row), told_of(row, titles))
            for row in rows
        ]
        return f"{shape.title}.xlsx", table(shape.title, (*(head_of(one) for one in shape.columns), STATE, TOLD), lines)

    def take(self, session: Session, draft_id: str, name: str, data: bytes, *, replace: bool) -> tuple[int, int]:
        """Take the rows of a file: how many are new, and how many took the place of the row with the same key.

        With `replace` the file is the whole list. All of it is taken or none: A004 with every problem.
        """
        draft, shape = self.shape(session, draft_id)
        sheet = read_list(name, data, shape.columns)
        if sheet.problems:
            told = tuple(Problem("A004", problem) for problem in sheet.problems)
            raise ZhunyuError("A004", "文件没有导入，清单没有变化。", "请更正后重新上传。", status=422, problems=told)
        with self._store.write() as tx:
            unfiled(own(session, tx.drafts.get(draft.id, lock=True)))
            before = tx.rows.of(draft.id)
            again = defaultdict(list)
            for row in reversed(before):
                again[shape.key_in(row.answers)].append(row)
            again.pop("", None)
            last = max((row.place for row in before), default=0)
            made, kept = [], []
            for answers in sheet.rows:
                known = again.get(shape.key_in(answers))
                if known:
                    kept.append(msgspec.structs.replace(known.pop(), answers=answers, basis="", told=""))
                else:
                    made.append(RowLine(self._ids.new(), draft.id, 0, answers))
            gone = {row.id for row in before} - {row.id for row in kept} if replace else set()
            if len(before) - len(gone) + len(made) > MOST_ROWS:
                what = f"一份清单最多 {MOST_ROWS} 行，现有 {len(before)} 行。"
                raise ZhunyuError("A004", what, "请先提交现有的行，或者选“替换整份清单”。", status=422)
            tx.rows.delete((*gone, *(row.id for row in kept)))
            placed = [msgspec.structs.replace(row, place=last + number) for number, row in enumerate(made, 1)]
            tx.rows.add((*kept, *placed))
            lost = [one for row in before if row.id in gone for files in row.uploads.values() for one in files]
        for upload in lost:
            self._files.delete(upload_key(upload.id))
        return len(made), len(kept)

    def page(self, session: Session, draft_id: str, *, text: str = "", state: str = "", page: int = 1) -> ListPage:
        """A page of the rows whose text or number fits, in a state of `engine.ports.rows`.

        Some rows that are not checked yet are checked on the way; `counts["unchecked"]` are still to come.
        """
        draft, shape = self.shape(session, draft_id)
        rows = self.checked(session, draft, shape, AT_ONCE)
        wanted = [row for row in rows if (not state or row.state == state) and _has(shape, row, text.strip())]
        page = page_within(page, len(wanted), PAGE)
        counts = {word: sum(row.state == word for row in rows) for word in (UNCHECKED, IN_ORDER, WRONG)}
        counts["doubtful"] = sum(row.state == IN_ORDER and bool(row.hints) for row in rows)
        shown = tuple(wanted[(page - 1) * PAGE : page * PAGE])
        return ListPage(draft, shape, shown, counts, len(wanted), page, self.consents(shape))

    def consents(self, shape: Shape) -> tuple[str, ...]:
        """The titles of the sources that are asked about the people of the list with consent only."""
        titles = self._facts.titles()
        asked = [need.source for need in shape.child.facts if self._facts.on_consent(need.source)]
        return tuple(dict.fromkeys(titles.get(source, source) for source in asked))

    def checked(self, session: Session, draft: Draft, shape: Shape, most: int) -> tuple[RowLine, ...]:
        """The rows in their order, each checked: `most` are checked now, what they came to is kept."""
        actor, today, calendar = actor_of(session), self._today(), self._shelf.reference_calendar()
        basis = basis_of(shape, draft, today)
        with self._store.read() as tx:
            rows = tx.rows.of(draft.id)
        made = []
        for row in rows:
            if row.basis == basis:
                made.append(row)
            elif most <= 0:
                made.append(msgspec.structs.replace(row, state=UNCHECKED, faults=(), hints=()))
            else:
                most -= 1
                made.append(judged(shape, draft, row, actor, today, calendar, basis))
        fresh = [now for was, now in zip(rows, made, strict=True) if now is not was and now.state != UNCHECKED]
        before = {row.id: row for row in rows}
        if fresh and not draft.case:
            with self._store.write() as tx:
                tx.drafts.get(draft.id, lock=True)
                for row in fresh:
                    if tx.rows.get(row.id) == before[row.id]:  # not changed by somebody meanwhile
                        tx.rows.replace(row)
        return with_repeated(shape, made)

    def row(self, session: Session, draft: Draft, shape: Shape, row_id: str) -> RowLine:
        """One row, checked; A003 when there is none."""
        with self._store.read() as tx:
            row = tx.rows.get(row_id)
        if row is None or row.draft != draft.id:
            raise missing("清单里没有这一行。")
        basis = basis_of(shape, draft, self._today())
        calendar = self._shelf.reference_calendar()
        return judged(shape, draft, row, actor_of(session), self._today(), calendar, basis)

    def visible(self, session: Session, draft: Draft, shape: Shape, row: RowLine) -> dict[str, bool]:
        """Which fields of a row are asked for, by id."""
        answers, uploads = whole(shape, draft, row)
        application = Application(answers, uploads, draft.subject)
        calendar = self._shelf.reference_calendar()
        return check_form(shape.child, application, actor_of(session), self._today(), calendar).visible

    def next_wrong(self, session: Session, draft_id: str, place: int) -> str:
        """The id of the next row behind a place that is to be corrected, else of the first; "" when there is none."""
        draft, shape = self.shape(session, draft_id)
        wrong = [row for row in self.checked(session, draft, shape, AT_ONCE) if row.state == WRONG]
        after = [row for row in wrong if row.place > place]
        return (after or wrong)[0].id if wrong else ""

    def save(self, session: Session, draft_id: str, row_id: str, answers: Answers) -> RowLine:
        """Correct a row; the row as it is now, checked. Answers to other columns are dropped."""
        draft, shape = self.shape(session, draft_id)
        known = {one.id for one in shape.columns}
        kept = {key: value for key, value in answers.items() if key in known}
        actor, today, calendar = actor_of(session), self._today(), self._shelf.reference_calendar()
        basis = basis_of(shape, draft, today)
        with self._store.write() as tx:
            row = msgspec.structs.replace(own_row(tx, session, draft_id, row_id), answers=kept, told="")
            row = judged(shape, draft, row, actor, today, calendar, basis)
            tx.rows.replace(row)
        return row

    def add(self, session: Session, draft_id: str) -> RowLine:
        """A blank row at the end."""
        with self._store.write() as tx:
            unfiled(own(session, tx.drafts.get(draft_id, lock=True)))
            rows = tx.rows.of(draft_id)
            if len(rows) >= MOST_ROWS:
                raise ZhunyuError("A004", f"一份清单最多 {MOST_ROWS} 行。", "请先提交现有的行。", status=422)
            row = RowLine(self._ids.new(), draft_id, max((one.place for one in rows), default=0) + 1, {})
            tx.rows.add((row,))
        return row

    def remove(self, session: Session, draft_id: str, row_id: str) -> None:
        """Take a row out of the list, and its files."""
        with self._store.write() as tx:
            row = own_row(tx, session, draft_id, row_id)
            tx.rows.delete((row.id,))
        for upload in (one for files in row.uploads.values() for one in files):
            self._files.delete(upload_key(upload.id))

    def _today(self) -> date:
        return self._clock.now().date()


def own_row(tx: Transaction, session: Session, draft_id: str, row_id: str) -> RowLine:
    """A row of the session's own draft, which nobody else changes until the transaction ends; A003, C001."""
    unfiled(own(session, tx.drafts.get(draft_id, lock=True)))
    row = tx.rows.get(row_id)
    if row is None or row.draft != draft_id:
        raise missing("清单里没有这一行。")
    return row


def told_of(row: RowLine, titles: dict[str, str]) -> str:
    """Everything to be put right in a row, in one text."""
    told = [row.told] if row.told else []
    for key, text in row.faults:
        told.append(f"{titles[key]}：{text}" if key in titles and titles[key] not in text else text)
    return in_one((*told, *row.hints))


def _words(row: RowLine) -> str:
    if row.state == IN_ORDER:
        return "可以提交，由工作人员办理" if row.hints else "可以提交"
    return "要更正" if row.state == WRONG else "还没有核对"


def _has(shape: Shape, row: RowLine, text: str) -> bool:
    if not text or (text.isdigit() and len(text) < 5 and int(text) == row.place):
        return True
    return any(text in text_of(one, row.answers.get(one.id)) for one in shape.columns)
