"""Who is told of what: in the commit, once, in masked words; outward at the hours people accept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from engine.errors import ZhunyuError
from engine.matters.messages import load_messages, load_ratings
from engine.matters.reference import CertificateType
from engine.model.case import Case, SupplementItem
from engine.model.commands import Accept, AskSupplement
from engine.model.messages import CONFIDENTIAL, OFFICE, SMS
from engine.model.organisation import Absence, Delegation
from engine.model.values import Json
from engine.ports.accounts import Account
from engine.ports.effects import Job
from engine.ports.messages import Preferences
from engine.ports.world import Answer
from engine.services.accounts import Session
from engine.services.effects import Effects
from engine.services.expiring import Expiring
from engine.services.inbox import Inbox
from engine.services.message_rules import MESSAGES, RATINGS
from engine.services.message_sending import KINDS, Sending
from engine.services.message_writing import told_of_events
from engine.services.standing import Standings
from tests.flow.world import World, located, session, together
from tests.unit.pipeline.sample import CLERK

ROOT = Path(__file__).parents[2]
RULES, RATED = load_messages(ROOT)[0], load_ratings(ROOT)[0]


class Gateway:
    """A gateway that keeps each key once, and fails as told."""

    def __init__(self) -> None:
        self.taken: dict[str, tuple[str, dict[str, Json]]] = {}
        self.says = ""

    def send(self, channel: str, body: Mapping[str, Json], key: str) -> str:
        if self.says == "refuse":
            raise ZhunyuError("S006", "对方拒收。", status=502)
        if not self.says:
            assert self.taken.setdefault(key, (channel, dict(body)))[1] == dict(body)
        return self.says


class Post:
    """The inbox, the way out, and staff of 黄浦区."""

    def __init__(self, world: World) -> None:
        self.world, self.gateway = world, Gateway()
        with world.store.write() as tx:
            tx.versions.keep_reference(MESSAGES, msgspec.json.encode(RULES), world.at)
            tx.versions.keep_reference(RATINGS, msgspec.json.encode(RATED), world.at)
        self.inbox = Inbox(store=world.store, clock=world.clock)
        self.standings = Standings(dict)
        self.sending = Sending(
            store=world.store, clock=world.clock, ids=world.ids, messenger=self.gateway, standings=self.standings
        )

    def staff(self, name: str, *roles: str, district: str = "黄浦区") -> Session:
        account = Account(id=f"STAFF-{name}", login=name, kind="staff", name=name, roles=roles, district=district)
        with self.world.store.write() as tx:
            tx.accounts.add(account, "x", self.world.at)
        return Session(token="", account=account, subject=None, authority="", expires_at="")

    def today(self, who: Session) -> Session:
        """Somebody as they stand today."""
        with self.world.store.read() as tx:
            account = self.standings.of(tx, who.account, self.world.clock.now().date())
        return msgspec.structs.replace(who, account=account)

    def applicant(self, number: int = 1) -> Session:
        who = session(number)
        with self.world.store.write() as tx:
            tx.accounts.add(who.account, "x", self.world.at)
        return who

    def filed(self, number: int = 1) -> Case:
        """A case that people handle."""
        self.world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
        return self.world.filed(session(number), site=f"中山东一路{number}号")

    def ask(self, case: Case) -> None:
        asked = AskSupplement((SupplementItem("请写明经营地址。", fields=("site",)),))
        self.world.committing.carry_out(case, asked, CLERK)

    def told(self, who: Session, box: str = "all") -> list[str]:
        return [line.message.title for line in self.inbox.page(who, box, limit=50).lines]

    def run(self, rounds: int = 30) -> list[tuple[str, str]]:
        """Carry out what is ripe; what the gateway has."""
        effects = Effects(
            store=self.world.store, clock=self.world.clock, ids=self.world.ids, waker=self.world.waker,
            handlers=dict.fromkeys(KINDS, self.sending.run), wake_case=lambda case, what: None,
            give_up=dict.fromkeys(KINDS, self.sending.give_up),
        )  # fmt: skip
        for _ in range(rounds):
            jobs = effects.claim(KINDS, 20)
            if not jobs:
                break
            for job in jobs:
                effects.run(job)
        return [(channel, str(body["content"])) for channel, body in self.gateway.taken.values()]

    def sent(self) -> list[tuple[str, dict[str, Json]]]:
        """All that went outward so far, in order."""
        self.run()
        return [*self.gateway.taken.values()]


@pytest.fixture
def post(world: World) -> Post:
    return Post(world)


def test_a_new_task_reaches_its_role_in_its_district_as_one_row_with_marks_of_each(post: Post) -> None:
    first, second = post.staff("wang", "窗口"), post.staff("li", "窗口")
    others = post.staff("pu", "窗口", district="浦东新区"), post.staff("shen", "审批")
    post.filed()
    assert post.told(first) == post.told(second) == ["新任务"]
    assert post.told(others[0]) == post.told(others[1]) == []
    (line,) = post.inbox.page(first).lines
    before = post.inbox.badge(first)
    post.inbox.open(first, line.message.id)
    after = post.inbox.badge(first)
    assert (before.unread, after.unread, post.inbox.badge(second).unread) == (1, 0, 1)
    assert before.etag != after.etag
    assert post.inbox.put(second, (line.message.id,), "archive") == 1
    assert (post.told(second), post.told(second, "archived"), post.told(first)) == ([], ["新任务"], ["新任务"])


def test_a_delegate_and_a_deputy_are_told_as_those_are_whose_work_they_do_and_only_for_so_long(post: Post) -> None:
    head, reviewer = post.staff("wang", "窗口"), post.staff("shen", "审查")
    away = post.staff("pu", "窗口", district="浦东新区")
    day, last = post.world.clock.now().date().isoformat(), (post.world.clock.now() + timedelta(days=2)).date()
    given = Delegation("D1", head.account.id, reviewer.account.id, ("窗口",), day, last.isoformat())
    stands_in = Absence("A1", head.account.id, away.account.id, day, last.isoformat())
    with post.world.store.write() as tx:
        tx.organisation.put_delegation(given)
        tx.organisation.put_absence(stands_in)
        tx.organisation.changed()
    post.filed()
    for one in (head, reviewer, away):
        assert post.told(post.today(one)) == ["新任务"]
    assert sorted(body["to"] for channel, body in post.sent() if channel == OFFICE) == ["pu", "shen", "wang"]
    post.world.later(days=3)
    post.filed(2)
    assert post.told(post.today(head)) == ["新任务", "新任务"]
    assert post.told(post.today(reviewer)) == post.told(post.today(away)) == []
    assert [body["to"] for channel, body in post.sent()[3:]] == ["wang"]


def test_the_applicant_is_told_of_a_request_for_supplement_and_staff_of_the_answer_to_nobody_else(post: Post) -> None:
    clerk, owner, rival = post.staff("wang", "窗口"), post.applicant(1), post.applicant(2)
    case = post.filed()
    post.ask(case)
    assert "需要补正" in post.told(owner) and post.told(rival) == []
    line = next(one for one in post.inbox.page(owner).lines if one.message.title == "需要补正")
    assert post.world.load(case.id).supplement.due[:10] in line.message.text  # type: ignore[union-attr]
    with pytest.raises(ZhunyuError, match="A003"):
        post.inbox.open(rival, line.message.id)
    assert post.inbox.put(rival, (line.message.id,), "read") == 0
    assert "新任务" in post.told(clerk)


def test_a_confidential_case_says_nothing(post: Post) -> None:
    post.world.publish(located(confidential=True))
    clerk = post.staff("wang", "窗口")
    post.filed()
    (line,) = post.inbox.page(clerk).lines
    message = line.message
    assert {message.title, message.text, message.outward} == {CONFIDENTIAL}


def test_a_commit_that_fails_leaves_no_message(post: Post) -> None:
    clerk = post.staff("wang", "窗口")
    case = post.filed()
    count = len(post.told(clerk))
    post.world.committing.carry_out(case, Accept(), CLERK)
    with pytest.raises(ZhunyuError, match="C002"):
        post.world.committing.carry_out(case, Accept(), CLERK)
    assert len(post.told(clerk)) == count


def test_outward_each_person_hears_once_by_the_channel_they_have_and_switched_off_ones_do_not(post: Post) -> None:
    wang, li = post.staff("wang", "窗口"), post.staff("li", "窗口", "核查")
    post.inbox.prefer(li, Preferences(off={"task_new": (OFFICE,)}))
    post.filed()
    (sent,) = post.run()
    assert sent[0] == OFFICE and "上海示例" not in sent[1]
    (body,) = [body for _, body in post.gateway.taken.values()]
    assert body["to"] == "wang"
    assert post.run() == [sent]
    assert wang.account.id != li.account.id


def test_quiet_hours_hold_until_morning_and_statutory_ones_are_never_switched_off(post: Post) -> None:
    owner = post.applicant()
    post.inbox.prefer(owner, Preferences(off={"supplement_asked": (SMS,)}, contacts={SMS: "13800000001"}, digest=9))
    case = post.filed()
    post.world.later(hours=23 - post.world.clock.now().hour)
    post.ask(case)
    assert post.run() == []
    post.world.later(hours=10)
    ((channel, text),) = post.run()
    assert channel == SMS and "需要补正" in text


def test_a_digest_gathers_what_is_not_urgent_into_one_at_its_hour(post: Post) -> None:
    wang = post.staff("wang", "窗口")
    post.inbox.prefer(wang, Preferences(digest=8))
    for number in (1, 2, 3):
        post.filed(number)
    assert post.run() == []
    post.world.later(days=1)
    assert post.run() == [(OFFICE, "您有 3 条消息：新任务 3 条。请登录查看。")]
    post.world.later(days=1)
    assert len(post.run()) == 1


def test_what_cannot_be_sent_is_tried_again_and_then_told_to_the_operator(post: Post) -> None:
    operator, owner = post.staff("xi", "系统"), post.staff("wang", "窗口")
    post.gateway.says = "对方返回状态 503"
    post.filed()
    for _ in range(12):
        post.run()
        post.world.later(hours=2)
    assert post.told(operator) == ["消息没有送达"]
    ((delivery, title),) = post.inbox.log(operator, "failed").lines
    assert (delivery.account, delivery.why, title) == (owner.account.id, "对方返回状态 503", "新任务")
    with pytest.raises(ZhunyuError, match="A002"):
        post.inbox.log(owner)


def test_a_push_that_is_given_up_is_told_once_an_hour(post: Post) -> None:
    operator = post.staff("xi", "系统")
    for number in range(3):
        post.sending.push_failed(Job(f"J{number}", "push", "", 1, "ywtb", "决定", {}, f"k{number}"), "对方拒收")
    (line,) = post.inbox.page(operator).lines
    assert "ywtb" in line.message.text and "对方拒收" in line.message.text and line.message.link == "outbox"


@pytest.mark.parametrize(
    "wanted", [Preferences(digest=24), Preferences(quiet_from=-1), Preferences(contacts={SMS: "12345"})]
)
def test_preferences_that_cannot_be_are_refused(post: Post, wanted: Preferences) -> None:
    with pytest.raises(ZhunyuError, match="A004"):
        post.inbox.prefer(post.staff("wang", "窗口"), wanted)


class Ending:
    """A certificate in force, and the day its renewal window opens."""

    def __init__(self, post: Post) -> None:
        self.post, world = post, post.world
        self.owner = post.applicant()
        self.case: Case = world.issued(self.owner)
        with world.store.read() as tx:
            one = tx.certificates.load(self.case.certificates[0])
        assert one is not None
        self.certificate = one
        kind = CertificateType(one.type, one.title, one.face and tuple(one.face), renewal_from=90, renewal_to=30)
        with world.store.write() as tx:
            tx.versions.keep_reference("certificates", msgspec.json.encode({one.type: kind}), world.at)

    def round(self) -> int:
        world = self.post.world
        return Expiring(store=world.store, clock=world.clock, ids=world.ids, shelf=world.shelf).sweep()

    def days_before(self, days: int) -> None:
        last, now = date.fromisoformat(self.certificate.valid_to), self.post.world.clock.now().date()
        self.post.world.later(days=(last - now).days - days)


@pytest.fixture
def ending(post: Post) -> Ending:
    return Ending(post)


def test_a_licence_is_spoken_of_when_its_window_opens_closes_and_it_ends_each_once(ending: Ending) -> None:
    post = ending.post
    clerk, seen = post.staff("wang", "窗口"), ("证照可以延续", "延续申请即将截止", "证照即将到期")
    assert ending.round() == 0
    found: list[list[str]] = []
    for days in (90, 45, 7):
        ending.days_before(days)
        ending.round()
        ending.round()
        found.append([title for title in post.told(ending.owner) if title in seen])
    assert [sorted(some) for some in found] == [sorted(seen[:1]), sorted(seen[:2]), sorted(seen)]
    assert post.told(clerk).count("本区证照到期") == 1


def test_two_hosts_that_look_at_once_tell_once_and_a_missed_day_is_caught_up_with(ending: Ending) -> None:
    ending.days_before(91)
    ending.round()
    ending.post.world.later(days=5)  # nobody looked on the day itself
    together(2, lambda _: ending.round())
    assert ending.post.told(ending.owner).count("证照可以延续") == 1


@pytest.mark.plans
def test_the_looking_uses_the_index_by_day(ending: Ending) -> None:
    query = (
        "SELECT valid_to, id FROM certificates WHERE type = 'x' AND status = '有效' "
        "AND valid_to > '2026-01-01' AND valid_to <= '2026-02-01' ORDER BY valid_to, id LIMIT 100"
    )
    database = ending.post.world.database
    with database.read() as connection:
        if database.dialect == "sqlite":
            explain = "EXPLAIN QUERY PLAN "
        else:
            explain = "EXPLAIN "
            connection.execute(sa.text("SET LOCAL enable_seqscan = off"))  # a small table
        plan = " ".join(str(row) for row in connection.execute(sa.text(explain + query)))
    assert "ix_certificates_type_status_valid_to" in plan and "SCAN certificates" not in plan


class Reminded(msgspec.Struct, frozen=True):
    """What others may write into the history: an event of a task, known by its name."""

    task: str


class TaskHanded(msgspec.Struct, frozen=True):
    task: str
    to: str
    way: str


def test_events_of_others_reach_who_holds_the_task_and_not_who_acted(post: Post) -> None:
    wang, li = post.staff("wang", "窗口"), post.staff("li", "窗口")
    case = post.filed()
    events = ((90, Reminded("accept-1")), (91, TaskHanded("accept-1", li.account.id, "转办")))
    with post.world.store.write() as tx:
        tx.cases.claim_task(case.id, "accept-1", wang.account.id)
        for actor in (CLERK, msgspec.structs.replace(CLERK, id=wang.account.id)):
            told_of_events(tx, case, events, actor, post.world.at, post.world.ids)  # type: ignore[arg-type]
    assert (post.told(wang).count("催办"), post.told(li).count("催办")) == (1, 0)
    (line,) = post.inbox.page(li, rule="task_assigned").lines
    assert "示例许可（新办）" in line.message.text and "“受理”" in line.message.text and "王窗口" in line.message.text
    assert "王窗口" not in line.message.outward
