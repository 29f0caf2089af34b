from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from engine.errors import ZhunyuError
from engine.ports.identity import Identity
from engine.services.accounts import Account, Represented
from engine.services.password_rules import password_faults
from tests.unit.services.accounts_world import COMPANY, PASSWORD, PERSON, AccountsWorld


@pytest.fixture
def world(tmp_path: Path) -> Iterator[AccountsWorld]:
    world = AccountsWorld(tmp_path)
    yield world
    world.store.database.close()


def refused(world: AccountsWorld, password: str = "wrong", login: str = "wang") -> ZhunyuError:
    with pytest.raises(ZhunyuError) as caught:
        world.accounts.sign_in("applicant", login, password, "")
    return caught.value


def test_the_right_password_opens_a_session_for_the_first_subject(world: AccountsWorld) -> None:
    world.applicant()
    session = world.accounts.sign_in("applicant", "wang", PASSWORD, "")
    assert (session.subject, session.authority) == (COMPANY, "法定代表人")


def test_the_session_is_found_by_its_token(world: AccountsWorld) -> None:
    world.applicant()
    session = world.accounts.sign_in("applicant", "wang", PASSWORD, "")
    assert world.accounts.session(session.token) == session


def test_a_wrong_password_is_refused(world: AccountsWorld) -> None:
    world.applicant()
    assert refused(world).code == "A011"


def test_an_unknown_login_is_refused_in_the_same_words(world: AccountsWorld) -> None:
    world.applicant()
    assert str(refused(world)) == str(refused(world, login="nobody"))


def test_five_failures_lock_the_login_even_for_the_right_password(world: AccountsWorld) -> None:
    world.applicant()
    for _ in range(5):
        refused(world)
    assert refused(world, PASSWORD).status == 429


def test_a_locked_login_opens_after_fifteen_minutes(world: AccountsWorld) -> None:
    world.applicant()
    for _ in range(5):
        refused(world)
    world.clock.turn(minutes=15, seconds=1)
    assert world.accounts.sign_in("applicant", "wang", PASSWORD, "").account.login == "wang"


def test_old_failures_are_forgotten(world: AccountsWorld) -> None:
    world.applicant()
    for _ in range(4):
        refused(world)
    world.clock.turn(minutes=16)
    assert refused(world).status == 401


def test_success_forgets_the_failures_before_it(world: AccountsWorld) -> None:
    world.applicant()
    for _ in range(4):
        refused(world)
    world.accounts.sign_in("applicant", "wang", PASSWORD, "")
    assert refused(world).status == 401


def test_an_applicant_cannot_sign_in_as_staff(world: AccountsWorld) -> None:
    world.applicant()
    with pytest.raises(ZhunyuError, match="A011"):
        world.accounts.sign_in("staff", "wang", PASSWORD, "")


def test_an_idle_session_ends(world: AccountsWorld) -> None:
    world.applicant()
    session = world.accounts.sign_in("applicant", "wang", PASSWORD, "")
    world.clock.turn(hours=2, seconds=1)
    assert world.accounts.session(session.token) is None


def test_a_session_in_use_goes_on(world: AccountsWorld) -> None:
    world.applicant()
    session = world.accounts.sign_in("applicant", "wang", PASSWORD, "")
    for _ in range(4):
        world.clock.turn(minutes=100)
        assert world.accounts.session(session.token) is not None


def test_a_page_that_polls_does_not_keep_the_session(world: AccountsWorld) -> None:
    world.applicant()
    session = world.accounts.sign_in("applicant", "wang", PASSWORD, "")
    found = []
    for _ in range(2):
        world.clock.turn(minutes=100)
        found.append(world.accounts.session(session.token, touch=False) is not None)
    assert found == [True, False]


def test_a_session_in_use_ends_after_twelve_hours(world: AccountsWorld) -> None:
    world.applicant()
    session = world.accounts.sign_in("applicant", "wang", PASSWORD, "")
    found = []
    for _ in range(8):
        world.clock.turn(minutes=100)
        found.append(world.accounts.session(session.token) is not None)
    assert found == [True] * 7 + [False]


def test_signing_out_ends_the_session(world: AccountsWorld) -> None:
    world.applicant()
    session = world.accounts.sign_in("applicant", "wang", PASSWORD, "")
    world.accounts.sign_out(session.token)
    assert world.accounts.session(session.token) is None


def test_an_account_acts_for_a_subject_it_represents(world: AccountsWorld) -> None:
    world.applicant()
    token = world.accounts.sign_in("applicant", "wang", PASSWORD, "").token
    world.accounts.act_for(token, PERSON.code)
    again = world.accounts.session(token)
    assert again is not None and (again.subject, again.authority) == (PERSON, "本人")


def test_an_account_does_not_act_for_a_subject_it_does_not_represent(world: AccountsWorld) -> None:
    world.applicant()
    token = world.accounts.sign_in("applicant", "wang", PASSWORD, "").token
    with pytest.raises(ZhunyuError, match="A010"):
        world.accounts.act_for(token, "91310000000000000X")


def test_a_stopped_account_loses_its_sessions(world: AccountsWorld) -> None:
    account = world.applicant()
    token = world.accounts.sign_in("applicant", "wang", PASSWORD, "").token
    world.accounts.set_active(account.id, False)
    assert world.accounts.session(token) is None


def test_a_new_password_ends_the_other_sessions(world: AccountsWorld) -> None:
    world.applicant()
    other = world.accounts.sign_in("applicant", "wang", PASSWORD, "")
    session = world.accounts.sign_in("applicant", "wang", PASSWORD, "")
    fresh = world.accounts.change_password(session, PASSWORD, "Suzhou-Creek-77")
    assert (world.accounts.session(other.token), world.accounts.session(fresh.token)) == (None, fresh)


def test_a_login_is_taken_once(world: AccountsWorld) -> None:
    world.applicant()
    with pytest.raises(ZhunyuError, match="A005"):
        world.applicant()


def test_an_api_token_stands_for_its_account_with_its_scopes(world: AccountsWorld) -> None:
    world.applicant()
    token = world.accounts.api_token("wang", "对接系统", ("cases.write",))
    session = world.accounts.by_api_token(token)
    assert session is not None and (session.account.login, session.scopes) == ("wang", ("cases.write",))


def test_an_api_token_ends(world: AccountsWorld) -> None:
    world.applicant()
    token = world.accounts.api_token("wang", "对接系统", (), days=1)
    world.clock.turn(days=1, seconds=1)
    assert world.accounts.by_api_token(token) is None


def test_no_token_password_or_identity_number_lies_in_the_database(world: AccountsWorld, tmp_path: Path) -> None:
    world.applicant(represents=(Represented(PERSON, "本人"),))
    token = world.accounts.sign_in("applicant", "wang", PASSWORD, "").token
    world.store.database.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("test.db*"))
    assert [secret in stored for secret in (token.encode(), PASSWORD.encode(), PERSON.code.encode())] == [False] * 3


def test_who_acts_carries_level_and_authority(world: AccountsWorld) -> None:
    world.applicant()
    actor = world.accounts.actor(world.accounts.sign_in("applicant", "wang", PASSWORD, ""))
    assert (actor.kind, actor.level, actor.authority) == ("applicant", 3, "法定代表人")


def test_an_outside_identity_makes_an_account_once(world: AccountsWorld) -> None:
    identity = Identity("u-1", "王小明", 3, "138****0000", (Represented(PERSON, "本人"),))
    first, second = world.accounts.sign_in_as(identity), world.accounts.sign_in_as(identity)
    assert (first.account.id, first.subject) == (second.account.id, PERSON)


def test_a_weak_password_is_refused_for_a_new_account(world: AccountsWorld) -> None:
    with pytest.raises(ZhunyuError, match="A004"):
        world.accounts.create(Account("", "li", "staff", "李四"), "12345678")


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("Ab1-xyzw", "应为 10 至 128 个字符"),
        ("lowercaseonly", "应含大写字母、小写字母、数字、其他符号中的三类"),
        ("Wang-lake-2026", "不应含登录名或姓名"),
        ("Passw0rd-77", "过于常见"),
        ("P@$$w0rd-77", "过于常见"),
        ("Lake-5201314", "过于常见"),
        ("AAaa11AAaa11", "重复字符过多"),
        ("Lake-12345-x", "不应含连续的数字、字母或键盘顺序"),
    ],
)
def test_a_password_against_a_rule_is_named(password: str, fault: str) -> None:
    assert fault in password_faults(password, "wang", "王小明")


def test_none_of_the_last_five_passwords_is_taken_again(world: AccountsWorld) -> None:
    world.applicant()
    session = world.accounts.sign_in("applicant", "wang", PASSWORD)
    used = [PASSWORD, *(f"Bridge-{name}-2026" for name in ("one", "two", "three", "four"))]
    for before, after in pairwise(used):
        world.clock.turn(days=1)
        session = world.accounts.change_password(session, before, after)
    for one in used:
        with pytest.raises(ZhunyuError, match="最近 5 个口令不能再用"):
            world.accounts.change_password(session, used[-1], one)
    world.clock.turn(days=1)
    session = world.accounts.change_password(session, used[-1], "Bridge-five-2026")
    world.clock.turn(days=1)
    world.accounts.change_password(session, "Bridge-five-2026", PASSWORD)


def test_a_good_password_has_no_faults() -> None:
    assert password_faults(PASSWORD, "wang", "王小明") == []


def test_reading_marks_are_kept_per_person(world: AccountsWorld) -> None:
    with world.store.write() as store:
        store.accounts.mark_read("a", "case", 1)
        store.accounts.mark_read("a", "case", 2)
    with world.store.read() as store:
        assert (store.accounts.readings("a", ("case",)), store.accounts.readings("b", ("case",))) == ({"case": 2}, {})


def told(world: AccountsWorld, trail: str) -> list[str]:
    with world.store.read() as tx:
        return [one.entry.what for one in tx.history.of_trail(trail)]


def test_everything_that_happens_to_an_account_is_written_into_the_history(world: AccountsWorld) -> None:
    account = world.applicant()
    world.accounts.api_token("wang", "自助机", ("read",))
    world.accounts.revoke_token("wang", "自助机")
    session = world.accounts.sign_in("applicant", "wang", PASSWORD, "10.1.2.3")
    world.accounts.sign_out(session.token)
    with pytest.raises(ZhunyuError):
        world.accounts.sign_in("applicant", "wang", "wrong", "10.1.2.3")
    world.accounts.set_active(account.id, False)
    assert told(world, f"account:{account.id}") == [
        "新建账号", "签发令牌", "作废令牌", "登录", "退出", "登录失败", "停用账号",
    ]  # fmt: skip


def test_attempts_on_a_login_that_is_nobodys_are_written_down_together(world: AccountsWorld) -> None:
    for login in ("nobody", "noone"):
        with pytest.raises(ZhunyuError):
            world.accounts.sign_in("staff", login, "wrong")
    assert told(world, "login:unknown") == ["登录失败", "登录失败"]


def test_the_history_of_an_account_holds_no_password_and_no_token(world: AccountsWorld) -> None:
    account = world.applicant()
    token = world.accounts.sign_in("applicant", "wang", PASSWORD).token
    with world.store.read() as tx:
        contents = b" ".join(one.content or b"" for one in tx.history.of_trail(f"account:{account.id}"))
    assert contents and PASSWORD.encode() not in contents and token.encode() not in contents
