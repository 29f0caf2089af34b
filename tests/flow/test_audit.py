"""The audit on both databases: every version folds to what was stored, figures are right, looks are recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from engine.adapters.custodian import FolderCustodian
from engine.adapters.keys import RingHistoryKeys, RingSealer
from engine.adapters.sql.database import Database
from engine.adapters.sql.schema import migrate
from engine.adapters.sql.tables.audit import case_changes
from engine.adapters.sql.tables.history import audit_entries, checkpoints
from engine.adapters.sql.transaction import SqlStore
from engine.errors import ZhunyuError
from engine.model.case import Case, Upload
from engine.model.commands import Accept, Command, FinishStep, Grant, Refuse
from engine.model.people import Actor
from engine.pipeline.past import fold
from engine.ports.accounts import Account
from engine.ports.audit import Custodian, Tally, TokenUse
from engine.ports.history import HistoryQuery
from engine.services.accounts import Accounts, Session
from engine.services.audit_analysis import AuditAnalysis, Figure, Thresholds
from engine.services.auditing import Auditing, LogQuery
from engine.services.history import History
from engine.services.integrity import EXPORT, VERIFY, Integrity
from engine.services.recording import record
from engine.services.watching import REFUSALS, Watching
from tests.flow.test_commits import received
from tests.flow.test_supplement import ITEMS, asked, handed_in
from tests.flow.world import RING, World, session
from tests.unit.pipeline.sample import APPROVER, CLERK, INSPECTOR, SECOND_INSPECTOR

AUDITOR = Session("", Account("AUDITOR", "audit", "staff", "计示", roles=("审计",), district="市级"), None, "", "")
CLERK_SESSION = Session("", Account("CLERK", "clerk", "staff", "窗示", roles=("窗口",), district="市级"), None, "", "")


@pytest.fixture
def history(world: World) -> History:
    return History(store=world.store, clock=world.clock, keys=RingHistoryKeys(RING, RingSealer(RING)))


@pytest.fixture
def watching(world: World) -> Iterator[Watching]:
    made = Watching(store=world.store, clock=world.clock, ids=world.ids)
    yield made
    made.close()


def sealed(history: History) -> None:
    while history.seal_pending():
        pass


def instant(world: World) -> Case:
    return world.issued(session())


def refused(world: World) -> Case:
    return decided(world, Refuse("场所不符", ("《示例条例》第四条",)))


def granted(world: World) -> Case:
    return decided(world, Grant("同意"))


def decided(world: World, last: Command) -> Case:
    case = received(world)
    acts: list[tuple[Command, Actor]] = [
        (Accept("齐全"), CLERK), (FinishStep("inspect", "符合", "看过"), INSPECTOR),
        (FinishStep("inspect", "符合", "看过"), SECOND_INSPECTOR), (last, APPROVER),
    ]  # fmt: skip
    for command, actor in acts:
        case = world.committing.carry_out(case, command, actor)
    assert case.decision is not None
    return case


def supplemented(world: World) -> Case:
    case = asked(world)
    return world.cases.answer_supplement(session(), case.id, {"area": "80"}, {"plan": (handed_in(world, case),)})


def withdrawn(world: World) -> Case:
    return world.cases.withdraw(session(), received(world).id, "不办了")


LITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what no database does differently
ROUTES: tuple[Callable[[World], Case], ...] = (instant, granted, refused, supplemented, withdrawn)


@LITE
@pytest.mark.parametrize("route", ROUTES)
def test_every_version_of_a_case_folds_to_what_was_stored_then(
    world: World, route: Callable[[World], Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.adapters.sql.case_records import SqlCaseRecords

    stored: dict[tuple[str, int], str] = {}

    def looked_at(name: str) -> None:
        kept = getattr(SqlCaseRecords, name)

        def keep(self: SqlCaseRecords, *given: object) -> bool:
            done = bool(kept(self, *given))
            case = next(one for one in given if isinstance(one, Case))
            loaded = self.load(case.id)
            assert loaded is not None
            stored[case.id, loaded.version] = words(loaded)
            return done

        monkeypatch.setattr(SqlCaseRecords, name, keep)

    looked_at("add")
    looked_at("replace")
    case = route(world)
    with world.store.read() as tx:
        changes = [one.change for one in tx.past.changes(case.id)]
        now = tx.cases.load(case.id)
    assert now is not None and len(changes) == now.version == len(stored)
    assert all(change is not None for change in changes)
    for version in range(1, now.version + 1):
        made = fold([change for change in changes[:version] if change is not None])
        assert made is not None and words(made) == stored[case.id, version]


def test_a_case_folds_to_what_it_is_on_either_database(world: World) -> None:
    case = supplemented(world)
    with world.store.read() as tx:
        changes, now = tx.past.changes(case.id), tx.cases.load(case.id)
    made = fold([one.change for one in changes if one.change is not None])
    assert made is not None and now is not None and words(made) == words(now)


def words(case: Case) -> str:
    """The case as text, whatever the order of its answers."""
    return msgspec.json.encode(msgspec.to_builtins(case), order="sorted").decode()


@LITE
def test_later_versions_keep_only_what_changed(world: World) -> None:
    case = world.committing.carry_out(received(world), Accept(), CLERK)
    with world.store.read() as tx:
        first, second = (one.change for one in tx.past.changes(case.id))
    assert first is not None and second is not None
    assert (first.whole, second.whole) == (True, False) and "answers" not in second.set and "status" in second.set


@LITE
def test_a_case_older_than_the_record_is_kept_whole_with_its_next_commit(world: World) -> None:
    case = received(world)
    with world.database.write() as connection:
        connection.execute(sa.delete(case_changes))
    case = world.committing.carry_out(case, Accept(), CLERK)
    with world.store.read() as tx:
        changes = tx.past.changes(case.id)
    assert [(one.version, one.change is not None and one.change.whole) for one in changes] == [(2, True)]


@LITE
def test_an_altered_or_swapped_change_is_not_believed(world: World, history: History) -> None:
    case = world.committing.carry_out(received(world), Accept(), CLERK)
    sealed(history)
    assert history.verify_case(case.id).faults == ()
    with world.database.write() as connection:
        other = connection.execute(sa.select(case_changes.c.sealed).where(case_changes.c.version == 1)).scalar_one()
        connection.execute(sa.update(case_changes).where(case_changes.c.version == 2).values(sealed=other))
    with world.store.read() as tx:
        assert [one.change is None for one in tx.past.changes(case.id)] == [False, True]


@LITE
@pytest.mark.parametrize("column", ["digest", "gone"])
def test_a_change_that_was_exchanged_or_taken_away_is_found_by_the_history(
    world: World, history: History, column: str
) -> None:
    case = world.committing.carry_out(received(world), Accept(), CLERK)
    sealed(history)
    where = case_changes.c.version == 2
    with world.database.write() as connection:
        if column == "gone":
            connection.execute(sa.delete(case_changes).where(where))
        else:
            connection.execute(sa.update(case_changes).where(where).values(digest="0" * 64))
    assert [fault.kind for fault in history.verify_case(case.id).faults] == ["内容"]


def told(world: World, at: str, actor: str, what: str, trail: str = "") -> None:
    with world.store.write() as tx:
        record(tx, world.ids, trail=trail or f"access:{actor}", at=at, actor=actor, what=what, content={})


def test_the_analysis_of_a_constructed_history_is_right(world: World, history: History) -> None:
    for hour, times in (("03", 2), ("10", 4), ("20", 1), ("19", 3)):
        for _ in range(times):
            told(world, f"2026-03-02T{hour}:15:00+08:00", "ANNA", "查看办件 1")
    for _ in range(3):
        told(world, "2026-03-03T11:00:00+08:00", "ANNA", "显示完整信息 1", "unmask:ANNA")
    told(world, "2026-03-03T11:00:00+08:00", "BERT", "显示完整信息 1", "unmask:BERT")
    told(world, "2026-01-01T03:00:00+08:00", "ANNA", "查看办件 1")
    with world.store.write() as tx:
        failures = Tally("2026-03-02T09", "login:x", "failure", 5), Tally("2026-03-02T10", "login:y", "failure", 4)
        tx.activity.count(failures)
        for place in range(4):
            tx.activity.saw("2026-03-02T10", "ANNA", f"CASE{place}", f"subject {place % 3}")
    sealed(history)
    limits = Thresholds(first=7, last=20, subjects=3, failures=5, privileges=3)
    analysis = AuditAnalysis(store=world.store, clock=world.clock, thresholds=limits)
    found = analysis.of(AUDITOR, "2026-03-01", "2026-03-31")

    def told_of(figures: tuple[Figure, ...]) -> list[tuple[str, str, int, bool]]:
        return [(one.who, one.day, one.times, one.outstanding) for one in figures]

    assert told_of(found.odd_hours) == [("ANNA", "2026-03-02", 3, True)]
    assert told_of(found.breadth) == [("ANNA", "2026-03-02", 3, True)]
    assert told_of(found.failures) == [("x", "2026-03-02", 5, True), ("y", "2026-03-02", 4, False)]
    assert told_of(found.privileges)[:2] == [("ANNA", "2026-03-03", 3, True), ("BERT", "2026-03-03", 1, False)]
    assert dict(found.days)["2026-03-02"]["view"] == 10
    assert next(one.times for one in found.people if one.who == "ANNA") == 13


@LITE
def test_each_figure_leads_to_as_many_entries(world: World, history: History, watching: Watching) -> None:
    for _ in range(3):
        told(world, "2026-03-03T11:00:00+08:00", "system:root", "显示完整信息 1", "unmask:system:root")
    sealed(history)
    logs = Auditing(store=world.store, clock=world.clock, watching=watching)
    found = AuditAnalysis(store=world.store, clock=world.clock).of(AUDITOR, "2026-03-01", "2026-03-31")
    figure = next(one for one in found.privileges if one.asks["activity"] == "unmask")
    assert len(logs.page(AUDITOR, LogQuery("security", **figure.asks)).lines) == figure.times == 3


@LITE
def test_an_entry_is_counted_once_however_often_it_is_sealed(world: World, history: History) -> None:
    told(world, "2026-03-03T11:00:00+08:00", "ANNA", "查看办件 1")
    for _ in range(3):
        history.seal_pending()
    with world.store.read() as tx:
        assert tx.activity.by_actor(("view",), "2026-03", "2026-04") == (("ANNA", "view", 1),)


@LITE
@pytest.mark.parametrize(("since", "until"), [("x", ""), ("2026-03-02", "2026-03-01"), ("2020-01-01", "2026-01-01")])
def test_a_span_that_cannot_be_is_refused(world: World, since: str, until: str) -> None:
    with pytest.raises(ZhunyuError, match="A004"):
        AuditAnalysis(store=world.store, clock=world.clock).of(AUDITOR, since, until)


@LITE
def test_nobody_else_reads_the_logs(world: World, watching: Watching) -> None:
    for log in ("operation", "security"):
        with pytest.raises(ZhunyuError, match="A002"):
            Auditing(store=world.store, clock=world.clock, watching=watching).page(CLERK_SESSION, LogQuery(log))


def test_failed_sign_ins_are_counted_by_login_and_address(world: World) -> None:
    accounts = Accounts(store=world.store, clock=world.clock, ids=world.ids, passwords=Plain())
    for login in ("anna", "anna", "bert"):
        with pytest.raises(ZhunyuError, match="A011"):
            accounts.sign_in("staff", login, "wrong", "10.1.2.3")
    with world.store.read() as tx:
        found = tx.activity.by_actor(("failure",), "2000", "3000")
    assert found == (("address:10.1.2.3", "failure", 3), ("login:anna", "failure", 2), ("login:bert", "failure", 1))


class Plain:
    def hash(self, password: str) -> str:
        return password

    def verify(self, hashed: str, password: str) -> bool:
        return False

    def outdated(self, hashed: str) -> bool:
        return False


def test_views_wait_and_are_written_together(world: World, watching: Watching) -> None:
    watching._begin = lambda: None  # type: ignore[method-assign]
    for place in range(5):
        watching.viewed("ANNA", "查看办件 1", {"n": place}, "CASE", "code")
    before = looks(world)
    watching.flush()
    assert (before, looks(world)) == (0, 5)
    with world.store.read() as tx:
        assert [(one.account, one.times) for one in tx.activity.viewers("CASE")] == [("ANNA", 5)]


@LITE
def test_views_that_cannot_be_written_wait_for_the_store(
    world: World, watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching._begin = lambda: None  # type: ignore[method-assign]
    watching.viewed("ANNA", "查看办件 1", {})
    with monkeypatch.context() as broken:
        broken.setattr(watching, "_write", lambda *_: (_ for _ in ()).throw(OSError("away")))
        with pytest.raises(OSError, match="away"):
            watching.flush()
    watching.flush()
    assert looks(world) == 1


@LITE
def test_what_waits_is_written_at_the_end_and_what_comes_later_at_once(world: World, watching: Watching) -> None:
    watching._begin = lambda: None  # type: ignore[method-assign]
    watching.viewed("ANNA", "查看办件 1", {})
    watching.close()
    watching.viewed("ANNA", "查看办件 2", {})
    assert looks(world) == 2


@LITE
def test_a_flood_of_refusals_is_written_as_a_number(world: World, watching: Watching) -> None:
    watching._begin = lambda: None  # type: ignore[method-assign]
    for _ in range(1000):
        watching.refused("MALLORY", "拒绝 没有权限", {})
    watching.flush()
    with world.store.read() as tx:
        found = tx.history.lines(HistoryQuery(actor="MALLORY", limit=2000))
    assert len(found) == REFUSALS + 1 and "1000 次" in {one.entry.what for one in found}.pop() + str(found)


def looks(world: World) -> int:
    with world.store.read() as tx:
        return len(tx.history.lines(HistoryQuery(activity="view")))


def test_token_use_is_told_once_a_day_and_not_by_the_call(world: World, history: History, watching: Watching) -> None:
    watching._begin = lambda: None  # type: ignore[method-assign]
    for _ in range(7):
        watching.token_used("APP", "对接", refused=False)
    watching.token_used("APP", "对接", refused=True)
    watching.flush()
    care = Integrity(store=world.store, clock=world.clock, ids=world.ids, history=history, custodian=None, alert=no)
    care.step()
    assert uses(world) == []
    world.later(days=1)
    care.step()
    world.later(days=1)
    care.step()
    assert uses(world) == [f"令牌使用 {(world.clock.now()).date().replace(day=world.clock.now().day - 2)} 8 次"]
    with world.store.read() as tx:
        assert tx.activity.untold_uses("9999") == () and TokenUse("", "", "", 0).refused == 0


def uses(world: World) -> list[str]:
    with world.store.read() as tx:
        return [one.entry.what for one in tx.history.lines(HistoryQuery(activity="token"))]


def no(event: str, words: str) -> None:
    raise AssertionError(f"{event} {words}")


def cared_for(world: World, history: History, custodian: Custodian | None, alerts: list[str]) -> Integrity:
    care = Integrity(
        store=world.store, clock=world.clock, ids=world.ids, history=history, custodian=custodian,
        alert=lambda event, words: alerts.append(words),
    )  # fmt: skip
    for _ in range(30):
        if not care.step():
            return care
    raise AssertionError("the regular work does not come to an end")


def test_the_daily_verification_goes_piece_by_piece_and_is_recorded(world: World, history: History) -> None:
    received(world)
    sealed(history)
    alerts: list[str] = []
    run = cared_for(world, history, None, alerts).standing().verified
    assert (run.looked_at, run.compared, run.found, alerts) == (2, 2, (), [])
    with world.store.read() as tx:
        assert [one.entry.what for one in tx.history.lines(HistoryQuery(activity="integrity"))] == ["核验完整"]


@LITE
@pytest.mark.parametrize("column", ["what", "log", "activity", "actor"])
def test_the_daily_verification_finds_an_alteration_and_raises_the_alarm(
    world: World, history: History, column: str
) -> None:
    received(world)
    sealed(history)
    with world.database.write() as connection:
        connection.execute(sa.update(audit_entries).where(audit_entries.c.number == 2).values({column: "other"}))
    alerts: list[str] = []
    found = cared_for(world, history, None, alerts).standing().verified.found
    assert any("2 号" in one or "改动" in one for one in found) and len(alerts) == 1


def test_what_was_cut_off_at_the_end_is_found_against_the_second_custodian(
    world: World, history: History, tmp_path: Path
) -> None:
    custodian = FolderCustodian(tmp_path / "other")
    received(world)
    sealed(history)
    told(world, "2026-03-03T11:00:00+08:00", "ANNA", "查看办件 1")
    sealed(history)
    first = cared_for(world, history, custodian, [])
    assert first.standing().verified.found == () and len(custodian.kept(0, 100)) == 2
    with world.database.write() as connection:
        connection.execute(sa.delete(checkpoints).where(checkpoints.c.batch == 2))
        connection.execute(sa.delete(audit_entries).where(audit_entries.c.number > 2))
    world.later(days=1)
    alerts: list[str] = []
    found = cared_for(world, history, custodian, alerts).standing().verified.found
    assert any(one.startswith("截断") for one in found) and alerts


@LITE
def test_checkpoints_are_handed_over_once_and_again_only_what_is_new(
    world: World, history: History, tmp_path: Path
) -> None:
    custodian = FolderCustodian(tmp_path)
    sealed(history)
    standing = cared_for(world, history, custodian, []).standing()
    assert standing.exported.position == standing.checkpoints == 1
    sealed(history)
    world.later(hours=2)
    cared_for(world, history, custodian, [])
    with world.store.read() as tx:
        ours = tx.history.checkpoints(0, 100)
    assert custodian.kept(0, 100) == ours[: len(custodian.kept(0, 100))] and len(custodian.kept(0, 100)) == 2


class Away:
    place = "别处"

    def keep(self, checkpoints: object) -> None:
        raise ZhunyuError("S006", "连接不上第二处保管。", status=503)

    def kept(self, after: int, limit: int) -> tuple[()]:
        raise ZhunyuError("S006", "连接不上第二处保管。", status=503)


@LITE
def test_a_custodian_that_is_away_delays_nothing_and_is_told(world: World, history: History) -> None:
    sealed(history)
    standing = cared_for(world, history, Away(), []).standing()
    assert standing.verified.finished_at and "第二处保管" in standing.verified.error and standing.exported.error
    with world.store.read() as tx:
        assert tx.runs.run(EXPORT).next_at < tx.runs.run(VERIFY).next_at


def test_one_process_at_a_time_goes_on_with_a_run(world: World) -> None:
    with world.store.write() as tx:
        first = tx.runs.take("verify", "2026-03-02T10:00:00", "2026-03-02T10:05:00")
        second = tx.runs.take("verify", "2026-03-02T10:01:00", "2026-03-02T10:06:00")
        third = tx.runs.take("verify", "2026-03-02T10:05:00", "2026-03-02T10:10:00")
    assert (first is not None, second, third is not None) == (True, None, True)


WAYS = ("number", "certificate", "subject", "version", "span")
QUERIES = (
    HistoryQuery(log="security"), HistoryQuery(activity="unmask"), HistoryQuery(actor="A"), HistoryQuery(since="2026"),
    HistoryQuery(trail="case:A"), HistoryQuery(log="operation", after="2026-01-01|A"),
)  # fmt: skip


@pytest.mark.plans
def test_a_trace_is_found_by_an_index(database: Database) -> None:
    from engine.adapters.sql.audit_trace import SqlTraces
    from engine.ports.audit import TraceQuery

    with database.read() as connection:
        if database.dialect == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for way in WAYS:
            traces = SqlTraces(connection, RingSealer(RING))  # type: ignore[arg-type]
            plan = explained(connection, traces.statement(TraceQuery(way, "x", since="2026-01-01")))
            assert not any("SCAN cases" in line and "INDEX" not in line for line in plan), (way, plan)
            assert not any("Seq Scan" in line for line in plan), (way, plan)


@pytest.mark.plans
def test_a_page_of_a_log_is_read_from_an_index_without_sorting(database: Database) -> None:
    from engine.adapters.sql.history import searched

    with database.read() as connection:
        if database.dialect == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        for query in QUERIES:
            plan = explained(connection, searched(query))
            assert any("INDEX" in line.upper() for line in plan), (query, plan)
            sorts = any("TEMP B-TREE" in line or line.strip().startswith("Sort") for line in plan)
            assert query.trail or not sorts, (query, plan)


FILED = (
    ("case:A", "收件 TaskOpened"), ("matter:a", "发布 初装"), ("guard:a", "守护触发"), ("recall:R", "立案"),
    ("account:A", "登录"), ("account:A", "退出"), ("account:A", "登录失败 锁定"), ("account:A", "签发令牌"),
    ("account:A", "改口令"), ("login:unknown", "登录失败"), ("keys", "换密钥"), ("system", "别的"),
    ("freeze:F", "冻结"),
)  # fmt: skip


def test_entries_of_earlier_releases_are_filed_as_new_ones_would_be(empty_database: Database) -> None:
    migrate(empty_database, "0008")
    with empty_database.write() as connection:
        for number, (trail, what) in enumerate(FILED, 1):
            row = {"id": f"E{number:025d}", "trail": trail, "counter": number, "at": "2026-03-02", "actor": "A",
                   "what": what, "salt": "", "tag": "", "detail": "", "number": number}  # fmt: skip
            names = ", ".join(f'"{name}"' for name in row)
            given = ", ".join(f":{name}" for name in row)
            connection.execute(sa.text(f"INSERT INTO audit_entries ({names}) VALUES ({given})"), row)
    migrate(empty_database)
    with SqlStore(empty_database, RingSealer(RING)).read() as tx:
        assert tx.history.misfiled(1, len(FILED)) == ()
        assert len(tx.history.lines(HistoryQuery(log="security"))) == 7


def explained(connection: sa.Connection, statement: sa.Select[tuple[object, ...]]) -> list[str]:
    """The plan of a statement, a line each."""
    words = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    text = statement.compile(connection, compile_kwargs={"literal_binds": True})
    return [str(row[-1]) for row in connection.exec_driver_sql(f"{words} {text}")]


@LITE
def test_uploads_of_the_past_are_named(world: World) -> None:
    case = supplemented(world)
    with world.store.read() as tx:
        first = fold([one.change for one in tx.past.changes(case.id, 1) if one.change is not None])
    assert first is not None and isinstance(first.uploads["plan"][0], Upload)
    assert first.uploads["plan"] != case.uploads["plan"] and ITEMS[1].materials == ("plan",)
