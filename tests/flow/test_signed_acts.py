"""Every decision is signed by who took it; nothing that was not signed so passes, and what was altered shows."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec
import pytest
import sqlalchemy as sa

from engine.adapters.sql.database import Database
from engine.adapters.sql.tables.signing import signed_acts, signing_certificates
from engine.errors import ZhunyuError
from engine.model.case import Case, Status
from engine.model.commands import Accept, Command, FinishStep
from engine.ports.signing import KeptCertificate
from engine.ports.world import Answer
from engine.services.accounts import actor_of
from engine.services.letters import Letters
from engine.services.signing_applicants import application_digest
from engine.trust import sm2
from engine.trust.acts import SignedAct, Statement, act_fault, read_statement, sign_act
from engine.trust.bundle import faults_of, read_bundle
from engine.trust.pki.certificate import read_certificate
from engine.trust.pki.issuing import Subject as Named
from engine.trust.sm3 import sm3_hex
from tests.flow.signing_world import PIN, SECRET, SignedWorld, agent
from tests.flow.world import hashed, located, session, together
from tests.unit.trust.pki_world import Authority

ONCE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what does not depend on the database


@pytest.fixture
def world(database: Database) -> Iterator[SignedWorld]:
    made = SignedWorld(database)
    yield made
    made.facts.close()


@pytest.fixture
def applying(database: Database) -> Iterator[SignedWorld]:
    made = SignedWorld(database, located(sign=("申请",)))
    yield made
    made.facts.close()


def refusal(work: object) -> tuple[str, int]:
    with pytest.raises(ZhunyuError) as refused:
        work()  # type: ignore[operator]
    return refused.value.code, refused.value.status


@ONCE
def test_the_first_certificate_of_an_agency_is_valid_for_the_act_it_was_made_in(
    world: SignedWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def passing() -> datetime:
        world.clock.move(timedelta(seconds=1))
        return world.clock._now

    monkeypatch.setattr(world.clock, "now", passing)
    case = world.filed(session())
    assert case.status is Status.GRANTED
    assert {state for _, state in world.states(case)} == {"有效"}


def acts(world: SignedWorld, case: Case) -> list[SignedAct]:
    with world.store.read() as tx:
        return [one.act for one in tx.signing.acts(case.id) if one.act is not None]


def test_every_act_of_a_case_is_signed_linked_and_in_the_history(world: SignedWorld) -> None:
    case = world.granted()
    world.seal(case)
    words = ["受理", "环节意见", "环节意见", "准予", "发证"]
    assert world.states(case) == [(word, "有效") for word in words]
    said = [one.statement for one in acts(world, case)]
    assert [one.previous for one in said[1:]] == [one.digest() for one in said[:-1]]
    history = world.history()
    assert history.verify_case(case.id).faults == ()
    bundle = read_bundle(history.bundle(case.id))
    assert len(bundle.acts) == 5 and not list(faults_of(bundle, history._keys.trusted()))


@ONCE
def test_an_instant_approval_bears_the_agencys_signature_and_who_published_its_rules(world: SignedWorld) -> None:
    case = world.filed(session())
    said = acts(world, case)[0].statement
    published = said.content["published"]
    assert (said.act, said.role, said.signer, said.matter) == ("秒批准予", "agency", case.authority, case.matter_hash)
    assert isinstance(published, dict) and published["by"] == "测试"


def test_offices_without_a_code_sign_each_with_a_certificate_of_its_own(world: SignedWorld) -> None:
    office = msgspec.structs.replace(located().authorities[0], code="")
    other = msgspec.structs.replace(office, name="另一区卫生健康委员会")
    signers = []
    for place, one in enumerate((office, other), 1):
        matter = msgspec.structs.replace(located(), authorities=(one,))
        world.publish(hashed(matter))
        world.shelf._looked = 0.0
        case = world.filed(session(place))
        signers.append(acts(world, case)[0].statement.certificate)
        assert {found.state for found in world.review.of_case(case.id)} == {"有效"}
        assert world.history().verify_case(case.id).faults == ()
    assert len(set(signers)) == 2


def test_a_stolen_session_without_the_pin_decides_nothing(world: SignedWorld) -> None:
    case = world.waiting()
    assert refusal(lambda: world.act("窗", "窗口", case, Accept(), pin="")) == ("K008", 403)
    assert world.load(case.id) == case


def test_five_wrong_pins_lock_the_signature_even_for_the_right_one(world: SignedWorld) -> None:
    case = world.waiting()
    tries = [refusal(lambda: world.act("窗", "窗口", case, Accept(), pin="wrong-1")) for _ in range(5)]
    assert tries == [("K008", 403)] * 4 + [("K008", 429)]
    assert refusal(lambda: world.act("窗", "窗口", case, Accept())) == ("K008", 429)
    world.later(minutes=16)
    assert world.act("窗", "窗口", case, Accept()).status is Status.ACCEPTED


@ONCE
def test_an_officer_without_a_certificate_cannot_decide(world: SignedWorld) -> None:
    who, case = world.officer("新", "窗口", certificate=False), world.waiting()
    assert refusal(lambda: world.acting.act(who, case.id, Accept(), case.version, PIN)) == ("K007", 403)


@ONCE
def test_an_expired_certificate_cannot_sign(world: SignedWorld) -> None:
    case, who = world.waiting(), world.officer("窗", "窗口")
    world.clock.move(timedelta(days=731))
    assert refusal(lambda: world.acting.act(who, case.id, Accept(), case.version, PIN)) == ("K007", 403)


@ONCE
def test_a_revoked_certificate_cannot_sign_and_its_earlier_signatures_say_so(world: SignedWorld) -> None:
    case = world.act("窗", "窗口", world.waiting(), Accept())
    world.later(hours=1)
    world.authority.revoke(world.held("STAFF-窗")[0], "affiliation_changed")
    assert world.states(case) == [("受理", "有效（证书其后吊销）")]
    other = world.waiting(2)
    assert refusal(lambda: world.act("窗", "窗口", other, Accept())) in [("K007", 403)]


@ONCE
def test_a_login_certificate_does_not_sign(world: SignedWorld) -> None:
    who, case = world.officer("新", "窗口", certificate=False), world.waiting()
    world.authority.issue("login", who.account.id, Named("黄新"), pin=PIN)
    assert refusal(lambda: world.acting.act(who, case.id, Accept(), case.version, PIN)) == ("K007", 403)


@ONCE
def test_where_signing_is_optional_a_decision_without_pin_stands_unsigned(database: Database) -> None:
    world = SignedWorld(database, policy="optional")
    case = world.act("窗", "窗口", world.waiting(), Accept(), pin="")
    assert (case.status, world.states(case)) == (Status.ACCEPTED, [])


@ONCE
def test_a_signature_on_a_case_that_changed_meanwhile_is_void(world: SignedWorld) -> None:
    case, who = world.waiting(), world.officer("窗", "窗口")
    signer = world.signing.officer(who.account, PIN)
    assert signer is not None

    def slow(case: Case, command: Command, now: datetime, previous: str) -> SignedAct:
        made = signer(case, command, now, previous)
        world.act("窗", "窗口", case, Accept())
        return made

    code = refusal(lambda: world.committing.carry_out(case, Accept(), actor_of(who), signer=slow))
    assert code == ("C002", 409) and len(acts(world, case)) == 1


def test_of_six_signatures_at_once_one_is_kept(world: SignedWorld) -> None:
    case = world.waiting()
    world.officer("窗", "窗口")
    together(6, lambda _: world.act("窗", "窗口", case, Accept()))
    assert [one.statement.act for one in acts(world, case)] == ["受理"]


def test_a_signature_cannot_be_used_again_on_the_same_case(world: SignedWorld) -> None:
    case = world.act("窗", "窗口", world.waiting(), Accept())
    act = acts(world, case)[0]

    def again() -> None:
        with world.store.write() as tx:
            tx.signing.add(case.id, 99, act)

    assert refusal(again) == ("K011", 409)


def test_a_signature_of_another_case_is_found_out(world: SignedWorld, database: Database) -> None:
    case, other = world.act("窗", "窗口", world.waiting(), Accept()), world.waiting(2)
    act = acts(world, case)[0]
    change(database, sa.delete(signed_acts))
    with world.store.write() as tx:
        tx.signing.add(other.id, other.version, act)
    assert [one.reason for one in world.review.of_case(other.id)] == ["签名属于另一办件。"]


def change(database: Database, statement: sa.Update | sa.Delete) -> None:
    with database.write() as connection:
        assert connection.execute(statement).rowcount


def reseal(world: SignedWorld, case: Case, statement: Statement) -> str:
    """What an intruder with the keys of the store would write in place of the first act."""
    with world.store.read() as tx:
        return tx._sealer.of(case.id).seal("signed_acts.sealed", f"{case.id}/1", statement.content_bytes())


def test_a_swapped_opinion_is_found_even_with_the_keys_of_the_store(world: SignedWorld, database: Database) -> None:
    case = world.act("窗", "窗口", world.waiting(), Accept("材料齐全。"))
    said = acts(world, case)[0].statement
    swapped = msgspec.structs.replace(said, content={**said.content, "opinion": "不齐。"})
    change(database, sa.update(signed_acts).values(sealed=reseal(world, case, swapped), digest=swapped.digest()))
    assert [(one.state, one.reason) for one in world.review.of_case(case.id)] == [("无效", "签名与所签内容不符。")]
    assert {one.kind for one in world.history().verify_case(case.id).faults} == {"内容", "签名"}


def test_a_deleted_signature_is_missed_by_the_history(world: SignedWorld, database: Database) -> None:
    case = world.act("窗", "窗口", world.waiting(), Accept())
    change(database, sa.delete(signed_acts))
    assert [one.kind for one in world.history().verify_case(case.id).faults] == ["内容"]


def test_a_forged_certificate_is_not_believed(world: SignedWorld, database: Database) -> None:
    case = world.act("窗", "窗口", world.waiting(), Accept("材料齐全。"))
    said = acts(world, case)[0].statement
    term = world.service.term
    forged, key = Authority("准予开发证书机构", term).issue_with_key("officer", "黄窗", term)
    false = msgspec.structs.replace(said, certificate=forged.id, content={**said.content, "opinion": "不齐。"})
    made = sign_act(false, lambda message: sm2.sign(key, message))
    with world.store.write() as tx:
        tx.signing.keep(KeptCertificate(forged.id, "officer", "STAFF-窗", forged.der, said.at))
    values = {"sealed": reseal(world, case, false), "digest": made.digest, "certificate": forged.id,
              "signature": made.signature}  # fmt: skip
    change(database, sa.update(signed_acts).values(**values))
    assert [(one.state, one.reason) for one in world.review.of_case(case.id)] == [
        ("无效", "证书不是由受信任的机构签发的。")
    ]


@ONCE
def test_the_certificate_of_another_officer_does_not_count(world: SignedWorld, database: Database) -> None:
    case = world.act("窗", "窗口", world.waiting(), Accept())
    change(database, sa.update(signing_certificates).where(signing_certificates.c.kind == "officer").values(holder="X"))
    assert [one.reason for one in world.review.of_case(case.id)] == ["证书不是签名人的。"]


@ONCE
def test_both_implementations_verify_what_is_signed(world: SignedWorld) -> None:
    case = world.act("窗", "窗口", world.waiting(), Accept())
    act = acts(world, case)[0]
    with world.store.read() as tx:
        kept = tx.signing.certificate(act.statement.certificate)
    assert kept is not None and act_fault(act, read_certificate(kept.der).public, second=True) == ""
    raw = bytearray(base64.b64decode(act.signature))
    raw[-1] ^= 1
    broken = msgspec.structs.replace(act, signature=base64.b64encode(bytes(raw)).decode())
    assert act_fault(broken, read_certificate(kept.der).public) == "签名与所签内容不符。"


def test_what_is_no_statement_is_refused() -> None:
    for data in (b"", b"{}", b"[1]", b'{"kind": "zhunyu:act:1"}', b"\xff"):
        with pytest.raises(ZhunyuError) as refused:
            read_statement(data)
        assert refused.value.code == "K008"


@ONCE
def test_outside_development_nothing_is_issued(world: SignedWorld) -> None:
    world.authority.development = False
    assert refusal(lambda: world.authority.issue("officer", "A", Named("黄窗"), pin=PIN)) == ("K007", 409)
    assert refusal(lambda: world.filed(session())) == ("K007", 503)


@ONCE
def test_a_certificate_of_a_trusted_authority_is_enrolled_and_signs_through_the_service(world: SignedWorld) -> None:
    who, case = world.officer("外", "窗口", certificate=False), world.waiting()
    made = world.service.root.issue_with_key("officer", "黄外", world.service.term)
    world.service.held[who.account.id] = made
    world.authority.enrol("officer", who.account.id, made[0].der)
    world.acting.act(who, case.id, Accept(), case.version, SECRET)
    assert world.states(case) == [("受理", "有效")]


@ONCE
def test_a_certificate_of_nobody_trusted_is_not_enrolled(world: SignedWorld) -> None:
    stranger = Authority("生人", world.service.term).issue("officer", term=world.service.term)
    assert refusal(lambda: world.authority.enrol("officer", "A", stranger.der)) == ("K007", 422)


@ONCE
def test_what_is_issued_and_revoked_is_in_the_history_of_keys(world: SignedWorld) -> None:
    world.officer("窗", "窗口")
    world.authority.revoke(world.held("STAFF-窗")[0], "key_compromise")
    with world.store.read() as tx:
        told = [one.entry.what for one in tx.history.of_trail("keys")]
    assert told == ["建立证书机构", "签发证书", "吊销证书"]
    assert world.authority.revocation_list()


class Signing:
    """A matter whose applicants sign."""

    def __init__(self, database: Database) -> None:
        self.world = SignedWorld(database, located(sign=("申请", "撤回")))

    def filed(self, who: object, secret: str = SECRET) -> Case:
        draft = self.world.draft(who)  # type: ignore[arg-type]
        return self.world.cases.submit(who, draft.id, draft.id, secret=secret)  # type: ignore[arg-type]


@pytest.fixture
def signing(database: Database) -> Iterator[Signing]:
    made = Signing(database)
    yield made
    made.world.facts.close()


def test_an_application_is_signed_with_the_organisations_own_key(signing: Signing) -> None:
    case = signing.filed(session())
    assert signing.world.states(case) == [("申请", "有效"), ("秒批准予", "有效")]
    assert signing.world.service.asked == [case.subjects[0].code]


@ONCE
def test_without_the_secret_nothing_is_filed_and_the_draft_stays(signing: Signing) -> None:
    assert refusal(lambda: signing.filed(session(), "")) == ("K008", 422)
    assert refusal(lambda: signing.filed(session(), "000000")) == ("K008", 403)
    assert signing.world.cases.mine(session()) == ()


@ONCE
def test_an_agent_signs_only_within_the_dates_of_the_authority(signing: Signing) -> None:
    for since, until in (("", ""), ("2025-01-01", "2025-12-31"), ("2027-01-01", "2027-12-31")):
        assert refusal(lambda dates=(since, until): signing.filed(agent(*dates))) == ("A010", 403)
    case = signing.filed(agent("2026-01-01", "2026-12-31"))
    assert signing.world.states(case)[0] == ("申请", "有效")
    assert signing.world.service.asked == ["310101197203121029"]


@ONCE
def test_a_certificate_of_somebody_else_does_not_sign_an_application(signing: Signing) -> None:
    world, who = signing.world, session()
    assert who.subject is not None
    false = world.service.root.issue_with_key("applicant", "别人", world.service.term, "X")
    world.service.held[who.subject.code] = false
    assert refusal(lambda: signing.filed(who)) == ("K007", 403)


@ONCE
def test_an_application_changed_after_it_was_signed_shows(signing: Signing) -> None:
    case = signing.filed(session())
    altered = msgspec.structs.replace(case, answers={**case.answers, "area": "99"})
    said = acts(signing.world, case)[0].statement
    assert said.content["application"] == application_digest(case)
    with signing.world.store.read() as tx:
        told = [fault.text for fault in signing.world.review.faults(tx, altered)]
    assert len(told) == 1 and "申请内容与申请人所签的不符" in told[0]


@ONCE
def test_a_withdrawal_is_signed_where_the_matter_says_so(database: Database) -> None:
    signing = Signing(database)
    signing.world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
    case = signing.filed(session())
    assert refusal(lambda: signing.world.cases.withdraw(session(), case.id, "不办了")) == ("K008", 422)
    signing.world.cases.withdraw(session(), case.id, "不办了", SECRET)
    assert [one for one, _ in signing.world.states(case)] == ["申请", "撤回"]


class Seals:
    """A seal that changes nothing."""

    def seal(self, pdf: bytes, certificate: object, sealed_at: str) -> tuple[bytes, str]:
        return pdf, sm3_hex(pdf)


def test_letters_of_an_authority_are_numbered_without_a_gap(world: SignedWorld) -> None:
    letters = Letters(store=world.store, clock=world.clock, ids=world.ids, files=world.files, seals=Seals())  # type: ignore[arg-type]
    cases = [world.waiting(number) for number in range(1, 5)]

    def fails(_: str) -> bytes:
        raise OSError("no paper")

    with pytest.raises(OSError, match="no paper"):
        letters.make(cases[0], "accepted", "受理通知书", "黄卫公受", "2026-02-10", "专用章", fails)
    made = together(8, lambda place: letters.make(
        cases[place % 4], "accepted", "受理通知书", "黄卫公受", "2026-02-10", "专用章", lambda number: number.encode()
    ))  # fmt: skip
    assert {one.decode() for one in made if isinstance(one, bytes)} == {f"黄卫公受〔2026〕{n}号" for n in (1, 2, 3, 4)}
    with world.store.read() as tx:
        used = [one.entry.what for one in tx.history.of_trail(f"seal:{cases[0].authority}")]
    assert used == ["用印 受理通知书"] * 4


@ONCE
def test_a_route_signed_by_two_shows_both(world: SignedWorld) -> None:
    case = world.act("窗", "窗口", world.waiting(), Accept())
    for login in ("核甲", "核乙"):
        case = world.act(login, "核查", case, FinishStep("inspect", "符合", "一致。"))
    told = world.review.of_case(case.id)
    assert [one.signer for one in told] == ["黄窗", "黄核甲", "黄核乙"] and told[1].opinion == "一致。"


def test_both_implementations_accept_what_was_signed_of_an_instant_grant(applying: SignedWorld) -> None:
    world, case = applying, applied(applying)
    with world.store.read() as tx:
        assert [one.act.statement.act for one in tx.signing.acts(case.id) if one.act] == ["申请", "秒批准予"]
        assert world.review.disagreement(tx, case.id) == ""


def test_a_signature_exchanged_in_the_database_is_told_before_a_certificate_is_sealed(
    applying: SignedWorld, database: Database
) -> None:  # fmt: skip
    world, case = applying, applied(applying)
    first, second = (signed_acts.c.seq == 1, signed_acts.c.seq == 2)
    other = sa.select(signed_acts.c.signature).where(first).scalar_subquery()
    change(database, sa.update(signed_acts).where(second).values(signature=other))
    with world.store.read() as tx:
        assert world.review.disagreement(tx, case.id) == "“秒批准予”：签名与所签内容不符。"


def test_the_certificate_of_a_refused_application_is_not_kept(applying: SignedWorld) -> None:
    world, draft = applying, applying.draft(session())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.services.submission.commit_step", _fails)
        with pytest.raises(ZeroDivisionError):
            world.cases.submit(session(), draft.id, draft.id, secret=SECRET)
    with world.store.read() as tx:
        assert tx.signing.certificates("applicant") == ()
    world.cases.submit(session(), draft.id, draft.id, secret=SECRET)
    with world.store.read() as tx:
        assert len(tx.signing.certificates("applicant")) == 1


def applied(world: SignedWorld) -> Case:
    """An application that was signed and granted at once."""
    draft = world.draft(session())
    return world.cases.submit(session(), draft.id, draft.id, secret=SECRET)


def _fails(*given: object) -> None:
    raise ZeroDivisionError
