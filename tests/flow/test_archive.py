"""From an ended case to a receipt and, years later, to a destruction by two people; on both databases."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from pypdf import PdfReader

from engine.adapters.archive_files import ArchiveFiles
from engine.adapters.render.typst_renderer import TypstRenderer
from engine.adapters.sql.archive_basis import SqlBasisFiles
from engine.adapters.sql.archives import SqlArchives
from engine.adapters.sql.case_keys import SqlDataKeys
from engine.adapters.sql.database import Database
from engine.adapters.sql.effects import SqlEffects
from engine.adapters.sql.schema import migrate
from engine.errors import ZhunyuError
from engine.model.archive import EXTERNAL, FAILED, PASSED, PROCESS
from engine.model.case import StepRecord
from engine.model.fieldwork import FOR, GIVEN, Expert, Panel, Photo, Visit
from engine.ports.archives import Archive, ArchiveQuery
from engine.ports.recalls import BasisQuery
from engine.services.archive_checking import by_kind, newest
from engine.services.archive_contents import Contents
from engine.trust import package
from engine.trust.handover import read_handover
from engine.trust.keys import read_trusted
from tests.flow.archive_world import ArchiveWorld, archive_world, archivist
from tests.unit.pipeline.sample import CLERK


@pytest.fixture
def on_both(tmp_path: Path, database: Database) -> Iterator[ArchiveWorld]:
    with archive_world(tmp_path, database) as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArchiveWorld]:
    folder = tmp_path_factory.mktemp("archive")
    database = Database(f"sqlite:///{folder / 'zhunyu.db'}")
    migrate(database)
    with archive_world(folder, database) as made:
        yield made
    database.close()


@pytest.fixture
def world(shared: ArchiveWorld) -> Iterator[ArchiveWorld]:
    """One installation for all: each test takes an applicant of its own, and gives the time back."""
    now = shared.clock.now()
    yield shared
    shared.clock.move(now - shared.clock.now())


@pytest.fixture(scope="module")
def archive(shared: ArchiveWorld) -> Archive:
    """An archive that is only looked at."""
    return shared.archived(shared.ended(1))


def test_a_case_goes_from_its_end_to_a_receipt_and_to_its_destruction(on_both: ArchiveWorld) -> None:
    world, case = on_both, on_both.ended()
    archive = world.archived(case)
    world.office.transferring.order(archivist(), archive.id)
    world.work()
    sent = world.office.keeping.page(archivist(), archive.id).transfers[0]
    keys = read_trusted(world.zhunyu.settings.archive_trusted.read_text(encoding="utf-8"))
    found = read_handover(sent.receipt.encode(), keys, archive.code, archive.digest)
    assert (sent.state, found.result, found.faults) == ("accepted", "接收", ())
    assert {"归档 待外部复核", "移交", "移交已接收"} <= set(world.trail(f"archive:{case.id}"))
    assert [one.case for one in world.office.keeping.transfers(archivist())[0][1:]] == [case.id]
    assert world.office.keeping.counts(archivist()) == {"sent": 1, EXTERNAL: 1}
    world.clock.move(timedelta(days=4100))
    due, _ = world.office.keeping.find(archivist(), ArchiveQuery(expired=world.office.destroying.today()))
    made = world.office.destroying.propose(archivist(), [one.id for one in due], "保管期满，鉴定无保存价值")
    world.office.destroying.confirm(archivist(2), made.id, "复核同意")
    world.work()
    assert world.archive(archive.id).state == "destroyed" and archive.file_key not in world.stored()
    assert [one.code for one in world.office.destroying.lists(archivist())[0].items] == [archive.code]
    with pytest.raises(ZhunyuError, match=r"K006 .*保管期满，鉴定无保存价值；复核同意"):
        world.case(case.id)
    with pytest.raises(ZhunyuError, match="K006"):
        world.zhunyu.store.data_key(f"archive-{case.id}")
    while world.zhunyu.history.seal_pending():
        pass
    found, of_case = world.zhunyu.history.verify(), world.zhunyu.history.verify_case(case.id)
    assert (found.faults, of_case.faults) == ((), ()) and found.destroyed == of_case.destroyed > 0


def test_a_confirmation_that_is_cut_off_destroys_nothing_and_one_that_went_through_all(
    world: ArchiveWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, office = world.archived(world.ended(7)), world.office.destroying
    world.clock.move(timedelta(days=4100))
    made = office.propose(archivist(), [archive.id], "保管期满，鉴定无保存价值")

    def die(*_: object, **__: object) -> None:
        raise SystemError("power cut")

    places = (SqlArchives, "settle"), (SqlDataKeys, "destroy"), (SqlArchives, "move"), (SqlEffects, "enqueue")
    for place, name in places:
        with monkeypatch.context() as patched:
            patched.setattr(place, name, die)
            with pytest.raises(SystemError):
                office.confirm(archivist(2), made.id, "复核同意")
        assert world.case(archive.case).number == archive.case_number
        assert world.archive(archive.id).state == "doomed" and world.package(archive)
    office.confirm(archivist(2), made.id, "复核同意")
    with pytest.raises(ZhunyuError, match="K006"):  # before the file itself is removed
        world.package(archive)
    world.work()
    assert archive.file_key not in world.stored()


def test_what_is_due_for_an_archive_goes_on_when_the_key_of_its_case_was_destroyed(world: ArchiveWorld) -> None:
    archive = world.archived(world.ended(8))
    with world.zhunyu.store.write() as tx:
        tx.keys.destroy(archive.case, archive.made_at, "业务数据保管期满")
    world.clock.move(timedelta(days=365))
    assert world.office.archiving.sweep() >= 1
    world.work()
    assert world.office.keeping.page(archivist(), archive.id).checks[0].phase == "长期保存"
    world.clock.move(-timedelta(days=365))  # the archive's clock stays where it is
    world.office.transferring.order(archivist(), archive.id)
    world.work()
    assert world.archive(archive.id).state == "sent"


def test_the_catalogue_holds_what_the_tender_asks_for_and_every_check_is_told(
    world: ArchiveWorld, archive: Archive
) -> None:
    page = world.office.keeping.page(archivist(), archive.id)
    titles = {folder: [one.title for one in entries] for folder, entries in page.folders}
    assert titles["办理流程"] == ["审批记录", "制证记录", "发证记录"]
    assert titles["许可文书"][:3] == ["受理通知书", "准予行政许可决定书", "示例许可证"]
    assert titles["附件证明"] == ["平面布局图", "营业执照"] and titles["申请材料"] == ["申请表"]
    assert titles["存证"] == ["办件存证包", "裁决回执"] and archive.missing == 0
    results = {one.id: one.result for _, items in by_kind(newest(page.checks[-1:])) for one in items}
    assert {results.pop(name) for name in ("病毒检测", "载体检测", "可信时间戳")} == {EXTERNAL}
    assert set(results.values()) == {PASSED} and len(results) > 12


def test_the_record_of_a_visit_and_the_opinions_of_a_panel_are_part_of_the_file(world: ArchiveWorld) -> None:
    case, zhunyu, day = world.ended(9), world.zhunyu, "2026-02-10"
    photo = Photo("GONE", "现场.jpg", "image/jpeg", 3, "x", day, "核示甲", "key")
    visit = Visit("inspect-1", "inspect", day, "上午", "中山东一路1号", "王示窗", "021-60000000", (), CLERK, day)
    steps = tuple(
        StepRecord(step, title, role, opened_at=day, finished_at=day, by=CLERK, result="通过", opinion="好")
        for step, title, role in (("inspect", "现场核查", "核查"), ("expert", "专家评审", "专家"))
    )
    expert = Expert("E1", "示专家", day, GIVEN, day, vote=FOR, opinion="可行")
    panel = Panel("expert-1", "expert", day, CLERK, (expert,))
    held = msgspec.structs.replace(case, steps=steps, visits=(visit,), panels=(panel,))
    contents = Contents(
        store=zhunyu.store, files=zhunyu.files, renderer=TypstRenderer(), documents=zhunyu.documents,
        history=zhunyu.history, receipts=zhunyu.receipts, opener=ArchiveFiles(), papers=zhunyu.field_papers,
    )  # fmt: skip
    matter = zhunyu.shelf.version(case.matter_hash)
    found = {one.title: one for one in contents.of(matter, held).pieces if one.folder == PROCESS}
    assert {"现场核查笔录", "专家评审意见书"} <= set(found) and found["现场核查笔录"].pages == 1
    with_picture = msgspec.structs.replace(
        case, steps=(msgspec.structs.replace(steps[0], round=2),),
        visits=(msgspec.structs.replace(visit, task="inspect-2", photos=(photo,)),),
    )  # fmt: skip
    assert "现场核查笔录（第2次）" in contents.of(matter, with_picture).lacking


def test_the_whole_file_prints_in_order_with_right_page_numbers(world: ArchiveWorld, archive: Archive) -> None:
    _, pdf = world.office.keeping.printed(archivist(), archive.id)
    pages = ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]
    assert "电子档案" in pages[0] and "卷内目录" in pages[1] and "备考表" in pages[-1]
    told = world.office.keeping.page(archivist(), archive.id).told
    assert told is not None
    number = 1
    for entry in told.catalogue:
        if entry.extension in ("pdf", "png"):
            body = pages[1 + number]
            assert body.endswith(str(number)) and f"{entry.title}" in pages[1]
            if entry.title.endswith("记录") or entry.title == "申请表":
                assert body.startswith(entry.title)
            number += entry.pages
    assert len(pages) == 1 + 1 + (number - 1) + 1


def test_what_is_archived_is_not_archived_again_until_the_case_is_reopened(world: ArchiveWorld) -> None:
    case = world.ended(2)
    first = world.archived(case)
    again = world.office.archiving.make(case.id)
    assert again is not None and again.id == first.id and world.office.archiving.sweep() == 0
    query = BasisQuery(kind="version", key=case.matter_hash, matter=case.matter)
    world.zhunyu.recalls.open("测试", "T", query, "规则有误，逐件复核")
    world.work("recall")
    second = world.archived(case)
    assert (second.version, second.latest, second.code) == (2, True, first.code)
    assert second.case_version == world.case(case.id).version > first.case_version
    assert not world.archive(first.id).latest and world.package(first) != world.package(second)


def test_a_crash_in_the_middle_leaves_nothing_half_and_no_number_out(
    world: ArchiveWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = world.ended(3)

    def die(*_: object, **__: object) -> None:
        raise SystemError("power cut")

    places = ((type(world.zhunyu.files), "put"), (SqlArchives, "add"), (SqlBasisFiles, "put"), (SqlArchives, "check"))
    for place, name in places:
        with monkeypatch.context() as patched:
            patched.setattr(place, name, die)
            with pytest.raises(SystemError):
                world.office.archiving.make(case.id)
        with world.zhunyu.store.read() as tx:
            assert tx.archives.of_case(case.id) == () and tx.basis_files.of_case(case.id) == ()
    made = world.archived(case)
    assert world.archived(world.ended(4)).item == made.item + 1
    first = world.office.keeping.find(archivist(), ArchiveQuery())[0]
    assert sorted({one.item for one in first}) == list(range(1, made.item + 2))


def test_an_altered_package_in_the_store_is_found_and_not_transferred(world: ArchiveWorld, archive: Archive) -> None:
    whole = world.package(archive)
    data = bytearray(whole)
    data[len(data) // 2] ^= 1
    world.zhunyu.files.put(archive.file_key, bytes(data))
    found = world.office.checking.check(archive.id)
    assert found.result == FAILED
    failed = {one.id for one in found.items if one.result == FAILED}
    assert "固化信息" in failed
    with pytest.raises(ZhunyuError, match="C008"):
        world.office.transferring.order(archivist(), archive.id)
    world.zhunyu.files.delete(archive.file_key)
    gone = world.office.checking.check(archive.id)
    assert next(one for one in gone.items if one.id == "封存").result == FAILED
    world.zhunyu.files.put(archive.file_key, whole)
    assert world.office.checking.check(archive.id).result == EXTERNAL


def test_only_a_person_settles_an_external_item_and_a_later_check_keeps_it(
    world: ArchiveWorld, archive: Archive
) -> None:
    office = world.office.checking
    for session, item, note in (
        (archivist(), "摘要", "看过"), (archivist(), "病毒检测", " "),
        (archivist(2, roles=("审计",)), "病毒检测", "看过"),
    ):  # fmt: skip
        with pytest.raises(ZhunyuError):
            office.review(session, archive.id, item, True, note)
    for item in ("病毒检测", "载体检测", "可信时间戳"):
        office.review(archivist(), archive.id, item, True, "按制度检测，结果正常。")
    assert world.archive(archive.id).checked == PASSED
    office.check(archive.id)
    assert world.archive(archive.id).checked == PASSED
    office.review(archivist(), archive.id, "病毒检测", False, "升级病毒库后复测，发现可疑内容。")
    assert world.archive(archive.id).checked == FAILED


def test_the_check_of_long_term_preservation_runs_when_it_is_due(world: ArchiveWorld, archive: Archive) -> None:
    archive = world.office.keeping.page(archivist(), archive.id).versions[-1]  # the latest: earlier ones rest
    before = len(world.office.keeping.page(archivist(), archive.id).checks)
    world.clock.move(timedelta(days=364))
    assert world.office.archiving.sweep() == 0
    world.clock.move(timedelta(days=1))
    assert world.office.archiving.sweep() >= 1 and world.office.archiving.sweep() == 0
    world.work()
    checks = world.office.keeping.page(archivist(), archive.id).checks
    assert len(checks) == before + 1 and checks[0].phase == "长期保存"
    assert newest(checks)["封存"].result == PASSED


def test_a_package_that_the_archive_turns_away_comes_back_with_every_fault(
    world: ArchiveWorld, archive: Archive
) -> None:
    signer = world.zhunyu.archives.archiving._keys.signer()
    root, files = package.unpack(world.package(archive))
    bare = {path: data for path, data in files.items() if path not in (package.LISTED, package.SIGNED)}
    bare["元数据.xml"] = bare["元数据.xml"].replace("<密级>内部</密级>".encode(), b"")
    del bare[next(path for path in bare if path.endswith("申请表.pdf"))]
    answer = world.office.transferring._peer.hand_over(
        archive.code, package.seal(root, bare, signer, archive.made_at), "another-key"
    )
    assert not isinstance(answer, str) and answer.result == "退回"
    assert "元数据缺少密级。" in answer.faults and any("申请表" in one for one in answer.faults)
    nothing = world.office.transferring._peer.hand_over(archive.code, b"PK nothing", "a-third-key")
    assert not isinstance(nothing, str) and nothing.result == "退回"


def test_destruction_needs_two_different_people_and_the_list_stays(world: ArchiveWorld) -> None:
    archive, office = world.archived(world.ended(5)), world.office.destroying
    with pytest.raises(ZhunyuError, match="保管期限未满"):
        office.propose(archivist(), [archive.id], "鉴定无保存价值")
    world.clock.move(timedelta(days=4100))
    with pytest.raises(ZhunyuError, match="C004"):
        office.propose(archivist(), [archive.id], " ")
    made = office.propose(archivist(), [archive.id], "保管期满，鉴定无保存价值")
    with pytest.raises(ZhunyuError, match="A002"):
        office.confirm(archivist(), made.id, "同意")
    with pytest.raises(ZhunyuError, match="C008"):
        office.propose(archivist(2), [archive.id], "再列一次")
    office.withdraw(archivist(), made.id, "还要查阅")
    assert world.archive(archive.id).state == "kept"
    with pytest.raises(ZhunyuError, match="C008"):
        office.confirm(archivist(2), made.id, "同意")
    made = office.propose(archivist(), [archive.id], "保管期满，鉴定无保存价值")
    office.confirm(archivist(2), made.id, "复核同意")
    world.work()
    with pytest.raises(KeyError):
        world.zhunyu.files.get(archive.file_key)
    kept = office.show(archivist(), made.id)
    assert (kept.state, kept.by, kept.settled_by) == ("confirmed", "档示1", "档示2")
    assert kept.items[0].digest == archive.digest
    assert world.trail(f"destruction:{made.id}") == ["提出销毁", "确认销毁"]
    assert world.archive(archive.id).state == "destroyed"
    assert world.office.archiving.make(archive.case) is not None  # the one that was, never another
    with pytest.raises(ZhunyuError, match="C008"):
        world.office.keeping.export(archivist(), archive.id)


def test_the_cases_of_one_holder_lie_in_one_basis_file(world: ArchiveWorld, archive: Archive) -> None:
    case = world.case(archive.case)
    found, _ = world.office.basis.find(archivist(), "示例1号")
    assert [(one.kind, one.title) for one in found] == [("持证人", "上海示例1号酒店有限公司")]
    by_code, _ = world.office.basis.find(archivist(), case.subjects[0].code)
    page = world.office.basis.page(archivist(), by_code[0].id)
    assert [one.id for one, _ in page.cases] == [case.id]
    assert [one.case for one in page.certificates] == [case.id]


def test_archives_of_another_district_are_not_shown(
    world: ArchiveWorld, archive: Archive
) -> None:
    other = archivist(3, district="浦东新区")
    assert world.office.keeping.find(other, ArchiveQuery())[0] == ()
    for look in (world.office.keeping.page, world.office.keeping.export, world.office.keeping.printed):
        with pytest.raises(ZhunyuError, match="A002"):
            look(other, archive.id)
    with pytest.raises(ZhunyuError, match="A002"):
        world.office.keeping.find(archivist(4, roles=("窗口",)), ArchiveQuery())


def test_a_case_whose_key_was_destroyed_stops_nothing_and_its_archive_stays(world: ArchiveWorld) -> None:
    case = world.ended(6)
    made = world.archived(case)
    with world.zhunyu.store.write() as tx:
        tx.keys.destroy(case.id, made.made_at, "业务数据保管期满")
        tx.archives.expect(case.id, 99, made.made_at)
    assert world.office.archiving.sweep() == 0
    with world.zhunyu.store.read() as tx:
        assert case.id not in {one.case for one in tx.archives.waiting("9999", 100)}
    assert world.office.checking.check(made.id).result == EXTERNAL


def test_a_package_lies_encrypted_in_the_store(
    world: ArchiveWorld, archive: Archive
) -> None:
    raw = (world.zhunyu.settings.data_dir / "files" / archive.file_key).read_bytes()
    assert zipfile.is_zipfile(io.BytesIO(world.package(archive))) and not zipfile.is_zipfile(io.BytesIO(raw))
    assert "申请表".encode() not in raw


def test_a_recall_passes_over_a_case_that_was_destroyed_and_goes_on_with_the_others(world: ArchiveWorld) -> None:
    gone, kept = world.ended(21), world.ended(22)
    with world.zhunyu.store.write() as tx:
        tx.keys.destroy(gone.id, gone.closed_at, "业务数据保管期满")
    query = BasisQuery(kind="version", key=kept.matter_hash, matter=kept.matter)
    world.zhunyu.recalls.open("测试", "T", query, "规则有误，逐件复核")
    world.work("recall")
    progress = world.zhunyu.recalls.recalls()[0]
    assert (progress.recall.state, progress.outcomes["内容已销毁"] >= 1) == ("opened", True)
    assert world.case(kept.id).version == kept.version + 1
