"""Certificates in the register: numbers, locks, versions, what happens when a file cannot be made."""

from __future__ import annotations

import msgspec
import pytest

from engine.errors import ZhunyuError
from engine.model.case import Case, Status
from engine.model.certificate import Certificate, CertificateStatus
from engine.model.commands import MakeAgain, RecordSealed, RecordSealFailed
from engine.model.matter import CertificateDef, Matter, Numbering, Row, Validity
from engine.model.people import Actor
from engine.model.rule import ALWAYS
from engine.ports.certificates import CertificateQuery, CertificateVersion
from engine.services.desk import Desk
from engine.services.desk_acting import COMMANDS, DeskActing
from engine.services.desk_actions import ACTIONS
from tests.flow.test_guard import staff
from tests.flow.world import World, hashed, located, session, together
from tests.unit.pipeline import sample

THREADS, EACH = 8, 10


def cancelling() -> Matter:
    return hashed(sample.cancelling(authorities=(sample.OFFICE,)))


def renaming() -> Matter:
    """A matter that gives the certificate acted on its next version under the number it has."""
    made = sample.cancelling(authorities=(sample.OFFICE,))
    base = sample.matter().certificates[0]
    certificate = CertificateDef(
        "sample", "示例许可证", "变更", valid=Validity(kept=True), number=Numbering(kept=True), face=base.face,
        lines=base.lines, item=base.item,
    )  # fmt: skip
    return changed(made, id="sample_change", certificates=(certificate,), unique=("applicant.code", "site"))


def adding() -> Matter:
    """A matter that makes another certificate beside the one acted on."""
    certificate = msgspec.structs.replace(sample.matter().certificates[0], type="other", title="示例备案凭证")
    return changed(renaming(), id="sample_beside", certificates=(certificate,), unique=())


def changed(matter: Matter, **parts: object) -> Matter:
    return hashed(msgspec.structs.replace(matter, **parts))


def certificate_of(world: World, case: Case) -> Certificate:
    with world.store.read() as tx:
        (found,) = tx.certificates.of_case(case.id)
    return found


def numbers(world: World) -> list[str]:
    with world.store.read() as tx:
        return sorted(found.number for found in tx.certificates.find(CertificateQuery(type="sample", limit=1000)))


def sequence(count: int) -> list[str]:
    return [f"沪示〔2026〕黄字第{place:05d}号" for place in range(1, count + 1)]


def test_the_first_certificate_of_a_year_bears_number_one(world: World) -> None:
    assert certificate_of(world, world.filed(session())).number == sequence(1)[0]


def test_the_number_is_printed_on_the_face(world: World) -> None:
    assert certificate_of(world, world.filed(session())).face["编号"] == sequence(1)[0]


def test_eighty_grants_in_eight_threads_are_numbered_without_gaps_or_doubles(world: World) -> None:
    def grant(place: int) -> None:
        for turn in range(EACH):
            world.filed(session(place * EACH + turn))

    assert together(THREADS, grant) == [None] * THREADS
    assert numbers(world) == sequence(THREADS * EACH)


def test_a_commit_that_fails_uses_no_number(world: World) -> None:
    world.filed(session(1))
    with pytest.raises(ZhunyuError, match="A009"):
        world.filed(session(1))
    world.filed(session(2))
    assert numbers(world) == sequence(2)


def test_a_sealed_certificate_is_valid(world: World) -> None:
    assert certificate_of(world, world.issued(session())).status is CertificateStatus.VALID


def test_a_case_is_done_when_its_certificate_is_sealed(world: World) -> None:
    assert world.issued(session()).status is Status.ISSUED


def test_the_number_of_a_file_that_cannot_be_made_is_voided_with_a_record(world: World) -> None:
    case = world.filed(session())
    world.committing.report(case.id, RecordSealFailed(case.certificates[0], "渲染失败"))
    with world.store.read() as tx:
        assert [(one.number, one.reason) for one in tx.certificates.voided()] == [(sequence(1)[0], "渲染失败")]


def test_a_voided_number_is_never_used_again(world: World) -> None:
    case = world.filed(session(1))
    world.committing.report(case.id, RecordSealFailed(case.certificates[0], "渲染失败"))
    assert certificate_of(world, world.filed(session(2))).number == sequence(2)[1]


def test_a_certificate_whose_file_cannot_be_made_is_void(world: World) -> None:
    case = world.filed(session())
    world.committing.report(case.id, RecordSealFailed(case.certificates[0], "渲染失败"))
    assert certificate_of(world, case).status is CertificateStatus.VOIDED


ISSUER = Actor("staff", "st-9", "周制证", roles=("制发证",), district="黄浦区")


def made_again(world: World, case: Case) -> Case:
    world.committing.report(case.id, RecordSealFailed(case.certificates[0], "渲染失败"))
    again = world.committing.carry_out(world.load(case.id), MakeAgain("已排除故障"), ISSUER)
    world.seal(again)
    return world.load(case.id)


def test_a_certificate_made_again_is_valid_under_the_next_number(world: World) -> None:
    case = made_again(world, world.filed(session()))
    (shown,) = world.cases.view(session(), case.id).certificates
    assert (shown.number, shown.status, case.status) == (sequence(2)[1], CertificateStatus.VALID, Status.ISSUED)


def test_an_officer_who_issues_certificates_has_one_made_again_from_the_desk(world: World) -> None:
    case, officer = world.filed(session()), staff("制发证", "周制证")
    world.committing.report(case.id, RecordSealFailed(case.certificates[0], "渲染失败"))
    desk = Desk(store=world.store, clock=world.clock, files=world.files, shelf=world.shelf)
    acting = DeskActing(store=world.store, clock=world.clock, shelf=world.shelf, committing=world.committing)
    (offered,) = desk.case(officer, case.id).actions
    again = acting.act(officer, case.id, MakeAgain("已排除故障"), world.load(case.id).version)
    world.seal(again)
    assert (offered.name, world.load(case.id).status) == ("make_again", Status.ISSUED)


def test_every_action_the_desk_offers_can_be_carried_out_there() -> None:
    assert set(COMMANDS.values()) == set(ACTIONS)


def test_a_change_made_again_keeps_the_number_and_brings_the_new_version_into_force(world: World) -> None:
    world.publish(renaming())
    issued = world.issued(session())
    made_again(world, world.filed(session(), "sample_change", issued.certificates[0]))
    changed_one = certificate_of(world, issued)
    assert (changed_one.number, changed_one.version) == (sequence(1)[0], 3)


def test_a_number_taken_by_an_imported_certificate_is_passed_over(world: World) -> None:
    imported = sample.original(id="IMPORTED", number=sequence(1)[0], version=1)
    with world.store.write() as tx:
        tx.certificates.order(CertificateVersion(imported, 1, "导入", "", world.at, "sealed"), (), 0)
    assert certificate_of(world, world.filed(session())).number == sequence(2)[1]


def test_a_certificate_is_found_by_what_the_register_keeps_however_it_is_spelt(world: World) -> None:
    case = world.issued(session())
    query = CertificateQuery(items={"site": "中山东一路 １号"})
    with world.store.read() as tx:
        assert [found.id for found in tx.certificates.find(query)] == list(case.certificates)


def test_a_granted_cancellation_ends_the_certificate(world: World) -> None:
    world.publish(cancelling())
    issued = world.issued(session())
    world.filed(session(), "sample_cancel", issued.certificates[0])
    assert certificate_of(world, issued).status is CertificateStatus.CANCELLED


def test_after_a_cancellation_the_same_may_be_applied_for_again(world: World) -> None:
    world.publish(cancelling())
    issued = world.issued(session())
    world.filed(session(), "sample_cancel", issued.certificates[0])
    assert world.filed(session()).status is Status.GRANTED


def test_a_valid_certificate_holds_what_may_exist_only_once(world: World) -> None:
    world.issued(session())
    with pytest.raises(ZhunyuError, match="A009"):
        world.filed(session())


def test_an_expired_certificate_holds_nothing(world: World) -> None:
    world.issued(session())
    world.later(days=366 * 4)
    assert world.filed(session()).status is Status.GRANTED


def by_hand(matter: Matter) -> Matter:
    """The matter with every case going to a person."""
    return changed(matter, decide=(Row("otherwise", ALWAYS, "转人工"),))


def test_a_case_under_way_locks_the_certificate_it_acts_on(world: World) -> None:
    world.publish(by_hand(cancelling()))
    issued = world.issued(session())
    case = world.filed(session(), "sample_cancel", issued.certificates[0])
    assert certificate_of(world, issued).locked_by == case.id


def test_a_second_case_on_a_locked_certificate_is_refused(world: World) -> None:
    world.publish(by_hand(cancelling()))
    issued = world.issued(session())
    world.filed(session(), "sample_cancel", issued.certificates[0])
    with pytest.raises(ZhunyuError, match="C003"):
        world.filed(session(), "sample_cancel", issued.certificates[0])


def test_of_six_cases_on_one_certificate_at_once_one_is_filed(world: World) -> None:
    world.publish(by_hand(cancelling()))
    issued = world.issued(session())
    drafts = [world.draft(session(), "sample_cancel", issued.certificates[0]) for _ in range(6)]
    results = together(6, lambda place: world.cases.submit(session(), drafts[place].id, ""))
    codes = sorted(one.code if isinstance(one, ZhunyuError) else "filed" for one in results)
    assert codes == ["C003"] * 5 + ["filed"]


def test_a_withdrawn_case_unlocks_the_certificate(world: World) -> None:
    world.publish(by_hand(cancelling()))
    issued = world.issued(session())
    case = world.filed(session(), "sample_cancel", issued.certificates[0])
    world.cases.withdraw(session(), case.id)
    assert certificate_of(world, issued).locked_by == ""


def test_a_certificate_of_somebody_else_cannot_be_acted_on(world: World) -> None:
    world.publish(cancelling())
    issued = world.issued(session(1))
    with pytest.raises(ZhunyuError, match="C005"):
        world.filed(session(2), "sample_cancel", issued.certificates[0])


def test_a_change_keeps_the_number_and_counts_the_version(world: World) -> None:
    world.publish(renaming())
    issued = world.issued(session())
    case = world.filed(session(), "sample_change", issued.certificates[0])
    world.seal(case)
    found = certificate_of(world, issued)
    assert (found.number, found.version, found.status) == (sequence(1)[0], 2, CertificateStatus.VALID)


def test_a_new_certificate_beside_the_one_acted_on_has_a_place_and_a_number_of_its_own(world: World) -> None:
    world.publish(adding())
    issued = world.issued(session())
    case = world.filed(session(), "sample_beside", issued.certificates[0])
    world.seal(case)
    beside, before = certificate_of(world, case), certificate_of(world, issued)
    assert (beside.type, beside.version, beside.status) == ("other", 1, CertificateStatus.VALID)
    assert beside.id != before.id and beside.number != before.number


def test_the_certificate_acted_on_stays_as_it_is_and_is_free_again_when_another_is_made(world: World) -> None:
    world.publish(adding())
    issued = world.issued(session())
    before = certificate_of(world, issued)
    world.filed(session(), "sample_beside", issued.certificates[0])
    assert certificate_of(world, issued) == before and before.locked_by == ""


def test_a_new_certificate_that_could_not_be_made_is_made_again_beside_the_one_acted_on(world: World) -> None:
    world.publish(adding())
    issued = world.issued(session())
    before = certificate_of(world, issued)
    made_again(world, world.filed(session(), "sample_beside", issued.certificates[0]))
    assert certificate_of(world, issued) == before


def test_a_certificate_stays_as_it_was_until_its_next_version_is_sealed(world: World) -> None:
    world.publish(renaming())
    issued = world.issued(session())
    world.filed(session(), "sample_change", issued.certificates[0])
    found = certificate_of(world, issued)
    assert (found.version, found.status) == (1, CertificateStatus.VALID)


def test_a_change_whose_file_cannot_be_made_leaves_the_certificate_in_force(world: World) -> None:
    world.publish(renaming())
    issued = world.issued(session())
    case = world.filed(session(), "sample_change", issued.certificates[0])
    world.committing.report(case.id, RecordSealFailed(case.certificates[0], "渲染失败"))
    found = certificate_of(world, issued)
    assert (found.version, found.status, found.locked_by) == (1, CertificateStatus.VALID, "")


def test_a_change_whose_file_cannot_be_made_voids_no_number_in_force(world: World) -> None:
    world.publish(renaming())
    issued = world.issued(session())
    case = world.filed(session(), "sample_change", issued.certificates[0])
    world.committing.report(case.id, RecordSealFailed(case.certificates[0], "渲染失败"))
    with world.store.read() as tx:
        assert tx.certificates.voided() == ()


def test_reporting_a_seal_twice_changes_nothing_more(world: World) -> None:
    case = world.issued(session())
    world.committing.report(case.id, RecordSealed(case.certificates[0], "cd" * 32))
    assert world.load(case.id) == case


def test_a_matter_without_a_cap_is_not_counted(world: World) -> None:
    world.publish(located())
    world.filed(session())
    with world.store.read() as tx:
        assert tx.certificates.count("instant|sample_new|2026-02-10") == 0
