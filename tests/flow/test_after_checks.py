"""What follows a grant: duties, 抽查 by a draw that can be repeated, and recording what was found."""

from __future__ import annotations

import msgspec
import pytest
import sqlalchemy as sa

from engine.adapters.sql.tables.safeguards import grants
from engine.errors import ZhunyuError
from engine.matters.catalogue import Catalogue
from engine.matters.tests_file import load_tests
from engine.model.case import Case, Status
from engine.model.matter import Duration, Duty, Matter
from engine.model.people import Subject
from engine.model.rule import Rule
from engine.ports.accounts import Account
from engine.ports.cases import TaskRow
from engine.ports.drafts import Draft
from engine.ports.work import WorkQuery
from engine.ports.world import Answer
from engine.services.accounts import Session
from engine.settings import ROOT
from engine.stages.sampling import digest_of
from tests.flow.test_guard import SQLITE, refused, staff
from tests.flow.world import PLAN, World, located, session
from tests.project import project_catalogue

ONE, TWO = staff("核查", "核示甲"), staff("核查", "核示乙")
LISTED = WorkQuery("S-核示甲", ("核查",), "黄浦区", view="checks")


def bound(results: dict[str, str] | None = None, **changes: object) -> Matter:
    """The sample with the duty of the public places: within 60 days, two people."""
    found = results or {"相符": "结束", "不符": "责令限期整改"}
    return located(after=(Duty("承诺事项核查", Duration(60, "自然日", "决定"), 2, found),), **changes)


def listed(world: World, view: WorkQuery = LISTED) -> list[TaskRow]:
    with world.store.read() as tx:
        return [row.task for row in tx.work.page(view)[0]]


def record(world: World, who: Session, case: Case, check: str, result: str, opinion: str = "已到现场核查。") -> Case:
    return world.after_checks.record(who, case.id, check, result, opinion, world.load(case.id).version)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return project_catalogue()


def public_place(world: World, catalogue: Catalogue) -> Case:
    """The real matter, granted at once: answers and facts of the first test in its test file."""
    tests, _ = load_tests(ROOT / "matters" / "public_place" / "public_place_new.tests.yaml", catalogue)
    test, matter = tests[0], catalogue.matters["public_place_new"]
    world.publishing.publish(catalogue, "测试")
    sources = catalogue.reference.sources
    said = {sources[need.source].path: test.facts.get(need.key) for need in matter.facts}
    known = {path: value for path, value in said.items() if isinstance(value, (dict, list, tuple))}
    world.registry.by_path = lambda _, path: Answer("value", known[path]) if path in known else Answer("empty")
    subject = Subject("法人", str(test.applicant["code"]), str(test.applicant["name"]))
    account = Account("BOYUN", "boyun", "applicant", str(test.applicant["agent"]), level=3)
    who = Session(token="", account=account, subject=subject, authority="法定代表人", expires_at="")
    draft = Draft(
        id=world.ids.new(), account="BOYUN", subject=subject, matter=matter.id, matter_hash=matter.hash, acts_on="",
        answers=test.answers, uploads={"plan": (PLAN,)}, revision=1, created_at=world.at, updated_at=world.at,
    )  # fmt: skip
    with world.store.write() as tx:
        tx.drafts.add(draft)
    return world.cases.submit(who, draft.id, "")


def test_the_commitment_of_a_public_place_is_checked_from_grant_to_measure(world: World, catalogue: Catalogue) -> None:
    case = public_place(world, catalogue)
    world.seal(case)
    duty = next(task for task in listed(world) if task.step == "after.duty")
    record(world, ONE, case, duty.task, "不符"), record(world, TWO, case, duty.task, "不符")
    done = world.load(case.id)
    assert case.decision is not None and case.decision.automatic
    assert (duty.title, duty.people, duty.due, duty.district) == ("承诺事项核查", 2, "2026-04-11", "黄浦区")
    assert (done.status, done.checks[-1].title) == (Status.ISSUED, "责令限期整改")


def test_a_grant_opens_its_duty_for_the_district_with_the_day_it_is_due(world: World) -> None:
    world.publish(bound())
    world.issued(session())
    (task,) = listed(world)
    assert (task.title, task.role, task.district, task.due, task.people) == (
        "承诺事项核查", "核查", "黄浦区", "2026-04-11", 2,
    )  # fmt: skip


def test_a_duty_is_in_no_list_of_cases_under_way(world: World) -> None:
    world.publish(bound())
    world.issued(session())
    assert [listed(world, msgspec.structs.replace(LISTED, view=view)) for view in ("group", "all")] == [[], []]


@SQLITE
def test_two_people_find_it_as_promised_and_it_is_over(world: World) -> None:
    world.publish(bound())
    case = world.issued(session())
    record(world, ONE, case, "duty-1", "相符")
    halfway = listed(world)
    done = record(world, TWO, case, "duty-1", "相符")
    assert (len(halfway), listed(world), len(done.checks), done.status) == (1, [], 1, Status.ISSUED)
    assert [actor.name for actor in done.checks[0].signed] == ["核示甲", "核示乙"]


@SQLITE
def test_what_is_not_as_promised_opens_the_measure(world: World) -> None:
    world.publish(bound())
    case = world.issued(session())
    record(world, ONE, case, "duty-1", "不符"), record(world, TWO, case, "duty-1", "不符")
    (task,) = listed(world)
    done = record(world, ONE, case, task.task, "已办理", "已责令 15 日内整改，复查合格。")
    assert (task.title, listed(world), done.checks[-1].result) == ("责令限期整改", [], "已办理")


@SQLITE
def test_a_result_that_leads_to_another_matter_offers_it_to_who_decides(world: World) -> None:
    other = msgspec.structs.replace(located(title="示例许可（撤销）"), id="sample_revoke")
    world.publish(bound({"相符": "结束", "不符": "→sample_revoke"}), other)
    case = world.issued(session())
    record(world, ONE, case, "duty-1", "不符"), record(world, TWO, case, "duty-1", "不符")
    (task,) = listed(world, msgspec.structs.replace(LISTED, roles=("审批",)))
    assert task.title == "转办《示例许可（撤销）》"


@SQLITE
def test_the_applicant_is_not_shown_what_the_inspectors_note(world: World) -> None:
    world.publish(bound())
    case = world.issued(session())
    before = len(world.cases.view(session(), case.id).timeline)
    record(world, ONE, case, "duty-1", "不符"), record(world, TWO, case, "duty-1", "不符")
    assert len(world.cases.view(session(), case.id).timeline) == before


@SQLITE
def test_a_duty_whose_condition_was_false_is_not_opened(world: World) -> None:
    never = Rule("集中空调 = 是", {"==": [{"var": "hvac"}, True]}, ("hvac",))
    duty = Duty("空调核查", Duration(60, "自然日", "决定"), 1, {}, never)
    world.publish(located(after=(duty,)))
    assert world.filed(session()).checks == ()


@SQLITE
def test_a_record_by_the_wrong_person_or_without_content_is_refused(world: World) -> None:
    world.publish(bound())
    case = world.issued(session())
    elsewhere = staff("核查", "浦核", "浦东新区")
    window = staff("窗口")
    records = [(window, "相符", "看过"), (elsewhere, "相符", "看过"), (ONE, "相符", " "), (ONE, "不清楚", "看过")]
    codes = [refused(record, world, who, case, "duty-1", *said) for who, *said in records]
    assert (codes, world.load(case.id)) == (["A002", "A002", "C004", "C004"], case)


@SQLITE
def test_one_person_does_not_sign_twice_and_two_must_agree(world: World) -> None:
    world.publish(bound())
    case = world.issued(session())
    record(world, ONE, case, "duty-1", "相符")
    with pytest.raises(ZhunyuError, match="A002"):
        record(world, ONE, case, "duty-1", "相符")
    with pytest.raises(ZhunyuError, match="C004"):
        record(world, TWO, case, "duty-1", "不符")


@SQLITE
def test_a_record_on_what_somebody_else_has_changed_is_refused(world: World) -> None:
    world.publish(bound())
    case = world.issued(session())
    record(world, ONE, case, "duty-1", "相符")
    with pytest.raises(ZhunyuError, match="C002"):
        world.after_checks.record(TWO, case.id, "duty-1", "相符", "看过", case.version)


@SQLITE
def test_every_instant_grant_is_drawn_where_the_share_is_all(world: World) -> None:
    world.publish(located(sample="100%"))
    case = world.filed(session())
    assert ([task.title for task in listed(world)], case.checks[0].kind) == (["秒批抽查"], "抽查")


def test_the_draw_of_a_day_can_be_repeated_by_anybody_the_day_after(world: World) -> None:
    world.publish(located(sample="50%"))
    cases = [world.filed(session(number)) for number in range(12)]
    world.later(days=1)
    day = world.sampling.verify("2026-02-10")
    drawn = sum(bool(case.checks) for case in cases)
    assert (day.counted, day.drawn, day.faults, digest_of(day.seed.seed)) == (12, drawn, (), day.seed.digest)


@SQLITE
def test_a_draw_that_was_tampered_with_is_found(world: World) -> None:
    world.publish(located(sample="100%"))
    case = world.filed(session())
    with world.database.write() as connection:
        connection.execute(sa.update(grants).values(drawn=False))
    world.later(days=1)
    assert world.sampling.verify("2026-02-10").faults == (case.id,)


@SQLITE
def test_the_seed_is_withheld_while_the_day_lasts_and_told_afterwards(world: World) -> None:
    world.publish(located(sample="5%"))
    world.filed(session())
    (today,) = world.sampling.days()
    with pytest.raises(ZhunyuError, match="C001"):
        world.sampling.verify("2026-02-10")
    world.later(days=1)
    (told,) = world.sampling.days()
    assert (today.seed, today.digest, bool(told.seed), bool(told.revealed_at)) == (b"", told.digest, True, True)


def test_the_digest_is_in_the_history_from_the_start_and_the_seed_at_the_end(world: World) -> None:
    world.publish(located(sample="5%"))
    world.filed(session(1))
    world.later(days=1)
    world.filed(session(2))
    with world.store.read() as tx:
        first, last = tx.history.of_trail("sampling:2026-02-10")
    assert (first.entry.what, last.entry.what) == ("种子摘要", "公开种子")


@SQLITE
def test_a_day_without_a_draw_is_not_found(world: World) -> None:
    with pytest.raises(ZhunyuError, match="A003"):
        world.sampling.verify("2026-01-01")
