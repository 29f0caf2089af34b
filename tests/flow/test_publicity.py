"""What everybody may see, kept in the one commit with what happened."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.commands import Accept, FinishStep
from engine.services.committing import Committing
from engine.services.desk import Desk
from engine.services.desk_acting import DeskActing
from engine.services.publicity import PAGE, Publicity
from tests.flow.test_ex_officio import officer
from tests.flow.world import World, hashed, session, together
from tests.unit.pipeline import sample
from tests.unit.pipeline.test_publicity import matter

CLERK, REVIEWER = officer("王窗口", "窗口"), officer("孙审查", "审查")


class Square:
    """The pages for everybody, the desk behind them."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.publish(hashed(matter(authorities=(sample.OFFICE,))))
        committing: Committing = world.committing
        self.pages = Publicity(store=world.store, clock=world.clock, committing=committing)
        self.desk = Desk(store=world.store, clock=world.clock, files=world.files, shelf=world.shelf)
        self.acting = DeskActing(store=world.store, clock=world.clock, shelf=world.shelf, committing=committing)

    def shown(self, number: int = 1) -> Case:
        case = self.world.filed(session(number), site=f"中山东一路{number}号")
        return self.acting.act(CLERK, case.id, Accept(), case.version)

    def finish(self, case: Case, result: str) -> Case:
        return self.acting.act(
            REVIEWER, case.id, FinishStep("show", result, "公示期满。"), self.world.load(case.id).version
        )


@pytest.fixture
def square(world: World) -> Square:
    return Square(world)


def refused(act: Callable[..., object], *given: object) -> str:
    with pytest.raises(ZhunyuError) as refusal:
        act(*given)
    return refusal.value.code


def test_a_page_opens_with_the_step_and_is_found_by_what_it_shows(square: Square) -> None:
    case = square.shown()
    (notice,) = square.pages.notices().lines
    assert (notice.case, notice.id, square.pages.running(notice)) == (case.id, f"{case.id}.show-1", True)
    assert square.pages.notice(notice.id).lines[0] == ("经营地址", "中山东一路1号")
    assert [one.id for one in square.pages.notices("中山东一路1号").lines] == [notice.id]
    assert square.pages.notices("没有这样的地址").lines == ()
    assert square.pages.notices("%").lines == ()


def test_an_objection_reaches_the_desk_and_the_page_tells_no_name(square: Square) -> None:
    case = square.shown()
    square.pages.object_to(session(7), f"{case.id}.show-1", "这里是住宅。")
    (kept,) = square.desk.case(REVIEWER, case.id).view.case.statements
    assert (kept.kind, kept.words) == ("异议", "这里是住宅。")
    assert "张示例7" not in str(square.pages.notice(f"{case.id}.show-1"))
    square.world.later(days=20)
    assert refused(square.finish, case, "无异议") == "C004"
    square.finish(case, "有异议")
    assert square.pages.notices().lines == ()
    (closed,) = square.pages.notices(state="closed").lines
    assert (closed.result, square.pages.running(closed)) == ("有异议", False)
    assert refused(square.pages.object_to, session(8), closed.id, "太晚了。") == "C001"


def test_objections_that_come_at_once_are_all_kept(square: Square) -> None:
    case = square.shown()
    results = together(3, lambda place: square.pages.object_to(session(place + 3), f"{case.id}.show-1", f"意见{place}"))
    assert [one for one in results if isinstance(one, ZhunyuError)] == []
    assert len(square.world.load(case.id).statements) == 3


def test_the_list_pages_without_losing_one(square: Square) -> None:
    cases = {square.shown(number).id for number in range(1, PAGE + 4)}
    first = square.pages.notices()
    second = square.pages.notices(after=first.next)
    assert (len(first.lines), len(second.lines), second.next) == (PAGE, 3, "")
    assert {one.case for one in (*first.lines, *second.lines)} == cases


def test_a_page_that_is_not_there_is_told_so(square: Square) -> None:
    assert refused(square.pages.notice, "nothing.show-1") == "A003"
    assert refused(square.pages.object_to, session(1), "nothing.show-1", "意见") == "A003"


def test_an_instant_grant_is_among_the_results_with_its_number(world: World) -> None:
    from tests.flow.world import located

    world.publish(located(publish_within=7, publish_hide=("phone",)))
    pages = Publicity(store=world.store, clock=world.clock, committing=world.committing)
    case = world.filed(session(1))
    (result,) = pages.results().lines
    assert (result.case, result.outcome, result.subject) == (case.id, "准予", "上海示例1号酒店有限公司")
    assert result.numbers and dict(result.lines)["编号"] == result.numbers[0]
    assert pages.results(result.numbers[0]).lines == (result,)
    assert pages.results("13912345678").lines == ()
