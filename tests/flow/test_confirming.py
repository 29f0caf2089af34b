"""A second party's confirmation, from the draft to the case: asked, seen, answered, void, filed."""

from __future__ import annotations

import msgspec
import pytest
import sqlalchemy as sa

from engine.adapters.passwords import Argon2Passwords
from engine.adapters.sql.tables.confirmations import confirmations
from engine.model.case import Status
from engine.model.confirming import Countersign
from engine.model.form import Field
from engine.model.matter import Matter, Row
from engine.model.rule import ALWAYS
from engine.model.types import Type
from engine.model.values import Json
from engine.ports.confirming import Request
from engine.services.accounts import Accounts
from engine.services.confirming import Confirming
from engine.services.drafts import Drafts
from tests.flow.signing_world import SECRET, SignedWorld
from tests.flow.test_guard import SQLITE, refused
from tests.flow.world import Checker, World, located, session
from tests.unit.pipeline import sample

SIGN = Countersign("owner", "产权人同意", "owner_code", ("owner_code", "site"), "同意在此经营。")
AGREED = sample.rule("确认.产权人同意 = 是", {"==": [{"var": "confirm.owner"}, True]}, "confirm.owner")
TEXT = Type("text")
US, THEM = session(1), session(2)


def asking(**changes: Json) -> Matter:
    base = located()
    group = base.groups[0]
    code = Field("owner_code", "产权人代码", "文本", TEXT, required=False)
    return located(
        groups=(msgspec.structs.replace(group, fields=(*group.fields, code)),), countersign=(SIGN,),
        decide=(Row("instant", AGREED, "秒批", "产权人同意。"), Row("otherwise", ALWAYS, "转人工")), **changes,
    )  # fmt: skip


class Parties:
    """Drafts and confirmations over a world."""

    def __init__(self, world: World, **changes: Json) -> None:
        self.world = world
        world.publish(asking(**changes))
        applicants = world.applicants if isinstance(world, SignedWorld) else None
        self.confirming = Confirming(
            store=world.store, clock=world.clock, ids=world.ids, shelf=world.shelf, applicants=applicants
        )
        accounts = Accounts(store=world.store, clock=world.clock, ids=world.ids, passwords=Argon2Passwords())
        self.drafts = Drafts(
            store=world.store, clock=world.clock, ids=world.ids, files=world.files, shelf=world.shelf,
            facts=world.facts, accounts=accounts, uploads=Checker(),
        )  # fmt: skip
        assert THEM.subject is not None
        self.draft = world.draft(US, owner_code=THEM.subject.code)

    def ask(self) -> Request:
        return self.confirming.ask(US, self.drafts.preview(US, self.draft.id), "owner")

    def state(self) -> tuple[str, bool]:
        preview = self.drafts.preview(US, self.draft.id)
        return preview.confirmations[0].state, preview.ready

    def change(self, **answers: Json) -> None:
        self.drafts.save(US, self.draft.id, {**self.drafts.load(US, self.draft.id).answers, **answers})


@pytest.fixture
def parties(world: World) -> Parties:
    return Parties(world)


def test_the_party_sees_exactly_what_it_is_asked_confirms_and_the_application_is_granted(parties: Parties) -> None:
    before = parties.state()
    request = parties.ask()
    seen = parties.confirming.view(THEM, request.id)
    parties.confirming.answer(THEM, request.id, True)
    case = parties.world.cases.submit(US, parties.draft.id, "")
    assert (before, parties.confirming.waiting(THEM)) == (("未送请", False), 0)
    assert sorted(seen.request.answers) == ["owner_code", "site"]
    assert (case.status, parties.world.load(case.id).confirmations["owner"].state) == (Status.GRANTED, "已确认")


def test_what_is_confirmed_does_not_lie_in_the_clear(parties: Parties) -> None:
    request = parties.ask()
    with parties.world.database.read() as connection:
        (row,) = connection.execute(sa.select(confirmations)).all()
    assert request.party not in str(row) and sample.ANSWERS["site"] not in str(row)


def test_changed_answers_make_the_confirmation_void(parties: Parties) -> None:
    request = parties.ask()
    parties.confirming.answer(THEM, request.id, True)
    confirmed = parties.state()
    parties.change(site="另一处3号")
    assert (confirmed, parties.state()) == (("已确认", True), ("已失效", False))
    assert refused(parties.world.cases.submit, US, parties.draft.id, "") == "A004"


def test_a_refusal_needs_a_reason_that_the_applicant_reads(parties: Parties) -> None:
    request = parties.ask()
    assert refused(parties.confirming.answer, THEM, request.id, False, " ") == "C004"
    parties.confirming.answer(THEM, request.id, False, "没有租给您。")
    found = parties.drafts.preview(US, parties.draft.id).confirmations[0]
    assert (found.state, found.reason, found.lacking) == ("未同意", "没有租给您。", True)


@SQLITE
def test_nobody_else_sees_or_answers_a_request(parties: Parties) -> None:
    request = parties.ask()
    for who in (US, session(3)):
        assert refused(parties.confirming.view, who, request.id) == "A003"
        assert refused(parties.confirming.answer, who, request.id, True) == "A003"
    assert parties.confirming.inbox(session(3)) == ()


@SQLITE
def test_a_request_is_answered_once(parties: Parties) -> None:
    request = parties.ask()
    parties.confirming.answer(THEM, request.id, True)
    assert refused(parties.confirming.answer, THEM, request.id, False, "后悔") == "C001"


@SQLITE
def test_a_request_that_was_taken_back_is_gone_for_the_party(parties: Parties) -> None:
    request = parties.ask()
    parties.confirming.withdraw(US, parties.draft.id, "owner")
    assert refused(parties.confirming.view, THEM, request.id) == "A003"
    assert parties.state()[0] == "未送请"


@SQLITE
def test_the_party_is_reminded_once_a_day(parties: Parties) -> None:
    parties.ask()
    assert refused(parties.confirming.remind, US, parties.draft.id, "owner") == "C001"
    parties.world.later(hours=25)
    parties.confirming.remind(US, parties.draft.id, "owner")
    assert parties.confirming.inbox(THEM)[0].reminded_at
    assert refused(parties.confirming.remind, US, parties.draft.id, "owner") == "C001"


@SQLITE
def test_nothing_is_sent_before_what_the_party_is_to_see_is_filled_in(parties: Parties) -> None:
    parties.change(site="")
    assert refused(parties.ask) == "A004"


@SQLITE
def test_the_applicant_is_no_second_party(parties: Parties) -> None:
    assert US.subject is not None
    parties.change(owner_code=US.subject.code)
    assert refused(parties.ask) == "A004"


@SQLITE
def test_a_deleted_draft_takes_its_requests_along(parties: Parties) -> None:
    parties.ask()
    parties.drafts.delete(US, parties.draft.id)
    assert parties.confirming.inbox(THEM) == ()


@SQLITE
def test_a_request_cannot_be_answered_once_the_application_is_filed(world: World) -> None:
    free = msgspec.structs.replace(SIGN, required=sample.rule("从不", False))
    parties = Parties(world)
    world.publish(msgspec.structs.replace(asking(), countersign=(free,), hash="a" * 64))
    parties.draft = world.draft(US, owner_code="91310101000000002")
    parties.change(owner_code=THEM.subject.code if THEM.subject else "")
    request = parties.ask()
    world.cases.submit(US, parties.draft.id, "")
    assert refused(parties.confirming.answer, THEM, request.id, True) == "C001"


@pytest.mark.parametrize("secret", ["", SECRET])
def test_a_confirmation_is_signed_where_the_matter_asks_for_it(database: object, secret: str) -> None:
    parties = Parties(SignedWorld(database), sign=("确认",))  # type: ignore[arg-type]
    request = parties.ask()
    if not secret:
        assert refused(parties.confirming.answer, THEM, request.id, True, "", secret) == "K008"
        return
    answered = parties.confirming.answer(THEM, request.id, True, "", secret)
    assert THEM.subject is not None and THEM.subject.code in answered.signature


