"""The counter's notes, enquiry codes, decided cases and the case before its supplement, on both databases."""

from __future__ import annotations

import msgspec

from engine.model.counter import AGENT, ORIGINAL, Agent, Counter, PaperMaterial
from engine.model.people import Actor
from engine.services.dossier import Dossiers
from engine.services.enquiries import Enquiries
from engine.services.views import CaseView
from tests.flow.test_supplement import asked, handed_in
from tests.flow.world import World, session

NUMBER = "310101199003074511"
CAME = Agent("林示办", NUMBER, AGENT, "13800000001", "委托书")
NOTE = Counter(CAME, (PaperMaterial("plan", ORIGINAL, 2),), "林示办", "2026")


def test_a_note_is_kept_replaced_sealed_and_goes_with_its_draft(world: World) -> None:
    draft = world.draft(session())
    with world.store.write() as tx:
        tx.counter.keep(draft.id, Counter(NOTE.agent))
        tx.counter.keep(draft.id, NOTE)
    with world.store.read() as tx:
        assert tx.counter.note(draft.id) == NOTE and tx.counter.note("0" * 26) is None
    with world.database.read() as connection:
        stored = connection.exec_driver_sql("SELECT sealed FROM counter_notes").scalar_one()
    assert NUMBER not in stored and "林示办" not in stored
    with world.store.write() as tx:
        tx.drafts.delete(draft.id)
    with world.store.read() as tx:
        assert tx.counter.note(draft.id) is None


def test_a_case_of_the_counter_keeps_who_came_sealed(world: World) -> None:
    draft = world.draft(session())
    case = world.cases.submission.submit(session(), draft.id, "k", origin="窗口", counter=NOTE)
    with world.store.read() as tx:
        loaded, outline = tx.cases.load(case.id), tx.cases.outline(case.id)
    assert loaded is not None and outline is not None
    assert (loaded.origin, loaded.counter, outline.counter) == ("窗口", NOTE, None)


def test_an_enquiry_code_is_always_the_same_and_another_for_another_number(world: World) -> None:
    codes = Enquiries(store=world.store)
    assert codes.code("A") == codes.code("A") != codes.code("B")
    assert len(codes.code("A")) == 8 and codes.code("A").isalnum()


def test_decided_cases_are_found_only_of_the_matter_and_the_district(world: World) -> None:
    first, open_one = world.filed(session()), world.filed(session(2), site="别处路9号")
    assert first.decision is not None and open_one.decision is None
    decided = [first]
    with world.store.read() as tx:
        found = tx.similar.decided(decided[0].matter, "", 10)
        assert found == tuple(sorted((one.id for one in decided), reverse=True))
        assert tx.similar.decided(decided[0].matter, decided[0].district, 1) == found[:1]
        assert tx.similar.decided(decided[0].matter, "别区", 10) == ()
        assert tx.similar.decided("other", "", 10) == ()


def test_the_case_before_its_supplement_is_folded_from_what_was_kept(world: World) -> None:
    case = asked(world)
    answered = world.cases.answer_supplement(session(), case.id, {"area": "80"}, {"plan": (handed_in(world, case),)})
    dossiers = Dossiers(store=world.store, clock=world.clock, acts=lambda id: ())
    matter = world.shelf.version(answered.matter_hash)
    view = CaseView(answered, matter, (), (), False, None, "", ())
    before = dossiers.before(view)
    assert before is not None
    assert (before.answers["area"], before.uploads) == (case.answers["area"], case.uploads)
    assert dossiers.before(msgspec.structs.replace(view, case=case)) is None


def test_a_clerk_files_in_the_clerks_name(world: World) -> None:
    clerk = session()
    staff = msgspec.structs.replace(clerk, account=msgspec.structs.replace(clerk.account, kind="staff", name="黄窗示"))
    draft = world.draft(staff)
    case = world.cases.submission.submit(staff, draft.id, "k", origin="窗口", counter=NOTE)
    with world.store.read() as tx:
        first = tx.cases.events(case.id)[0]
    assert isinstance(first.actor, Actor) and (first.actor.kind, first.actor.name) == ("staff", "黄窗示")
