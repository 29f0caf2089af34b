"""批量导入: an applicant fills in a list; every row is checked, filed, judged and decided by itself, never twice."""

from __future__ import annotations

import io
from collections.abc import Callable

import msgspec
import pytest
from openpyxl import Workbook, load_workbook  # type: ignore[import-untyped]

from engine.adapters.sql.case_records import SqlCaseRecords
from engine.errors import ZhunyuError
from engine.matters.catalogue import Catalogue
from engine.model.batch import Batch
from engine.model.case import Case, Status
from engine.model.commands import Accept, Grant
from engine.model.form import Group, MaterialNeed
from engine.model.matter import Check, Matter, Row
from engine.model.rule import ALWAYS
from engine.ports.cases import CaseQuery
from engine.ports.drafts import Draft
from engine.ports.world import Answer
from engine.services import submission as module
from engine.services.list_files import ListFiles
from engine.services.list_filing import ListFiling
from engine.services.list_results import ListResults
from engine.services.list_rows import ListRows
from tests.flow.test_guard import SQLITE
from tests.flow.world import REGISTRY, Checker, World, hashed, located, reference, session, together
from tests.unit.pipeline import sample

UNIT = session(1)
SITES = ("中山东一路1号", "中山东一路2号", "中山东一路3号")


def child() -> Matter:
    """One place: its address tells it apart; the plan is each row's own, the licence is handed in once for all."""
    return located(
        id="place", unique=("applicant.code", "site"),
        materials=(MaterialNeed("plan", "平面布局图", "必要"), MaterialNeed("licence_copy", "营业执照", "必要")),
        decide=(Row("instant", sample.ALIVE, "秒批", "与登记一致。"), Row("otherwise", ALWAYS, "转人工", "须核实。")),
        route=(sample.matter().route[0], sample.matter().route[2]),
    )  # fmt: skip


def listing() -> Matter:
    phone = next(one for one in sample.matter().fields() if one.id == "phone")
    return hashed(
        sample.matter(
            id="places", title="示例许可（批量导入）", unique=(), facts=(), precheck=(), route=(), certificates=(),
            authorities=(sample.OFFICE,), batch=Batch("行", table="场所清单", child="place"),
            groups=(Group("unit", "单位", (phone,)),), materials=(MaterialNeed("licence_copy", "营业执照", "必要"),),
            decide=(Row("otherwise", ALWAYS, "转人工", "逐行办理。"),),
        )
    )  # fmt: skip


class Office:
    """The services of lists, and what an applicant does with them."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.registry.says = lambda asked: Answer("value", {"status": "存续", "address": "x"})
        world.publish(child(), listing())
        common = {"store": world.store, "clock": world.clock, "ids": world.ids, "files": world.files,
                  "shelf": world.shelf, "facts": world.facts}  # fmt: skip
        self.rows = ListRows(**common)
        self.files = ListFiles(
            store=world.store, ids=world.ids, files=world.files, uploads=Checker(), rows=self.rows
        )
        self.filing = ListFiling(
            **common, waker=world.waker, committing=world.committing, submission=world.cases.submission, rows=self.rows
        )
        self.results = ListResults(store=world.store, shelf=world.shelf, filing=self.filing)

    def draft(self) -> Draft:
        made = Draft(
            id=self.world.ids.new(), account=UNIT.account.id, subject=UNIT.subject, matter="places",
            matter_hash=self.world.shelf.current("places").hash, acts_on="", answers={"phone": "13912345678"},
            uploads={}, revision=1, created_at=self.world.at, updated_at=self.world.at,
        )  # fmt: skip
        assert made.subject is not None
        copy = self.world.draft(UNIT)  # its licence is a stored file
        licence = msgspec.structs.replace(copy.uploads["licence_copy"][0], id=self.world.ids.new())
        self.world.files.put(f"uploads/{licence.id[:8].lower()}/{licence.id.lower()}", b"licence")
        made = msgspec.structs.replace(made, uploads={"licence_copy": (licence,)})
        with self.world.store.write() as tx:
            tx.drafts.add(made)
        return made

    def filled(self, *sites: str, **changes: object) -> Draft:
        draft = self.draft()
        self.rows.take(UNIT, draft.id, "清单.xlsx", workbook(*(line(site, **changes) for site in sites)), replace=False)
        for site in sites:
            self.files.attach(UNIT, draft.id, "plan", f"{site}.pdf", f"plan of {site}".encode())
        return draft

    def filed(self, *sites: str) -> Case:
        return self.file(self.filled(*sites))

    def file(self, draft: Draft, key: str = "") -> Case:
        return self.filing.file(UNIT, draft.id, key or draft.id, doubtful=True, consent=True)

    def counts(self, case: Case) -> dict[str, int]:
        return self.results.counts(case)

    def children(self, case: Case) -> list[Case]:
        rows = self.results.page(UNIT, case.id).rows
        return [one.case for one in rows if one.case is not None]


HEADS = ("经营地址", "使用面积（平方米）", "经营面积（平方米）", "集中空调", "空调形式")


def line(site: str, usable: object = 200, area: object = 150, hvac: object = "否") -> tuple[object, ...]:
    return site, usable, area, hvac, None


def workbook(*rows: tuple[object, ...], heads: tuple[str, ...] = HEADS) -> bytes:
    book = Workbook()
    book.active.append(heads)
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def refused(act: Callable[..., object], *given: object, **named: object) -> ZhunyuError:
    with pytest.raises(ZhunyuError) as refusal:
        act(*given, **named)
    return refusal.value


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


def test_the_template_asks_what_the_rows_have_of_their_own_and_can_be_filled_in(office: Office) -> None:
    draft = office.draft()
    name, data = office.rows.template(UNIT, draft.id)
    book = load_workbook(io.BytesIO(data))
    assert name == "场所清单模板.xlsx" and book.sheetnames == ["场所清单", "填写说明", "选项"]
    assert [cell.value for cell in book.worksheets[0][1]] == list(HEADS)
    assert {rule.formula1 for rule in book.worksheets[0].data_validations.dataValidation} == {
        "'选项'!$D$1:$D$2", "'选项'!$E$1:$E$2"
    }  # fmt: skip
    book.worksheets[0].append(line(SITES[0]))
    target = io.BytesIO()
    book.save(target)
    assert office.rows.take(UNIT, draft.id, "填好的.xlsx", target.getvalue(), replace=False) == (1, 0)


def test_every_row_is_checked_with_its_column_and_corrected_by_itself(office: Office) -> None:
    draft = office.draft()
    rows = (line(SITES[0]), line(SITES[1], usable="很大"), line(SITES[2], area=300), line(SITES[2], hvac="是"))
    office.rows.take(UNIT, draft.id, "清单.xlsx", workbook(*rows), replace=False)
    page = office.rows.page(UNIT, draft.id)
    faults = [{key for key, _ in row.faults} for row in page.rows]
    assert faults == [{"m-plan"}, {"usable", "m-plan"}, {"area", "site", "m-plan"}, {"hvac_kind", "site", "m-plan"}]
    office.files.attach(UNIT, draft.id, "plan", f"{SITES[1]}.pdf", b"plan")
    wrong = page.rows[1]
    now = office.rows.save(UNIT, draft.id, wrong.id, {**wrong.answers, "usable": "200", "phone": "1"})
    assert (now.state, now.faults, "phone" in now.answers) == ("in_order", (), False)
    office.rows.remove(UNIT, draft.id, page.rows[3].id)
    assert office.rows.page(UNIT, draft.id).counts == {"unchecked": 0, "in_order": 1, "wrong": 2, "doubtful": 0}
    found = office.rows.page(UNIT, draft.id, text="一路3", state="wrong")
    assert [row.place for row in found.rows] == [3]


def test_a_file_with_a_formula_an_unknown_column_or_a_lost_digit_is_not_taken_at_all(office: Office) -> None:
    draft = office.filled(SITES[0])
    bad = workbook(line(SITES[1]), line("=A1", usable=1234567890123456789))
    told = refused(office.rows.take, UNIT, draft.id, "清单.xlsx", bad, replace=True).problems
    assert [one.what.partition("；")[0] for one in told] == [
        "第 3 行“经营地址”是公式", "第 3 行“使用面积”是按数字保存的，末几位已经丢失",
    ]  # fmt: skip
    other = workbook(line("x"), heads=("地址", *HEADS[1:]))
    heads = refused(office.rows.take, UNIT, draft.id, "清单.xlsx", other, replace=True)
    assert [one.what[:8] for one in heads.problems] == ["第 1 列的列名", "第一行里没有这些"]
    for name, data in (("清单.pdf", b"x"), ("清单.xlsx", b"no workbook"), ("清单.csv", b"")):
        assert refused(office.rows.take, UNIT, draft.id, name, data, replace=True).code == "A004"
    assert [row.answers["site"] for row in office.rows.page(UNIT, draft.id).rows] == [SITES[0]]


def test_a_new_upload_corrects_the_rows_of_the_same_key_and_keeps_their_files(office: Office) -> None:
    draft = office.filled(*SITES[:2], usable="很大")
    csv = f"{','.join(HEADS[:4])}\n{SITES[1]},200,150,否\n{SITES[2]},200,150,是\n".encode("gb18030")
    assert office.rows.take(UNIT, draft.id, "清单.csv", csv, replace=False) == (1, 1)
    rows = office.rows.page(UNIT, draft.id).rows
    assert [(row.place, row.state) for row in rows] == [(1, "wrong"), (2, "in_order"), (3, "wrong")]
    assert office.rows.take(UNIT, draft.id, "清单.csv", csv, replace=True) == (0, 2)
    assert [row.answers["site"] for row in office.rows.page(UNIT, draft.id).rows] == list(SITES[1:])


def test_from_the_list_to_the_certificate_of_each_row(office: Office) -> None:
    case = office.filed(*SITES)
    assert (case.status, office.counts(case)) == (Status.RECEIVED, {"waiting": 3})
    assert office.filing.work(case.id) is None
    assert office.counts(case) == {"done": 3}
    children = office.children(case)
    assert {one.decision.automatic for one in children if one.decision} == {True}
    assert [one.answers["site"] for one in children] == list(SITES)
    assert {(one.parent, one.subjects, one.matter) for one in children} == {(case.id, (UNIT.subject,), "place")}
    assert {one.uploads["licence_copy"][0].id for one in children} == {case.uploads["licence_copy"][0].id}
    assert len({one.uploads["plan"][0].id for one in children}) == 3
    ended = office.world.load(case.id)
    assert (ended.status, ended.close_reason) == (Status.DECIDED, "清单里 3 行已有结果。")
    book = load_workbook(io.BytesIO(office.results.as_file(UNIT, case.id)[1]))
    lines = list(book.active.iter_rows(values_only=True))
    assert lines[0][:2] == ("序号", "经营地址") and [one[1] for one in lines[1:]] == list(SITES)
    assert [one[-2] for one in lines[1:]] == [one.number for one in children] and all(one[-1] for one in lines[1:])


def test_rows_that_do_not_pass_go_to_people_and_the_list_ends_with_the_last_of_them(office: Office) -> None:
    def says(asked: object) -> Answer:
        return Answer("unavailable", reason="停机")

    office.world.registry.says = says
    case = office.filed(*SITES[:2])
    office.filing.work(case.id)
    assert office.counts(case) == {"filed": 2} and not office.world.load(case.id).closed_at
    for one in office.children(case):
        for command, actor in ((Accept(), sample.CLERK), (Grant("属实。"), sample.APPROVER)):
            office.world.committing.carry_out(office.world.load(one.id), command, actor)
    assert office.counts(case) == {"done": 2}
    run = office.world.effects()
    run._handlers["batch"] = office.filing.run
    run.work(("batch",), 10, lambda: False)
    assert office.world.load(case.id).status is Status.DECIDED


def test_rows_that_are_wrong_stay_in_a_list_of_their_own_with_copies_of_the_files(office: Office) -> None:
    draft = office.filled(*SITES)
    wrong = office.rows.page(UNIT, draft.id).rows[1]
    office.rows.save(UNIT, draft.id, wrong.id, {**wrong.answers, "area": "900"})
    case = office.file(draft)
    office.filing.work(case.id)
    assert office.counts(case) == {"done": 2}
    with office.world.store.read() as tx:
        (rest,) = [one for one in tx.drafts.of(UNIT.account.id, UNIT.subject.code) if one.matter == "places"]
    (row,) = office.rows.page(UNIT, rest.id).rows
    assert (row.id, row.place, row.answers["site"], list(row.uploads)) == (wrong.id, 1, SITES[1], ["plan"])
    assert rest.uploads["licence_copy"][0].id != case.uploads["licence_copy"][0].id
    office.rows.save(UNIT, rest.id, row.id, {**row.answers, "area": "150"})
    second = office.file(rest)
    office.filing.work(second.id)
    assert office.children(second)[0].answers["site"] == SITES[1]


def test_doubtful_rows_are_held_back_unless_the_applicant_wants_people_to_see_them(office: Office) -> None:
    made = msgspec.structs.replace(
        child(), precheck=(Check("small", sample.FITS, "面积待核。", "一次补正", fields=("area",)),), hash=""
    )
    office.world.publish(hashed(made))
    draft = office.filled(SITES[0], area=300)
    assert office.rows.page(UNIT, draft.id).counts["doubtful"] == 1
    filing = office.filing.file
    assert refused(filing, UNIT, draft.id, "k", doubtful=False, consent=True).code == "A004"
    case = filing(UNIT, draft.id, "k", doubtful=True, consent=True)
    office.filing.work(case.id)
    assert office.counts(case) == {"filed": 1}


def test_a_row_that_is_held_already_is_told_and_can_be_put_back(office: Office) -> None:
    first = office.filed(SITES[0])
    office.filing.work(first.id)
    case = office.filed(*SITES[:2])
    office.filing.work(case.id)
    assert office.counts(case) == {"not_filed": 1, "done": 1}
    (held,) = [one for one in office.results.page(UNIT, case.id).rows if one.case is None]
    assert held.key == SITES[0] and held.told
    assert office.world.load(case.id).close_reason == "清单里 1 行已有结果，1 行没有提交成功。"
    draft = office.filing.put_back(UNIT, case.id)
    assert draft is not None and office.filing.put_back(UNIT, case.id) is None
    (row,) = office.rows.page(UNIT, draft.id).rows
    assert row.answers["site"] == SITES[0] and office.counts(case) == {"back": 1, "done": 1}


def test_the_same_list_filed_twice_is_one_case(office: Office) -> None:
    draft = office.filled(*SITES)
    case = office.file(draft)
    assert office.file(draft).id == case.id and office.counts(case) == {"waiting": 3}
    assert refused(office.rows.add, UNIT, draft.id).code == "C001"


def test_a_list_goes_on_where_a_process_died_and_files_nothing_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = office.filed(*SITES)
    assert office.filing.work(case.id, most=1) is not None
    real = module.commit_step

    def dies(tx: object, step: object, commit: object) -> object:
        real(tx, step, commit)  # type: ignore[arg-type]
        raise RuntimeError("killed before the commit")

    monkeypatch.setattr(module, "commit_step", dies)
    with pytest.raises(RuntimeError):
        office.filing.work(case.id)
    monkeypatch.undo()
    assert office.counts(case) == {"waiting": 2, "done": 1}
    assert office.filing.work(case.id) is None and office.filing.work(case.id) is None
    assert office.counts(case) == {"done": 3}
    assert len({one.id for one in office.children(case)}) == 3


@SQLITE
def test_two_workers_file_each_row_once(office: Office) -> None:
    case = office.filed(*SITES)
    together(2, lambda place: office.filing.work(case.id))
    office.filing.work(case.id)
    assert office.counts(case) == {"done": 3} and len({one.id for one in office.children(case)}) == 3
    with office.world.store.read() as tx:
        assert len(tx.cases.lines(CaseQuery(subject_code=UNIT.subject.code))) == 4


def test_sources_asked_with_consent_are_asked_no_more_than_the_account_may(office: Office) -> None:
    asking = msgspec.structs.replace(REGISTRY, asks="核验")
    shared = msgspec.structs.replace(reference(), sources={"registry.business": asking})
    slow = msgspec.structs.replace(listing(), batch=Batch("行", table="场所清单", child="place", verify=2), hash="")
    office.world.publishing.publish(Catalogue({"place": child(), "places": hashed(slow)}, shared), "测试")
    draft = office.filled(*SITES)
    told = refused(office.filing.file, UNIT, draft.id, "k", doubtful=True, consent=False)
    assert told.code == "A004" and "企业登记库" in told.what
    case = office.file(draft)
    again = office.filing.work(case.id)
    assert again is not None and again > office.world.clock.now()
    assert office.counts(case) == {"waiting": 1, "done": 2}
    office.world.later(hours=1, minutes=1)
    assert office.filing.work(case.id) is None and office.counts(case) == {"done": 3}


def test_the_results_go_on_being_shown_when_the_case_of_a_row_was_destroyed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = office.filed("甲路1号", "乙路2号")
    office.filing.work(case.id)
    gone, load = office.children(case)[0].id, SqlCaseRecords.load

    def loaded(records: SqlCaseRecords, id: str) -> Case | None:
        if id == gone:
            raise ZhunyuError("K006", "内容已经销毁。", status=410)
        return load(records, id)

    monkeypatch.setattr(SqlCaseRecords, "load", loaded)
    assert gone in [one.id for one in office.children(case)]
    assert office.results.as_file(UNIT, case.id)[1]


def test_nobody_else_sees_a_list_or_its_results(office: Office) -> None:
    draft, other = office.filled(SITES[0]), session(2)
    for act in (office.rows.page, office.rows.template, office.rows.as_file, office.rows.add):
        assert refused(act, other, draft.id).code == "A003"
    case = office.file(draft)
    for look in (office.results.page, office.results.as_file, office.filing.put_back):
        assert refused(look, other, case.id).code == "A003"
    assert refused(office.world.cases.withdraw, UNIT, case.id).code == "C001"


def test_a_list_cannot_be_filed_like_an_application(office: Office) -> None:
    draft = office.filled(SITES[0])
    assert refused(office.world.cases.submit, UNIT, draft.id, draft.id).code == "A010"


def test_a_draft_that_is_thrown_away_takes_its_rows_and_their_files_with_it(office: Office) -> None:
    draft = office.filled(*SITES)
    kept = len(office.world.files.content)
    from engine.services.draft_keeping import KeptDrafts

    drafts = KeptDrafts(
        store=office.world.store, clock=office.world.clock, ids=office.world.ids, files=office.world.files,
        shelf=office.world.shelf, uploads=Checker(),
    )  # fmt: skip
    drafts.delete(UNIT, draft.id)
    assert len(office.world.files.content) == kept - 4
    with office.world.store.read() as tx:
        assert tx.rows.of(draft.id) == ()
