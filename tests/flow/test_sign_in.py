"""Signing in step by step: second factors, what is replayed, passwords somebody else chose, people from outside."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import msgspec
import pytest

from engine.adapters.sql.database import Database
from engine.errors import ZhunyuError
from engine.model.sign_in import ALLOWED, OFF, REQUIRED, TICKET, Came
from engine.ports.identity import Identity
from engine.services.accounts import Session
from engine.services.password_gate import SOON
from engine.services.sign_in import ENROL, FACTOR, RENEW, UnderWay
from engine.trust import sm2
from engine.trust.pki.issuing import Term
from tests.flow.sign_in_world import HERE, PASSWORD, PIN, SignInWorld
from tests.unit.services.accounts_world import SHANGHAI
from tests.unit.trust.pki_world import Authority


@pytest.fixture
def world(database: Database) -> SignInWorld:
    return SignInWorld(database)


def refused(call: object, *arguments: object, code: str = "A011") -> ZhunyuError:
    with pytest.raises(ZhunyuError) as caught:
        call(*arguments)  # type: ignore[operator]
    assert caught.value.code == code
    return caught.value


def test_the_password_alone_opens_no_session_where_a_second_factor_is_required(world: SignInWorld) -> None:
    assert world.begin().step == ENROL
    assert refused(world.accounts.sign_in, "staff", "li", PASSWORD, code="A030").status == 403


def test_an_officers_certificate_answers_the_challenge(world: SignInWorld) -> None:
    world.certify()
    waiting = world.begin()
    session = world.accounts.signing_in.with_pin(waiting.token, PIN)
    assert isinstance(session, Session) and (waiting.step, session.strong) == (FACTOR, True)
    assert session.account.id == world.li.id


def test_a_certificate_for_signing_in_comes_before_that_for_signing(world: SignInWorld) -> None:
    world.certify()
    login = world.certify("login")
    waiting = world.begin()
    challenge = world.accounts.signing_in.challenge(waiting.token)
    signature = world.accounts.factor.sign(world.li, challenge, PIN)
    assert sm2.verify(login.public, challenge.message(), signature)


def test_an_answer_to_one_challenge_is_none_to_another(world: SignInWorld) -> None:
    world.certify()
    steps, first = world.accounts.signing_in, world.begin()
    signature = world.accounts.factor.sign(world.li, steps.challenge(first.token), PIN)
    refused(steps.with_signature, world.begin().token, signature)
    assert isinstance(steps.with_signature(first.token, signature), Session)
    refused(steps.with_signature, first.token, signature, code="A001")


def test_a_revoked_certificate_answers_nothing(world: SignInWorld) -> None:
    certificate = world.certify()
    steps, waiting = world.accounts.signing_in, world.begin()
    signature = world.accounts.factor.sign(world.li, steps.challenge(waiting.token), PIN)
    world.authority.revoke(certificate.id, "key_compromise")
    refused(steps.with_signature, waiting.token, signature, code="K007")
    assert world.begin().step == ENROL


def test_a_wrong_pin_is_counted_and_locks(world: SignInWorld) -> None:
    world.certify()
    steps, waiting = world.accounts.signing_in, world.begin()
    errors = [refused(steps.with_pin, waiting.token, "wrong-1", code="K008") for _ in range(5)]
    assert errors[-1].status == 429
    assert refused(steps.with_pin, waiting.token, PIN, code="K008").status == 429


class Token:
    """A USB key behind a gateway, with a certificate of another authority."""

    def __init__(self, at: datetime) -> None:
        self.term = Term(at - timedelta(days=1), at + timedelta(days=300))
        self.root = Authority("外部机构", self.term)
        self.certificate, self.key = self.root.issue_with_key("officer", "李示例", self.term, "X1")

    def certificates(self, kind: str, holder: str, name: str) -> tuple[bytes, ...]:
        return (self.certificate.der,)

    def sign(self, kind: str, holder: str, message: bytes, secret: str) -> bytes:
        if secret != "usb-246810":
            raise ZhunyuError("K008", "签名口令不正确。", status=403)
        return sm2.sign(self.key, message)


def test_a_key_held_elsewhere_answers_through_the_signature_port(database: Database) -> None:
    token = Token(datetime(2026, 11, 23, tzinfo=SHANGHAI))
    world = SignInWorld(database, REQUIRED, token)
    assert world.begin().step == ENROL
    world.files.roots, world.files.revoked = (token.root.root.der,), (token.root.list(term=token.term),)
    world.authority.enrol("officer", world.li.id, token.certificate.der)
    steps, waiting = world.accounts.signing_in, world.begin()
    refused(steps.with_pin, waiting.token, PIN, code="K008")
    assert isinstance(steps.with_pin(waiting.token, "usb-246810"), Session)


def test_of_many_at_the_same_moment_one_uses_it_up(world: SignInWorld) -> None:
    def use(_: int) -> bool:
        with world.store.write() as tx:
            return tx.sign_in.once("ticket", "d" * 64, "2026-11-24T00:00:00+08:00")

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(16))) == 1


def test_a_one_time_code_is_good_once(world: SignInWorld) -> None:
    totp = world.generator()
    steps, code = world.accounts.signing_in, totp.at(world.clock.now())
    assert isinstance(steps.with_code(world.begin().token, code), Session)
    refused(steps.with_code, world.begin().token, code)
    world.clock.turn(seconds=30)
    assert isinstance(steps.with_code(world.begin().token, totp.at(world.clock.now())), Session)


def test_a_code_of_half_a_minute_ago_is_good_and_one_of_a_minute_ago_is_not(world: SignInWorld) -> None:
    totp, steps = world.generator(), world.accounts.signing_in
    world.clock.turn(seconds=-(world.clock.now().timestamp() % 30))
    refused(steps.with_code, world.begin().token, totp.at(world.clock.now() - timedelta(seconds=60)))
    assert isinstance(steps.with_code(world.begin().token, totp.at(world.clock.now() - timedelta(seconds=30))), Session)


def test_guessing_the_second_factor_locks_it_for_every_sign_in_of_the_account(world: SignInWorld) -> None:
    totp, steps = world.generator(), world.accounts.signing_in
    good = totp.at(world.clock.now())
    wrong = f"{(int(good) + 1) % 1_000_000:06d}"
    errors = [refused(steps.with_code, world.begin().token, wrong) for _ in range(5)]
    assert errors[-1].status == 429 and "15 分钟" in errors[-1].next
    assert refused(steps.with_code, world.begin().token, good).status == 429
    assert refused(steps.with_recovery, world.begin().token, world.codes[0]).status == 429
    assert world.said().count("登录失败 第二因素") == 5


def test_a_recovery_code_is_good_once_and_is_kept_as_a_digest(world: SignInWorld) -> None:
    world.generator()
    steps = world.accounts.signing_in
    assert isinstance(steps.with_recovery(world.begin().token, world.codes[0].lower()), Session)
    refused(steps.with_recovery, world.begin().token, world.codes[0])
    with world.store.read() as tx:
        assert tx.sign_in.codes(world.li.id) == 7


def test_the_secret_of_a_generator_does_not_lie_in_the_clear(world: SignInWorld) -> None:
    secret = world.generator().secret
    with world.store.database.read() as connection:
        stored = [str(row) for table in ("second_factors", "waiting_sign_ins", "recovery_codes")
                  for row in connection.exec_driver_sql(f"SELECT * FROM {table}")]  # fmt: skip
    assert stored and not any(secret in row or world.codes[0] in row for row in stored)


def test_who_has_none_enrols_before_the_session_opens(world: SignInWorld) -> None:
    import pyotp

    steps, waiting = world.accounts.signing_in, world.begin()
    totp = pyotp.TOTP(steps.enrolment(waiting.token).secret.replace(" ", ""))
    refused(steps.enrol, waiting.token, "000000" if totp.at(world.clock.now()) != "000000" else "111111")
    session, codes = steps.enrol(waiting.token, totp.at(world.clock.now()))
    assert isinstance(session, Session) and (session.strong, len(set(codes))) == (True, 8)
    refused(steps.enrolment, waiting.token, code="A001")


def test_enrolling_cannot_replace_a_factor_that_was_not_shown(world: SignInWorld) -> None:
    world.generator()
    refused(world.accounts.signing_in.enrolment, world.begin().token, code="A001")


def test_a_sign_in_under_way_ends_after_ten_minutes(world: SignInWorld) -> None:
    world.certify()
    waiting = world.begin()
    world.clock.turn(minutes=10)
    refused(world.accounts.signing_in.with_pin, waiting.token, PIN, code="A001")


def test_the_token_of_a_sign_in_under_way_is_no_session(world: SignInWorld) -> None:
    assert world.accounts.session(world.begin().token) is None


def test_where_it_is_allowed_only_those_who_turned_it_on_are_asked(database: Database) -> None:
    world = SignInWorld(database, ALLOWED)
    world.certify()
    assert isinstance(world.accounts.signing_in.by_password("staff", "li", PASSWORD, HERE), Session)
    world.accounts.factor.choose(world.li, True)
    assert (world.begin().step, world.begin().ways) == (FACTOR, ("certificate",))


def test_the_last_factor_cannot_be_stopped_where_one_is_required(world: SignInWorld) -> None:
    world.generator()
    refused(world.accounts.factor.stop, world.li, code="A004")
    world.certify()
    world.accounts.factor.stop(world.li)
    assert world.begin().ways == ("certificate",)


def test_a_password_that_was_given_is_changed_at_the_first_sign_in(database: Database) -> None:
    world = SignInWorld(database, OFF)
    drawn = world.help.reset(world.opened("guard"), world.li.id)
    waiting = world.accounts.signing_in.by_password("staff", "li", drawn, HERE)
    assert isinstance(waiting, UnderWay) and waiting.step == RENEW
    refused(world.accounts.signing_in.renew, waiting.token, drawn, code="A004")
    assert isinstance(world.accounts.signing_in.renew(waiting.token, "Suzhou-2026-river"), Session)


def test_the_factor_comes_before_the_new_password(world: SignInWorld) -> None:
    world.certify()
    drawn = world.help.reset(world.opened("guard"), world.li.id)
    waiting = world.accounts.signing_in.by_password("staff", "li", drawn, HERE)
    assert isinstance(waiting, UnderWay) and waiting.step == FACTOR
    refused(world.accounts.signing_in.renew, waiting.token, "Suzhou-2026-river", code="A001")
    after = world.accounts.signing_in.with_pin(waiting.token, PIN)
    assert isinstance(after, UnderWay) and (after.step, after.token == waiting.token) == (RENEW, False)


def test_an_old_password_warns_must_be_changed_and_ends(database: Database) -> None:
    world = SignInWorld(database, OFF, password_days=90, password_grace=30)
    world.clock.turn(days=85)
    session = world.accounts.sign_in("staff", "li", PASSWORD)
    assert world.accounts.password_standing(session) == SOON
    world.clock.turn(days=10)
    assert world.begin().step == RENEW
    world.clock.turn(days=30)
    assert refused(world.begin).status == 403


def test_the_security_officer_does_not_help_themselves_and_nobody_else_helps(world: SignInWorld) -> None:
    for call in (world.help.reset, world.help.unlock, world.help.remove_factor, world.help.end_sessions):
        refused(call, world.opened("guard"), world.an.id, code="A002")
        refused(call, world.opened("li"), world.an.id, code="A002")


@pytest.mark.parametrize("first", ["reset", "remove_factor"])
def test_one_officer_alone_never_comes_in_as_somebody_else(world: SignInWorld, first: str) -> None:
    world.generator()
    second = "remove_factor" if first == "reset" else "reset"
    guard, other = world.opened("guard"), world.second_guard()
    getattr(world.help, first)(guard, world.li.id)
    told = refused(getattr(world.help, second), guard, world.li.id, code="A002")
    assert "另一位安全管理员" in told.told
    getattr(world.help, second)(other, world.li.id)


def test_once_the_person_has_signed_in_the_same_officer_helps_again(world: SignInWorld) -> None:
    world.generator()
    guard = world.opened("guard")
    world.help.reset(guard, world.li.id)
    world.opened()
    world.help.remove_factor(guard, world.li.id)


def test_a_reset_ends_sessions_and_sign_ins_under_way(world: SignInWorld) -> None:
    world.certify()
    session, waiting = world.opened(), world.begin()
    world.help.reset(world.opened("guard"), world.li.id)
    assert world.accounts.session(session.token) is None
    refused(world.accounts.signing_in.with_pin, waiting.token, PIN, code="A001")


def test_one_sees_and_ends_ones_own_sessions_only(world: SignInWorld) -> None:
    sessions, mine, other, theirs = world.accounts.sessions, world.opened(), world.opened(), world.opened("guard")
    assert {(one.ref, one.here) for one in sessions.list(mine)} == {(mine.ref, True), (other.ref, False)}
    refused(sessions.end, mine, theirs.ref, code="A003")
    sessions.end(mine, other.ref)
    found = [world.accounts.session(one.token) is not None for one in (mine, other, theirs)]
    assert found == [True, False, True]


def test_all_others_end_at_once(world: SignInWorld) -> None:
    mine, other = world.opened(), world.opened()
    assert world.accounts.sessions.end_others(mine) == 1
    assert world.accounts.session(other.token) is None and world.accounts.session(mine.token) is not None


def test_proving_more_changes_the_token_and_keeps_the_session(world: SignInWorld) -> None:
    before = world.opened(strong=False)
    after = world.accounts.sessions.rotate(before, strong=True)
    assert world.accounts.session(before.token) is None
    assert (after.ref, after.strong, after.token == before.token) == (before.ref, True, False)


def test_idle_and_absolute_ends_follow_the_settings(database: Database) -> None:
    world = SignInWorld(database, REQUIRED, idle_staff=10, longest=1)
    session = world.opened()
    for _ in range(7):
        world.clock.turn(minutes=8)
        world.accounts.session(session.token)
    assert world.accounts.session(session.token) is not None
    world.clock.turn(minutes=5)
    assert world.accounts.session(session.token) is None


def test_a_ticket_lets_a_person_of_the_table_in_once(world: SignInWorld) -> None:
    ticket = world.ticket()
    session = world.entry.with_ticket(ticket, HERE)
    assert isinstance(session, Session) and (session.account.id, session.how) == (world.li.id, TICKET)
    error = refused(world.entry.with_ticket, ticket, HERE)
    assert "已经用过" in error.what and "登录失败 凭据重放" in world.said()


def test_a_ticket_that_is_not_for_us_is_refused_and_written_down(world: SignInWorld) -> None:
    refused(world.entry.with_ticket, world.ticket(aud="https://other.example"), HERE)
    assert world.said()[-1] == "登录失败 凭据无效"


def test_a_platform_that_asked_for_one_factor_leaves_the_second_to_us(world: SignInWorld) -> None:
    waiting = world.entry.with_ticket(world.ticket(factors=1), HERE)
    assert isinstance(waiting, UnderWay) and waiting.step == ENROL


def test_a_person_of_a_known_unit_and_post_gets_an_account_that_follows_the_table(world: SignInWorld) -> None:
    one = Identity("s-9", "单示例", 2, "", (), unit="U-HP", posts=("审批决定", "别的"), strong=True)
    session = world.entry.enter("sso", one, HERE)
    assert isinstance(session, Session) and (session.account.roles, session.account.district) == (("审批",), "黄浦区")
    again = world.entry.enter("sso", msgspec.structs.replace(one, name="单改名"), HERE)
    assert isinstance(again, Session) and (again.account.id, again.account.name) == (session.account.id, "单改名")


def test_people_whom_the_table_does_not_know_are_told_why(world: SignInWorld) -> None:
    for unit, post, word in (("U-XX", "审批决定", "单位"), ("U-HP", "门卫", "岗位"), ("U-HP", "审计岗", "审计")):
        stranger = Identity("s-1", "外示例", 2, "", (), unit=unit, posts=(post,))
        error = refused(world.entry.enter, "sso", stranger, HERE)
        assert error.status == 403 and word in error.what and world.said()[-1] == "登录失败 未登记"


def test_the_phone_lets_the_desk_in_once(world: SignInWorld) -> None:
    phone, shown = world.opened(), world.qr.begin(HERE)
    states = [world.qr.state(shown.secret)]
    asked = world.qr.look(phone, shown.code)
    states.append(world.qr.state(shown.secret))
    world.qr.confirm(phone, shown.code)
    session = world.qr.enter(shown.secret, HERE)
    assert isinstance(session, Session) and (session.account.id, session.strong) == (world.li.id, True)
    assert (asked.device, asked.address, asked.check) == (HERE.device, HERE.address, shown.check)
    assert [*states, world.qr.state(shown.secret)] == ["shown", "seen", "used"]
    refused(world.qr.enter, shown.secret, HERE)
    refused(world.qr.confirm, phone, shown.code)


def test_a_phone_without_a_second_factor_leaves_it_to_the_desk(world: SignInWorld) -> None:
    phone, shown = world.opened(strong=False), world.qr.begin(HERE)
    world.qr.look(phone, shown.code)
    world.qr.confirm(phone, shown.code)
    assert isinstance(world.qr.enter(shown.secret, HERE), UnderWay)


def test_a_picture_of_the_code_is_worth_nothing_to_others(world: SignInWorld) -> None:
    phone, shown = world.opened(), world.qr.begin(HERE)
    refused(world.qr.enter, shown.code, HERE)
    refused(world.qr.confirm, phone, shown.code)
    world.qr.look(phone, shown.code)
    refused(world.qr.look, world.opened("guard"), shown.code)
    refused(world.qr.confirm, world.opened("guard"), shown.code)
    assert world.said()[-1] == "登录失败 二维码重放"
    world.qr.refuse(phone, shown.code)
    refused(world.qr.enter, shown.secret, HERE)
    refused(world.qr.look, phone, shown.code)


def test_a_code_ends_after_two_minutes(world: SignInWorld) -> None:
    phone, shown = world.opened(), world.qr.begin(HERE)
    world.clock.turn(seconds=120)
    refused(world.qr.look, phone, shown.code)
    assert world.qr.state(shown.secret) == "over"


def test_an_answer_from_outside_is_used_up(world: SignInWorld) -> None:
    world.accounts.use_once("oidc", "state-1", Came())
    refused(world.accounts.use_once, "oidc", "state-1", Came())
    assert world.said()[-1] == "登录失败 重放"


def test_a_stopped_account_comes_in_by_no_way(world: SignInWorld) -> None:
    world.certify()
    waiting = world.begin()
    world.accounts.set_active(world.li.id, False)
    refused(world.accounts.signing_in.with_pin, waiting.token, PIN, code="A001")
    refused(world.entry.with_ticket, world.ticket(), HERE)
    refused(world.accounts.signing_in.by_password, "staff", "li", PASSWORD, HERE)
