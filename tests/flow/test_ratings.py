"""好差评: rated once and changed once, answered when bad, rated again, counted and pushed in the standard's fields."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.ratings import OUTCOME, WINDOW, Rating
from engine.ports.ratings import RatingQuery
from engine.services.accounts import Session
from engine.services.expiring import Expiring
from engine.services.projection import PUSH
from engine.services.ratings import Given, Ratings
from tests.flow.test_messages import Post
from tests.flow.world import World, session, together

SCHEMA = json.loads((Path(__file__).parents[2] / "deploy/sandbox/schemas/hcp.json").read_text(encoding="utf-8"))
GOOD, BAD = Given(1, ("当场办结",)), Given(4, ("等待时间长",), "等了两个小时，电话 13912345678。")


class Counter:
    """A case that is over, its applicant, and the office's supervisor."""

    def __init__(self, world: World) -> None:
        self.post, self.world = Post(world), world
        self.ratings = Ratings(
            store=world.store, clock=world.clock, ids=world.ids, shelf=world.shelf, cases=world.cases,
            waker=world.waker,
        )  # fmt: skip
        self.owner = self.post.applicant(1)
        self.supervisor = self.post.staff("du", "监督")
        self.case: Case = world.issued(self.owner)

    def rate(self, given: Given, who: Session | None = None) -> Rating:
        return self.ratings.rate(who or self.owner, self.case.id, OUTCOME, given)

    def pushed(self) -> list[dict[str, object]]:
        with self.world.store.read() as tx:
            return [dict(job.body) for job in tx.effects.of_case(self.case.id) if (job.kind, job.to) == (PUSH, "hcp")]


@pytest.fixture
def counter(world: World) -> Counter:
    return Counter(world)


def refused(code: str, act: object, *given: object) -> None:
    with pytest.raises(ZhunyuError, match=code):
        act(*given)  # type: ignore[operator]


def test_a_good_rating_is_kept_pushed_and_asks_nothing_of_staff(counter: Counter) -> None:
    made = counter.rate(GOOD)
    assert (made.level, made.state, counter.ratings.waiting(counter.supervisor).lines) == ("非常满意", "", ())
    (body,) = counter.pushed()
    jsonschema.validate(body, SCHEMA)
    assert (body["satisfaction_code"], body["evaluator"], body["area_code"]) == ("1", "张＊＊＊", "310101")


def test_a_rating_is_changed_once_within_its_days_and_then_stands(counter: Counter) -> None:
    counter.rate(GOOD)
    assert counter.ratings.of_case(counter.owner, counter.case.id).changeable == (OUTCOME,)
    made = counter.rate(BAD)
    assert (made.times, made.state, made.at[:10] < made.due) == (2, "open", True)
    refused("C001", counter.rate, GOOD)
    assert [body["evaluate_count"] for body in counter.pushed()] == [1, 2]
    assert "13912345678" not in str(counter.pushed())


def test_a_rating_stands_when_its_days_are_over(counter: Counter) -> None:
    counter.rate(GOOD)
    counter.world.later(days=11)
    refused("C001", counter.rate, BAD)


def test_nothing_is_rated_without_a_level_with_reasons_of_another_or_by_somebody_else(counter: Counter) -> None:
    refused("A004", counter.rate, Given(0))
    refused("A004", counter.rate, Given(1, ("等待时间长",)))
    refused("A004", counter.rate, Given(2, words="长" * 501))
    refused("A003", counter.rate, GOOD, session(2))
    refused("C001", counter.ratings.rate, counter.owner, counter.case.id, WINDOW, GOOD)


def test_a_case_that_is_not_over_is_not_rated(counter: Counter) -> None:
    case = counter.post.filed(2)
    refused("C001", counter.ratings.rate, session(2), case.id, OUTCOME, GOOD)


def test_a_bad_rating_is_answered_shown_and_rated_again_and_a_second_bad_one_opens_it_once_more(
    counter: Counter,
) -> None:
    made, supervisor = counter.rate(BAD), counter.supervisor
    assert counter.post.told(supervisor) == ["差评待答复"]
    (open_one,) = counter.ratings.waiting(supervisor).lines
    assert (open_one.id, open_one.due) == (made.id, "2026-03-09")  # the 15th working day after 10 February
    refused("A002", counter.ratings.answer, counter.post.staff("wang", "审批"), made.id, "已经改进等候的安排。")
    refused("A002", counter.ratings.show, counter.post.staff("pu", "监督", district="浦东新区"), made.id)
    refused("C004", counter.ratings.answer, supervisor, made.id, "好")
    answered = counter.ratings.answer(supervisor, made.id, "已增设窗口，等候不超过二十分钟。")
    assert (answered.state, counter.ratings.waiting(supervisor).lines) == ("answered", ())
    assert "差评已答复" in counter.post.told(counter.owner)
    refused("C001", counter.rate, GOOD)
    again = counter.ratings.second(counter.owner, made.id, 5, "没有看到改进。")
    assert (again.state, again.round) == ("open", 2)
    last = counter.ratings.answer(supervisor, made.id, "已约定回访时间并当面说明。")
    assert last.state == "closed" and last.answer.count("再次答复") == 1
    refused("C001", counter.ratings.second, counter.owner, made.id, 1)


def test_an_anonymous_rating_leads_nobody_to_the_rater(counter: Counter) -> None:
    made = counter.rate(Given(5, words="不便署名。", anonymous=True))
    (line,) = counter.post.inbox.page(counter.supervisor).lines
    assert counter.case.number not in line.message.text and line.message.case == ""
    assert counter.pushed()[0]["evaluator"] == "匿名"
    assert counter.ratings.show(counter.supervisor, made.id)[0].shown_name == "匿名"


def test_of_two_answers_at_once_one_is_kept(counter: Counter) -> None:
    made = counter.rate(BAD)
    results = together(2, lambda place: counter.ratings.answer(counter.supervisor, made.id, f"第{place}个人的答复。"))
    assert sorted(type(one).__name__ for one in results) == ["Rating", "ZhunyuError"]


def test_a_bad_rating_that_nobody_answers_is_reminded_of_once_before_its_day(counter: Counter) -> None:
    counter.rate(BAD)
    world = counter.world
    for _ in range(2):
        world.later(days=23)
        Expiring(store=world.store, clock=world.clock, ids=world.ids, shelf=world.shelf).sweep()
    assert counter.post.told(counter.supervisor).count("差评即将到期") == 1


def test_figures_are_counted_by_matter_and_month_and_lead_to_what_is_behind_them(counter: Counter) -> None:
    counter.rate(BAD)
    other = counter.world.issued(counter.post.applicant(2))
    counter.ratings.rate(session(2), other.id, OUTCOME, GOOD)
    supervisor = counter.supervisor
    (row,) = counter.ratings.counted(supervisor, "matter", RatingQuery())
    assert (row.key, row.scores, row.good_share, row.answered) == ("sample_new", (1, 0, 0, 1, 0), "50.00%", 0)
    assert [one.key for one in counter.ratings.counted(supervisor, "month", RatingQuery())] == ["2026-02"]
    (office,) = counter.ratings.counted(supervisor, "authority", RatingQuery())
    assert office.key == "上海市黄浦区卫生健康委员会"
    assert len(counter.ratings.listed(supervisor, RatingQuery(authority=office.key)).lines) == 2
    behind = counter.ratings.listed(supervisor, RatingQuery(matter="sample_new", score=4))
    assert [one.level for one in behind.lines] == ["不满意"]
    assert counter.ratings.counted(supervisor, "matter", RatingQuery(until="2026-02-09")) == ()
    assert counter.ratings.counted(counter.post.staff("p", "监督", district="浦东新区"), "matter", RatingQuery()) == ()
    refused("A002", counter.ratings.counted, counter.post.staff("w", "窗口"), "matter", RatingQuery())
