"""The contract of `AccountStore`, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from engine.adapters.sql.database import Database
from engine.adapters.sql.transaction import SqlStore
from engine.errors import ZhunyuError
from engine.model.people import Subject
from engine.ports.accounts import Account, Lock, Represented, SessionRow, TokenRow
from tests.unit.services.accounts_world import PlainSealer

HOTEL = Represented(Subject("法人", "91310101MA1FP0001X", "上海示例泊云酒店有限公司"), "法定代表人")
WANG = Account("A" * 26, "wang", "applicant", "王示例", level=3, represents=(HOTEL,))
LI = Account("B" * 26, "li", "staff", "李示例", roles=("窗口", "审批"), district="黄浦区")
NOW, SINCE, UNTIL = "2026-11-23T09:00:00+08:00", "2026-11-23T08:45:00+08:00", "2026-11-23T09:15:00+08:00"
ROW = SessionRow(WANG.id, HOTEL.subject.code, NOW, UNTIL)


@pytest.fixture
def store(database: Database) -> SqlStore:
    made = SqlStore(database, PlainSealer())
    with made.write() as tx:
        tx.accounts.add(WANG, "hash-1", NOW)
        tx.accounts.add(LI, "hash-2", NOW)
    return made


def test_an_account_is_found_by_its_login_with_its_hash(store: SqlStore) -> None:
    with store.read() as tx:
        assert tx.accounts.by_login("applicant", "wang") == (WANG, "hash-1")


def test_the_same_login_of_another_kind_is_another_account(store: SqlStore) -> None:
    with store.write() as tx:
        tx.accounts.add(msgspec.structs.replace(LI, id="C" * 26, login="wang"), "hash-3", NOW)
    with store.read() as tx:
        assert tx.accounts.account(WANG.id) == WANG


def test_a_login_that_is_taken_is_refused(store: SqlStore) -> None:
    with pytest.raises(ZhunyuError, match="A005"), store.write() as tx:
        tx.accounts.add(msgspec.structs.replace(WANG, id="D" * 26), "hash-4", NOW)


def test_a_change_of_an_account_is_kept(store: SqlStore) -> None:
    stopped = msgspec.structs.replace(LI, active=False, roles=("窗口",))
    with store.write() as tx:
        tx.accounts.update(stopped)
    with store.read() as tx:
        assert tx.accounts.list("staff") == (stopped,)


def test_a_session_keeps_its_subject(store: SqlStore) -> None:
    with store.write() as tx:
        tx.accounts.add_session("d" * 64, ROW)
    with store.read() as tx:
        assert tx.accounts.session("d" * 64) == ROW


def test_ended_sessions_are_forgotten(store: SqlStore) -> None:
    with store.write() as tx:
        tx.accounts.add_session("d" * 64, ROW)
        tx.accounts.add_session("e" * 64, msgspec.structs.replace(ROW, expires_at=SINCE))
        assert (tx.accounts.clear_sessions(NOW), tx.accounts.session("d" * 64)) == (1, ROW)


def test_all_sessions_of_an_account_end_together(store: SqlStore) -> None:
    with store.write() as tx:
        tx.accounts.add_session("d" * 64, ROW)
        tx.accounts.end_sessions(WANG.id)
        assert tx.accounts.session("d" * 64) is None


def test_the_fifth_failure_locks(store: SqlStore) -> None:
    with store.write() as tx:
        locks = [
            tx.accounts.fail("staff", "li", now=NOW, since=SINCE, limit=5, until=UNTIL) for _ in range(5)
        ]  # fmt: skip
    assert locks[3:] == [Lock(4, ""), Lock(5, UNTIL)]


def test_a_cleared_lock_is_gone(store: SqlStore) -> None:
    with store.write() as tx:
        tx.accounts.fail("staff", "li", now=NOW, since=SINCE, limit=1, until=UNTIL)
        tx.accounts.clear_lock("staff", "li")
        assert tx.accounts.lock("staff", "li") == Lock()


def test_failures_at_the_same_time_are_all_counted(store: SqlStore) -> None:
    def fail(_: int) -> None:
        with store.write() as tx:
            tx.accounts.fail("staff", "li", now=NOW, since=SINCE, limit=5, until=UNTIL)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fail, range(16)))
    with store.read() as tx:
        assert tx.accounts.lock("staff", "li") == Lock(16, UNTIL)


def test_a_token_keeps_its_scopes(store: SqlStore) -> None:
    row = TokenRow(WANG.id, "对接系统", ("read", "write"), UNTIL)
    with store.write() as tx:
        tx.accounts.add_token("t" * 64, row)
    with store.read() as tx:
        assert tx.accounts.token("t" * 64) == row


def test_a_token_that_was_ended_is_gone(store: SqlStore) -> None:
    with store.write() as tx:
        tx.accounts.add_token("t" * 64, TokenRow(WANG.id, "对接系统", (), ""))
        tx.accounts.end_token(WANG.id, "对接系统")
        assert tx.accounts.token("t" * 64) is None


def test_the_last_version_read_counts(store: SqlStore) -> None:
    with store.write() as tx:
        tx.accounts.mark_read(LI.id, "case", 1)
        tx.accounts.mark_read(LI.id, "case", 2)
        assert tx.accounts.readings(LI.id, ("case", "other")) == {"case": 2}
