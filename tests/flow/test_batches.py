"""集体注销: many certificates under one parent, each judged by itself, decided together, crash-safe."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from engine.errors import ZhunyuError
from engine.model.batch import Batch
from engine.model.case import Case, Status
from engine.model.certificate import CertificateStatus
from engine.model.commands import FinishStep, Grant, Refuse
from engine.model.form import MaterialNeed
from engine.model.matter import Check
from engine.model.route import Publicity
from engine.model.route import Step as RouteStep
from engine.ports.world import Answer
from engine.services import batches as module
from engine.services.batches import Batches
from engine.services.publicity import Publicity as Pages
from tests.flow.test_ex_officio import APPROVER, OPENER, Office, officer
from tests.flow.test_guard import SQLITE
from tests.flow.world import PHONE, World, hashed, session, together
from tests.unit.pipeline import sample
from tests.unit.pipeline.test_ex_officio import matter

REVIEWER = officer("孙审查", "审查")
ALIVE = Check("alive", sample.ALIVE, "登记状态不是存续。", "转人工")
GROUNDS = ("《行政许可法》第七十条",)


class Collective(Office):
    """The ex-officio office with a matter for batches and some certificates in force."""

    def __init__(self, world: World, count: int = 4) -> None:
        super().__init__(world)
        shows = Publicity(5, shows=("original.number", "original.holder_name"))
        fields = (RouteStep("review", "复核", "审查"),
                  RouteStep("show", "公示", "审查", publicity=shows, results={"无异议": "approve", "有异议": "review"}),
                  RouteStep("approve", "审批", "审批"))  # fmt: skip
        made = matter(
            id="sample_batch", batch=Batch("证照", "sample", ("district", "valid_to", "site")), route=fields,
            authorities=(sample.OFFICE,), authority_by="", precheck=(ALIVE,),
            facts=sample.matter().facts, materials=(MaterialNeed("plan", "证据材料", "必要"),),
        )  # fmt: skip
        world.publish(hashed(made))
        self.certificates = [world.issued(session(number)).certificates[0] for number in range(2, 2 + count)]
        self.batches = Batches(
            store=world.store, clock=world.clock, ids=world.ids, shelf=world.shelf, facts=world.facts,
            waker=world.waker, committing=world.committing, ex_officio=self.service,
        )  # fmt: skip

    def begun(self, left: dict[str, str] | None = None) -> Case:
        left = left or {}
        taken = tuple(one for one in self.certificates if one not in left)
        draft = self.batches.start(OPENER, "sample_batch", taken, left)
        answers = {**sample.ANSWERS, "phone": PHONE}
        self.service.save(OPENER, draft.id, answers, draft.revision, "")
        self.service.upload(OPENER, draft.id, "plan", "证据.pdf", b"evidence")
        return self.batches.open(OPENER, draft.id)

    def states(self, parent: Case) -> dict[str, int]:
        return self.batches.items(parent.id)[1]

    def register(self) -> list[CertificateStatus]:
        with self.world.store.read() as tx:
            found = [tx.certificates.load(one) for one in self.certificates]
        return [one.status for one in found if one is not None]

    def shown(self, parent: Case) -> None:
        self.act(REVIEWER, parent, FinishStep("review", "", "逐户复核完毕。"))
        self.world.later(days=20)
        self.act(REVIEWER, parent, FinishStep("show", "无异议", "公示期满。"))


@pytest.fixture
def office(world: World) -> Collective:
    return Collective(world)


def refused(act: Callable[..., object], *given: object) -> str:
    with pytest.raises(ZhunyuError) as refusal:
        act(*given)
    return refusal.value.code


def test_certificates_are_found_by_what_the_matter_says_within_the_district(office: Collective) -> None:
    find = office.batches.find
    assert {one.certificate.id for one in find(OPENER, "sample_batch", {})} == {office.held, *office.certificates}
    assert find(OPENER, "sample_batch", {"valid_to": "2026-01-01"}) == ()
    assert find(officer("浦审查", "审查", district="浦东新区"), "sample_batch", {}) == ()
    assert len(find(OPENER, "sample_batch", {"site": "中山东一路1号"})) == 5
    assert find(OPENER, "sample_batch", {"site": "没有这样的地址"}) == ()


def test_from_the_list_to_the_end_of_each_certificate(office: Collective) -> None:
    parent = office.begun()
    assert office.states(parent) == {"waiting": 4}
    assert office.batches.work(parent.id)
    parent = office.world.load(parent.id)
    assert (office.states(parent), len(parent.items)) == ({"following": 4}, 4)
    assert {office.world.load(child).parent for child in parent.items} == {parent.id}
    office.shown(parent)
    decided = office.act(APPROVER, parent, Grant("事实清楚。"))
    assert decided.status is Status.DECIDED and set(office.register()) == {CertificateStatus.VALID}
    assert office.batches.work(parent.id)
    assert set(office.register()) == {CertificateStatus.CANCELLED}
    assert office.states(parent) == {"done": 4}
    children = [office.world.load(child) for child in decided.items]
    assert {child.decision.outcome for child in children if child.decision} == {"注销"}
    assert {child.decision.by.id for child in children if child.decision} == {"S-陈审批"}


def test_the_list_is_shown_to_everybody_in_one_page(office: Collective) -> None:
    parent = office.begun()
    office.batches.work(parent.id)
    office.act(REVIEWER, parent, FinishStep("review", "", "逐户复核完毕。"))
    pages = Pages(store=office.world.store, clock=office.world.clock, committing=office.world.committing)
    (notice,) = pages.notices().lines
    assert len(notice.rows) == 4 and len(office.desk.view(APPROVER, parent.id).annex) == 4
    assert pages.notices("上海示例3号酒店").lines == (notice,)


def test_a_household_with_doubts_falls_out_and_goes_its_own_way(office: Collective) -> None:
    office.world.registry.says = lambda asked: (
        Answer("value", {"status": "注销" if asked["code"].endswith("00003") else "存续", "address": "x"})
    )
    office.world.later(days=2)  # what the registry said before is too old by now
    parent = office.begun()
    office.batches.work(parent.id)
    assert office.states(parent) == {"following": 3, "apart": 1}
    (apart,) = [one for one in office.batches.items(parent.id)[0] if one.state == "apart"]
    child = office.world.load(apart.case)
    assert (child.steps[0].step, apart.reason) == ("review", "登记状态不是存续。")
    office.shown(office.world.load(parent.id))
    office.act(APPROVER, parent, Grant("事实清楚。"))
    office.batches.work(parent.id)
    assert sorted(one.value for one in office.register()) == ["有效", "注销", "注销", "注销"]


def test_what_was_left_out_keeps_its_reason_and_what_is_locked_is_not_opened(office: Collective) -> None:
    left, locked, *_ = office.certificates
    parent = office.begun({left: "正在行政复议。"})
    with office.world.store.write() as tx:
        tx.certificates.lock(locked, 1, "OTHER")
    office.batches.work(parent.id)
    items = {one.certificate: one for one in office.batches.items(parent.id)[0]}
    assert (items[left].state, items[left].reason) == ("excluded", "正在行政复议。")
    assert items[locked].state == "not_opened" and "正在办理另一件" in items[locked].reason
    assert office.states(parent) == {"excluded": 1, "not_opened": 1, "following": 2}


def test_a_list_needs_reasons_and_one_district(office: Collective) -> None:
    first, *rest = office.certificates
    start = office.batches.start
    assert refused(start, OPENER, "sample_batch", (), {}) == "A004"
    assert refused(start, OPENER, "sample_batch", tuple(rest), {first: " "}) == "A004"
    assert refused(start, OPENER, "sample_batch", (first, "nothing"), {}) == "A004"
    assert refused(start, officer("浦审查", "审查", district="浦东新区"), "sample_batch", (first,), {}) == "A004"
    assert refused(start, OPENER, "sample_exofficio", (first,), {}) == "A003"


def test_a_household_is_taken_out_before_the_decision_with_a_reason(office: Collective) -> None:
    parent = office.begun()
    office.batches.work(parent.id)
    first = office.certificates[0]
    assert refused(office.batches.take_out, REVIEWER, parent.id, first, " ") == "C004"
    office.batches.take_out(REVIEWER, parent.id, first, "公示期间提出异议。")
    assert office.states(parent) == {"following": 3, "apart": 1}
    assert refused(office.batches.take_out, REVIEWER, parent.id, first, "再来一次") == "C001"
    office.shown(office.world.load(parent.id))
    office.act(APPROVER, parent, Grant("事实清楚。"))
    office.batches.work(parent.id)
    assert office.register()[0] is CertificateStatus.VALID
    assert refused(office.batches.take_out, REVIEWER, parent.id, office.certificates[1], "太晚了") == "C001"


def test_a_batch_that_comes_to_nothing_gives_every_certificate_back(office: Collective) -> None:
    parent = office.begun()
    office.batches.work(parent.id)
    office.shown(office.world.load(parent.id))
    office.act(APPROVER, parent, Refuse("情况有变。", GROUNDS))
    office.batches.work(parent.id)
    assert (office.states(parent), set(office.register())) == ({"dropped": 4}, {CertificateStatus.VALID})
    with office.world.store.read() as tx:
        assert {one.locked_by for id in office.certificates if (one := tx.certificates.load(id))} == {""}


def test_a_batch_goes_on_where_a_process_died(office: Collective, monkeypatch: pytest.MonkeyPatch) -> None:
    parent = office.begun()
    assert not office.batches.work(parent.id, limit=2)
    assert office.states(parent) == {"waiting": 2, "following": 2}
    real = module.commit_step

    def dies(tx: object, step: object, commit: object) -> object:
        real(tx, step, commit)  # type: ignore[arg-type]
        raise RuntimeError("killed before the commit")

    monkeypatch.setattr(module, "commit_step", dies)
    with pytest.raises(RuntimeError):
        office.batches.work(parent.id)
    monkeypatch.undo()
    assert office.states(parent) == {"waiting": 2, "following": 2}
    assert office.batches.work(parent.id) and office.batches.work(parent.id)
    assert office.states(parent) == {"following": 4}


@SQLITE
def test_two_workers_make_each_child_once(office: Collective) -> None:
    parent = office.begun()
    together(2, lambda place: office.batches.work(parent.id))
    office.batches.work(parent.id)
    children = [one.case for one in office.batches.items(parent.id)[0]]
    assert len(set(children)) == 4 and office.states(parent) == {"following": 4}
    assert msgspec.structs.asdict(office.world.load(parent.id))["items"] == tuple(children)
