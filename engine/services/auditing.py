"""The operation log and the security log over the history: search, contents on demand, export. Nothing is altered."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from engine.errors import ZhunyuError
from engine.model.activity import ACTIVITIES, LOGS, OPERATION, SECURITY, activity_of, readable, title_of
from engine.model.values import Json
from engine.ports.accounts import Account, Lock
from engine.ports.history import HistoryQuery, StoredEntry
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock
from engine.services.accounts import Session
from engine.services.committed import CASE, contents_of
from engine.services.permission import holds
from engine.services.separation import AUDIT
from engine.services.separation import SECURITY as GUARD
from engine.services.watching import Watching

READERS = {OPERATION: (AUDIT,), SECURITY: (AUDIT, GUARD)}
PAGE, EXPORT_MOST = 50, 50_000
TEXT_DAYS = 31  # a text is looked for within so many days
_SCANNED = 2000  # entries opened at most to find those of a login or an address
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_PLACES = ("login", "address")


class LogQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is asked of a log: `person` a login, a name or an id, `about` a case number or a trail, days inclusive,
    `place` "login:<login>" or "address:<address>" of failed sign-ins, `after` the cursor."""

    log: str
    activity: str = ""
    person: str = ""
    about: str = ""
    text: str = ""
    since: str = ""
    until: str = ""
    place: str = ""
    after: str = ""


class LogLine(msgspec.Struct, frozen=True):
    """An entry as a log shows it. `number` is 0 before it is sealed; `case` the id of the case it belongs to."""

    id: str
    number: int
    at: str
    actor: str
    who: str
    activity: str
    title: str
    what: str
    trail: str
    case: str = ""


class LogPage(msgspec.Struct, frozen=True):
    """A page of a log, newest first, the cursor of the next one or "", and a sentence on what was left out."""

    lines: tuple[LogLine, ...]
    next: str = ""
    told: str = ""


class LockLine(msgspec.Struct, frozen=True):
    """A staff account with its state."""

    account: Account
    lock: Lock
    locked: bool


class Auditing:
    """What auditors and security officers read. A002 for everyone else."""

    def __init__(self, *, store: Store, clock: Clock, watching: Watching) -> None:
        self._store, self._clock, self._watching = store, clock, watching

    def page(self, session: Session, query: LogQuery, limit: int = PAGE) -> LogPage:
        """A page of a log; A004 for a day, a person or a case that is not there."""
        require(session, READERS.get(query.log, ()))
        with self._store.read() as tx:
            asked, told = self._asked(tx, query, limit)
            return self._page(tx, asked, query.place, told)

    def entry(self, session: Session, id: str) -> LogLine:
        """One entry without its content; A003 when there is none in a log the session may read."""
        with self._store.read() as tx:
            found = tx.history.entry(id)
            line = None if found is None else _Naming(tx).line(found)
        if line is None or not holds(session.account, READERS[ACTIVITIES[line.activity][0]]):
            raise ZhunyuError("A003", "没有这条记录。", "请从日志重新进入。", status=404)
        return line

    def open(self, session: Session, id: str) -> tuple[LogLine, Json]:
        """An entry with its content; that it was opened is written down first. K006 where it was destroyed."""
        line = self.entry(session, id)
        account = session.account
        about: dict[str, Json] = {"entry": id, "number": line.number, "trail": line.trail, "what": line.what}
        self._watching.told(f"audit:{account.id}", account.id, f"查看记录内容 {line.number or '未封存'}", about)
        with self._store.read() as tx:
            found = tx.history.entry(id)
            assert found is not None  # entries are never removed
            content = found.content
            if not found.kept and found.entry.trail.startswith(CASE):
                content = contents_of(tx, found.entry.trail.removeprefix(CASE)).get(found.entry.counter)
        if content is None:
            raise ZhunyuError("K001", "这条记录的内容打不开，可能被改动过。", "请在“完整性”里核验。", status=409)
        return line, msgspec.json.decode(content)

    def export(self, session: Session, query: LogQuery, form: str) -> tuple[str, Iterator[bytes]]:
        """A file name and the lines of a log as CSV or JSON lines, page by page, at most EXPORT_MOST of them.

        Written down before the first line is given. A004 for another form.
        """
        require(session, READERS.get(query.log, ()))
        if form not in ("csv", "jsonl"):
            raise ZhunyuError("A004", "没有这种导出格式。", "请选择 CSV 或 JSON。", status=422)
        with self._store.read() as tx:
            self._asked(tx, query, 1)  # refuses what cannot be asked before anything is sent
        account = session.account
        about: dict[str, Json] = {"query": msgspec.to_builtins(query), "form": form, "most": EXPORT_MOST}
        self._watching.told(f"audit:{account.id}", account.id, f"导出{LOGS[query.log]}", about)
        day = self._clock.now().date().isoformat()
        return f"{LOGS[query.log]}-{day}.{form}", self._written(session, query, form)

    def locks(self, session: Session) -> tuple[LockLine, ...]:
        """Staff accounts with their state: active, locked until when, failures in a row."""
        require(session, (AUDIT, GUARD))
        now = self._clock.now().isoformat()
        with self._store.read() as tx:
            found = [(one, tx.accounts.lock("staff", one.login)) for one in tx.accounts.list("staff")]
        return tuple(LockLine(one, lock, bool(lock.until) and lock.until > now) for one, lock in found)

    def _written(self, session: Session, query: LogQuery, form: str) -> Iterator[bytes]:
        yield b"\xef\xbb\xbf" + _csv(("编号", "时间", "人员", "类别", "做了什么", "轨迹")) if form == "csv" else b""
        given, after = 0, ""
        while given < EXPORT_MOST:
            page = self.page(session, msgspec.structs.replace(query, after=after), min(500, EXPORT_MOST - given))
            for line in page.lines:
                cells = (str(line.number or ""), line.at, line.who, line.title, line.what, line.trail)
                yield _csv(cells) if form == "csv" else msgspec.json.encode(line) + b"\n"
            given, after = given + len(page.lines), page.next
            if not after:
                return

    def _asked(self, tx: Transaction, query: LogQuery, limit: int) -> tuple[HistoryQuery, str]:
        since, until, told = day_of(query.since), day_of(query.until, 1), ""
        if query.activity and query.activity not in ACTIVITIES:
            raise ZhunyuError("A004", "没有这种类别。", "请重新选择。", status=422)
        if query.text:
            last = date.fromisoformat(until) if until else self._clock.now().date() + timedelta(days=1)
            first = (last - timedelta(days=TEXT_DAYS)).isoformat()
            if since < first:
                since, told = first, f"按文字查找限于 {TEXT_DAYS} 天之内，自 {first} 起；更早的请改起止日期。"
        asked = HistoryQuery(
            log=query.log, activity=query.activity, text=query.text, since=since, until=until, after=query.after,
            actor=person_of(tx, query.person), trail=_about(tx, query.about), limit=limit,
        )  # fmt: skip
        return asked, told

    def _page(self, tx: Transaction, asked: HistoryQuery, place: str, told: str) -> LogPage:
        naming = _Naming(tx)
        if place:
            wide = msgspec.structs.replace(asked, activity="failure", limit=_SCANNED)
            rows = [one for one in tx.history.search(wide) if _at_place(one, place)]
            return LogPage(tuple(map(naming.line, rows[: asked.limit])), "", told)
        rows = list(tx.history.lines(msgspec.structs.replace(asked, limit=asked.limit + 1)))
        more, rows = len(rows) > asked.limit, rows[: asked.limit]
        next = f"{rows[-1].entry.at}|{rows[-1].entry.id}" if more else ""
        return LogPage(tuple(map(naming.line, rows)), next, told)


class _Naming:
    """Who the actors of a page are, each looked up once."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._known: dict[str, str] = {"system": "系统"}

    def line(self, stored: StoredEntry) -> LogLine:
        entry = stored.entry
        activity = activity_of(entry.trail, entry.what)
        case = entry.trail.removeprefix(CASE) if entry.trail.startswith(CASE) else ""
        return LogLine(
            entry.id, entry.number, entry.at, entry.actor, self.name(entry.actor), activity, title_of(activity),
            readable(entry.what), entry.trail, case,
        )  # fmt: skip

    def name(self, actor: str) -> str:
        if actor not in self._known:
            self._known[actor] = name_of(self._tx, actor)
        return self._known[actor]


def name_of(tx: Transaction, actor: str) -> str:
    """An actor as auditors read it: staff by name and login, applicants without their name."""
    account = tx.accounts.account(actor) if actor else None
    if account is None:
        return actor or "（没有账号）"
    return f"{account.name}（{account.login}）" if account.kind == "staff" else f"申请人 {actor[-6:]}"


def require(session: Session, roles: tuple[str, ...]) -> None:
    """A002 unless the session is staff with one of the roles."""
    if not holds(session.account, roles):
        raise ZhunyuError("A002", "您没有查看这些记录的权限。", "请由审计或安全岗位查看。", status=403)


def person_of(tx: Transaction, person: str) -> str:
    wanted = person.strip()
    if not wanted:
        return ""
    for kind in ("staff", "applicant"):
        found = tx.accounts.by_login(kind, wanted)
        if found is not None:
            return found[0].id
    named = [one.id for one in tx.accounts.list("staff") if one.name == wanted]
    if len(named) > 1:
        raise ZhunyuError("A004", f"有 {len(named)} 位工作人员叫“{wanted}”。", "请改用登录名。", status=422)
    if named or tx.accounts.account(wanted) is not None or wanted == "system":
        return named[0] if named else wanted
    if wanted.startswith("system:"):
        return wanted
    raise ZhunyuError("A004", f"没有“{wanted}”这个人员。", "请填写登录名、工作人员姓名或账号编号。", status=422)


def _about(tx: Transaction, about: str) -> str:
    wanted = about.strip()
    if not wanted or ":" in wanted or wanted in ("keys", "system"):
        return wanted
    found = tx.cases.by_number(wanted.upper())
    if found is None:
        advice = "请核对办件编号；其他对象写全轨迹，如 matter:事项编号。"
        raise ZhunyuError("A004", f"没有办件 {wanted}。", advice, status=422)
    return CASE + found


def day_of(text: str, more: int = 0) -> str:
    if not text:
        return ""
    try:
        return (date.fromisoformat(text) + timedelta(days=more)).isoformat()
    except (ValueError, OverflowError) as error:
        raise ZhunyuError("A004", f"“{text[:20]}”不是日期。", "请按 2026-11-25 的样子填写。", status=422) from error


def _at_place(stored: StoredEntry, place: str) -> bool:
    name, _, value = place.partition(":")
    if name not in _PLACES or stored.content is None:
        return False
    content = msgspec.json.decode(stored.content)
    return isinstance(content, dict) and content.get(name) == value


def _csv(cells: tuple[str, ...]) -> bytes:
    """One line; what a spreadsheet would take for a formula is quoted."""
    stream = io.StringIO()
    csv.writer(stream).writerow([f"'{cell}" if cell.startswith(_RISKY) else cell for cell in cells])
    return stream.getvalue().encode("utf-8")
