"""Catalogue, metadata and filing of an archived case; for every matter of the public places, too."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from defusedxml import ElementTree

from engine.errors import ZhunyuError
from engine.matters.archive_plan import FILE, fault_of, load_plan
from engine.model.archive import ATTACHED, EXTERNAL, FAILED, FORM, PASSED, PERMITS, PROCESS, CheckItem, Deed, Piece
from engine.model.archive import verdict as verdict_of
from engine.model.case import Case, Decision, Status, Upload
from engine.model.certificate import Certificate, CertificateStatus
from engine.model.matter import Matter
from engine.model.people import SYSTEM
from engine.stages.archive import describing, filing, sheets, writing
from engine.stages.archive.basis import Basis, basis_of
from tests.project import project_catalogue
from tests.unit.pipeline import sample

ROOT = Path(__file__).resolve().parents[3]
PLAN = load_plan(ROOT)
PUBLIC = {id: one for id, one in project_catalogue().matters.items() if id.startswith("public_place")}
DEEDS = (
    Deed("2026-02-10T09:30:00+08:00", "收件", "张示例", "申请人"),
    Deed("2026-02-10T09:30:30+08:00", "决定", "陈审批", "工作人员"),
)


def case_of(matter: Matter, **changes: object) -> Case:
    made = Case(
        id="C1", number="2026021000000001X", matter=matter.id, matter_title=matter.title, matter_hash=matter.hash,
        origin="网上", initiator=sample.APPLICANT, subjects=(sample.SUBJECT,), authority="", district="黄浦区",
        authority_name="上海市黄浦区卫生健康委员会", status=Status.ISSUED, received_at="2026-02-10T09:30:00+08:00",
        accepted_at="2026-02-10T09:30:00+08:00", closed_at="2026-02-10T09:31:00+08:00", answers={"site": "示例路1号"},
        decision=Decision("准予", "2026-02-10T09:30:30+08:00", SYSTEM, True, "与登记一致。", matter.basis),
        certificates=("CERT",), uploads={"plan": (Upload("U1", "平面图.pdf", "application/pdf", 3, "ab", 1),)},
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


def pieces(*left_out: str) -> tuple[Piece, ...]:
    titles = ((PERMITS, "受理通知书"), (PERMITS, "准予行政许可决定书"), (PERMITS, "许可证"), (ATTACHED, "平面图"),
              (PROCESS, "审批记录"), (PROCESS, "制证记录"), (PROCESS, "发证记录"), (FORM, "申请表"))  # fmt: skip
    return tuple(Piece(folder, title, "pdf", title.encode(), "2026-02-10", "某委", 1) for folder, title in titles
                 if title not in left_out)  # fmt: skip


CERTIFICATE = Certificate(
    id="CERT", number="沪卫公1号", type="t", title="许可证", holder_code="", holder_name="", authority="",
    authority_name="", district="", status=CertificateStatus.VALID, version=1, issued_on="2026-02-10",
    valid_from="2026-02-10", valid_to="", face={}, matter="m", case="C1",
)  # fmt: skip


@pytest.mark.parametrize("id", sorted(PUBLIC))
def test_every_public_place_matter_is_described_whole_and_kept_by_its_holder(id: str) -> None:
    matter = PUBLIC[id]
    case = case_of(matter)
    head = filing.heading(PLAN, matter, case, 7)
    told = describing.describe(PLAN, matter, case, (CERTIFICATE,), DEEDS, pieces(), head, 1, "2026-02-10")
    assert [name for name in describing.REQUIRED if not told.entity.get(name)] == [] and told.missing == ()
    klass = PLAN.on("2026-02-10").classes[matter.archive_class]
    assert head.code == f"0000-ZWFW.{klass.code}·2026-{head.period.code}-HP-00007"
    assert basis_of(matter, case) == Basis("持证人", sample.SUBJECT.code, sample.SUBJECT.name)
    entity = ElementTree.fromstring(writing.metadata(told)).find("实体")
    assert entity is not None and len(list(entity.iter("文件"))) == 8
    assert sheets.application(matter, case)["title"] == "申请表" and sheets.approval(matter, case, DEEDS)["parts"]


def test_the_catalogue_is_arranged_by_folder_and_its_paths_are_safe_and_distinct() -> None:
    given = (*pieces(), Piece(ATTACHED, "../../etc/passwd", "pdf", b"x", "2026-02-10", "张", 1))
    found = describing.catalogue(given)
    assert [one.place for one in found] == list(range(1, 10))
    assert [one.folder for one in found][:3] == ["申请材料", "附件证明", "附件证明"]
    assert len({one.path for one in found}) == 9 and not any("/.." in one.path for one in found)
    assert describing.contents(given, found)[found[0].path] == "申请表".encode()


@pytest.mark.parametrize(
    "title", ["申请表", "受理通知书", "准予行政许可决定书", "审批记录", "制证记录", "发证记录", "平面图"]
)
def test_what_should_be_there_and_is_not_is_named(title: str) -> None:
    told = describing.missing(sample.matter(), case_of(sample.matter()), pieces(title))
    assert len(told) == 1 and (title in told[0] or title in ("平面图", "准予行政许可决定书"))


def test_a_refusal_waits_for_the_term_of_appeal_and_is_kept_by_its_own_period() -> None:
    matter = sample.matter(archive_class="许可", archive_retain="永久")
    granted = case_of(matter)
    refused = case_of(
        matter, decision=msgspec.structs.replace(granted.decision, outcome="不予许可"), status=Status.REFUSED
    )
    end = datetime.fromisoformat(granted.closed_at)
    assert filing.ripe_at(PLAN, granted) == end and filing.ripe_at(PLAN, refused) == end + timedelta(days=60)
    assert (filing.heading(PLAN, matter, granted, 1).expires, filing.heading(PLAN, matter, refused, 1).expires) == (
        "", "2056-12-31",
    )  # fmt: skip


def test_an_open_case_or_one_whose_certificate_failed_has_not_ended() -> None:
    case = case_of(sample.matter())
    assert filing.ended(case)
    for change in ({"closed_at": ""}, {"status": Status.ACCEPTED}, {"unmade": ("CERT",)}):
        assert not filing.ended(case_of(sample.matter(), **change))


@pytest.mark.parametrize("changes", [{"archive_class": "不存在"}, {"archive_class": "许可", "archive_retain": "三年"}])
def test_a_class_or_period_the_table_does_not_know_says_where_to_add_it(changes: dict[str, str]) -> None:
    matter = sample.matter(**changes)
    with pytest.raises(ZhunyuError, match=r"S001 .*archive\.yaml"):
        filing.heading(PLAN, matter, case_of(matter), 1)


def test_a_product_file_is_kept_by_its_field_and_named_by_another() -> None:
    matter = sample.matter(archive_file="产品", archive_by="brand", archive_called="site")
    given = case_of(matter, answers={"brand": "示例牌", "site": "某路"})
    assert basis_of(matter, given) == Basis("产品", "示例牌", "某路")
    assert basis_of(matter, case_of(matter, answers={})) is None
    held = sample.matter(archive_file="产品", archive_by="original.brand")
    original = msgspec.structs.replace(CERTIFICATE, item={"brand": "原证牌"})
    assert basis_of(held, case_of(held), original) == Basis("产品", "原证牌", "原证牌")
    assert basis_of(sample.matter(), case_of(sample.matter())) is None


def test_one_failed_item_fails_all_and_a_waiting_one_keeps_all_waiting() -> None:
    good, bad, open_ = (CheckItem("a", "真实性", "t", result) for result in (PASSED, FAILED, EXTERNAL))
    assert [verdict_of(one) for one in ((good,), (good, open_), (good, open_, bad))] == [PASSED, EXTERNAL, FAILED]


@pytest.mark.parametrize(
    ("before", "after"),
    [("{件号:05d}", ""), ("{全宗号}", "{不认识}"), ("retain: 永久}", "retain: 三年}"), ("code: BA", "code: XK"),
     ("since: 2024-01-01", "since: 昨天"), ("fonds:", "fond:"), ("  other: QT\n", "")],
)  # fmt: skip
def test_a_wrong_plan_is_refused_with_what_is_wrong(tmp_path: Path, before: str, after: str) -> None:
    text = (ROOT / FILE).read_text(encoding="utf-8")
    assert before in text and fault_of(PLAN) == ""
    (tmp_path / "rules").mkdir()
    (tmp_path / FILE).write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(ZhunyuError, match="S001"):
        load_plan(tmp_path)
