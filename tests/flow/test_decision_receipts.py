"""Receipts of cases in the database: whatever became of a case since, its decision replays."""

from __future__ import annotations

import secrets

import msgspec
import pytest

from engine.adapters.keys import RingReceiptKeys
from engine.errors import ZhunyuError
from engine.matters.encoding import fingerprint
from engine.model.case import Case, SupplementItem
from engine.model.commands import AskSupplement
from engine.model.matter import Matter
from engine.pipeline.receipt import APPLICANT, STAFF, unpacked
from engine.pipeline.replaying import Replay, matter_of, replay
from engine.ports.world import Answer
from engine.services.accounts import Session
from engine.services.receipts import Receipts
from engine.services.views import CaseView
from engine.trust.keys import new_ring
from engine.trust.receipt import read_receipt
from tests.flow.world import World, located, session
from tests.unit.pipeline import sample

RING = new_ring(secrets.token_bytes)


def nobody(session: Session, case_id: str) -> CaseView:
    raise ZhunyuError("A003", "没有。")


def receipts(world: World) -> Receipts:
    return Receipts(
        store=world.store, shelf=world.shelf, keys=RingReceiptKeys(RING), applicant_view=world.cases.view,
        staff_view=nobody, program="test",
    )  # fmt: skip


def printed(matter: Matter) -> Matter:
    """The matter under its real fingerprint, as publication gives it."""
    return msgspec.structs.replace(matter, hash=fingerprint(matter))


def again(world: World, case: Case, form: str = STAFF) -> Replay:
    content = read_receipt(receipts(world).by_number(case.number, form)[1], RING.trusted("decision"))
    return replay(content, matter_of(unpacked(content["matter"]), case.matter_hash))


@pytest.fixture
def published(world: World) -> World:
    world.publish(printed(located()))
    return world


@pytest.mark.parametrize("address", [sample.ANSWERS["site"], "别处"])
def test_a_decision_replays_from_its_receipt_years_later(published: World, address: str) -> None:
    published.registry.says = lambda _: Answer("value", {"status": "存续", "address": address})
    case = published.filed(session())
    published.publish(printed(located(decide=(), title="七年后")))
    published.later(days=2555)
    for form in (STAFF, APPLICANT):
        assert again(published, case, form).identical


def test_a_case_judged_again_after_a_supplement_replays_as_judged_then(published: World) -> None:
    published.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
    items = (SupplementItem("面积有误", fields=("area",)),)
    case = published.committing.carry_out(published.filed(session()), AskSupplement(items), sample.CLERK)
    published.later(days=2)
    published.registry.says = lambda _: Answer("value", {"status": "存续", "address": sample.ANSWERS["site"]})
    case = published.cases.answer_supplement(session(), case.id, {"area": "80"}, {})
    assert case.assessment is not None and case.assessment.suggest == "补正后符合条件"
    assert again(published, case).identical


def test_a_case_on_a_certificate_replays_with_the_certificate_as_it_was(published: World) -> None:
    published.publish(printed(located()), printed(msgspec.structs.replace(
        sample.cancelling(materials=(), groups=()), authorities=(sample.OFFICE,),
        precheck=(sample.matter().precheck[1],), titles={},
    )))  # fmt: skip
    holder = session()
    first = published.issued(holder)
    draft = published.draft(holder, "sample_cancel", first.certificates[0])
    with published.store.write() as tx:
        tx.drafts.replace(msgspec.structs.replace(draft, answers={}, revision=2), 1)
    case = published.cases.submit(holder, draft.id, draft.id)
    assert case.assessment is not None and case.assessment.outcome == "秒批"
    assert again(published, published.load(case.id)).identical


def test_somebody_elses_receipt_is_not_given(published: World) -> None:
    case = published.filed(session())
    assert receipts(published).of(session(), case.id)[0] == f"裁决回执-{case.number}.json"
    with pytest.raises(ZhunyuError, match="A003"):
        receipts(published).of(session(2), case.id)


def test_an_unknown_number_has_no_receipt(published: World) -> None:
    with pytest.raises(ZhunyuError, match="A003"):
        receipts(published).by_number("无", STAFF)
