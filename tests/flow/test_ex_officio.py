"""Officers start cases: from the certificate found to its end in the register, in one transaction per act."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.errors import ZhunyuError
from engine.model.case import Case, Status
from engine.model.certificate import CertificateStatus
from engine.model.commands import FinishStep, Grant, RecordStatement, Refuse
from engine.model.events import CertificateChanged
from engine.ports.accounts import Account
from engine.services.accounts import Accounts, Session
from engine.services.desk import Desk
from engine.services.desk_acting import DeskActing
from engine.services.drafts import Drafts
from engine.services.ex_officio import ExOfficio
from tests.flow.world import PHONE, Checker, World, hashed, located, session, together
from tests.unit.pipeline import sample
from tests.unit.pipeline.test_ex_officio import matter

TEXT = "上海示例1号酒店"


def officer(name: str, *roles: str, district: str = "黄浦区") -> Session:
    account = Account(id=f"S-{name}", login=name, kind="staff", name=name, roles=roles, district=district)
    return Session(token="", account=account, subject=None, authority="", expires_at="")


OPENER, APPROVER = officer("何审查", "审查"), officer("陈审批", "审批")


class Nobody:
    """Passwords that nobody asks for."""

    def hash(self, password: str) -> str:
        raise AssertionError

    def verify(self, stored: str, password: str) -> bool:
        raise AssertionError


class Office:
    """The desk and the ex-officio service over a world with one certificate in force."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.publish(located(), hashed(matter(authorities=(sample.OFFICE,))))
        self.held = world.issued(session(1)).certificates[0]
        accounts = Accounts(store=world.store, clock=world.clock, ids=world.ids, passwords=Nobody())
        drafts = Drafts(
            store=world.store, clock=world.clock, ids=world.ids, files=world.files, shelf=world.shelf,
            facts=world.facts, accounts=accounts, uploads=Checker(),
        )  # fmt: skip
        self.drafts = drafts
        self.service = ExOfficio(
            store=world.store, clock=world.clock, shelf=world.shelf, drafts=drafts, submission=world.cases.submission
        )
        self.desk = Desk(store=world.store, clock=world.clock, files=world.files, shelf=world.shelf)
        self.acting = DeskActing(store=world.store, clock=world.clock, shelf=world.shelf, committing=world.committing)

    def started(self) -> str:
        draft = self.service.start(OPENER, "sample_exofficio", self.held)
        answers = {**sample.ANSWERS, "phone": PHONE}
        self.service.save(OPENER, draft.id, answers, draft.revision, "")
        self.service.upload(OPENER, draft.id, "plan", "证据.pdf", b"evidence")
        return draft.id

    def opened(self) -> Case:
        draft = self.started()
        return self.service.initiate(OPENER, draft, draft)

    def act(self, who: Session, case: Case, command: object) -> Case:
        return self.acting.act(who, case.id, command, self.world.load(case.id).version)  # type: ignore[arg-type]

    def heard(self, case: Case) -> Case:
        self.act(OPENER, case, RecordStatement("hear", "放弃", "当事人"))
        return self.act(OPENER, case, FinishStep("hear", "", "已告知。"))

    @property
    def status(self) -> CertificateStatus:
        with self.world.store.read() as tx:
            found = tx.certificates.load(self.held)
        assert found is not None
        return found.status

    @property
    def locked_by(self) -> str:
        with self.world.store.read() as tx:
            found = tx.certificates.load(self.held)
        assert found is not None
        return found.locked_by


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


def refused(act: Callable[..., object], *given: object) -> str:
    with pytest.raises(ZhunyuError) as refusal:
        act(*given)
    return refusal.value.code


def test_from_the_certificate_found_to_its_end(office: Office) -> None:
    (choice,) = office.service.find(OPENER, "sample_exofficio", TEXT)
    assert choice.usable and choice.certificate.id == office.held
    case = office.opened()
    assert (case.status, office.locked_by) == (Status.OPENED, case.id)
    decided = office.act(APPROVER, office.heard(case), Grant("事实清楚。"))
    assert (decided.status, office.status, office.locked_by) == (Status.DECIDED, CertificateStatus.CANCELLED, "")
    with office.world.store.read() as tx:
        events = tx.cases.events(case.id)
    assert sum(isinstance(one.event, CertificateChanged) for one in events) == 1
    assert tuple(one.draft for one in office.service.begun(OPENER)) == ()


def test_the_same_form_sent_twice_gives_one_case(office: Office) -> None:
    draft = office.started()
    first, second = office.service.initiate(OPENER, draft, draft), office.service.initiate(OPENER, draft, draft)
    assert first.id == second.id


def test_of_two_officers_who_open_a_case_about_one_certificate_one_is_told(office: Office) -> None:
    drafts = [office.started(), office.started()]
    results = together(2, lambda place: office.service.initiate(OPENER, drafts[place], drafts[place]))
    codes = sorted(one.code if isinstance(one, ZhunyuError) else "" for one in results)
    assert codes == ["", "C003"]


def test_while_the_case_is_open_the_holder_cannot_have_the_certificate_changed(office: Office) -> None:
    office.opened()
    (choice,) = office.service.find(OPENER, "sample_exofficio", TEXT)
    assert not choice.usable
    assert refused(office.service.start, OPENER, "sample_exofficio", office.held) == "C003"


def test_the_desk_offers_the_statement_first_and_the_end_of_the_step_only_after_the_period(office: Office) -> None:
    case = office.opened()
    actions = {one.name: one for one in office.desk.case(OPENER, case.id).actions}
    assert actions["record_statement"].allowed and "还没有届满" in actions["finish_step"].why_not
    assert refused(office.act, OPENER, case, FinishStep("hear", "", "已告知。")) == "A002"
    office.world.later(days=15)
    assert {one.name: one.allowed for one in office.desk.case(OPENER, case.id).actions}["finish_step"]


def test_the_holder_sees_the_case_but_cannot_withdraw_it(office: Office) -> None:
    case = office.opened()
    view = office.world.cases.view(session(1), case.id)
    assert view.can == ()
    assert refused(office.world.cases.withdraw, session(1), case.id) == "C001"
    assert refused(office.world.cases.view, session(2), case.id) == "A003"


def test_no_applicant_begins_the_matter_and_the_shelf_does_not_offer_it(office: Office) -> None:
    assert refused(office.drafts.start, session(1), "sample_exofficio", office.held) == "A010"
    assert "sample_exofficio" not in {card.id for card in office.world.shelf.offered()}
    assert "sample_exofficio" not in {card.id for card in office.world.shelf.search("示例")}
    assert "sample_exofficio" in {card.id for card in office.service.matters(OPENER)}


def test_another_district_and_other_roles_are_kept_out(office: Office) -> None:
    elsewhere = officer("浦审查", "审查", district="浦东新区")
    assert office.service.find(elsewhere, "sample_exofficio", TEXT) == ()
    assert refused(office.service.start, elsewhere, "sample_exofficio", office.held) == "A002"
    assert refused(office.service.start, officer("市督示", "监督"), "sample_exofficio", office.held) == "A002"
    draft = office.started()
    assert refused(office.service.load, APPROVER, draft) == "A003"


def test_a_case_that_comes_to_nothing_leaves_the_certificate_in_force(office: Office) -> None:
    case = office.heard(office.opened())
    ended = office.act(APPROVER, case, Refuse("已恢复营业。", ("《行政许可法》第七十条",)))
    assert (ended.status, office.status, office.locked_by) == (Status.TERMINATED, CertificateStatus.VALID, "")
