"""A seeded office: N cases and N/5 open tasks in PostgreSQL, in minutes. Some cases, spread evenly, are whole: they
open as those do that people filed; the rest have the same rows of the same size without what only keys can seal."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.database import Database
from engine.adapters.sql.documents import pack
from engine.adapters.sql.tables.cases import case_events, case_subjects, cases, tasks
from engine.adapters.sql.tables.work import case_index, task_marks
from engine.adapters.sql.work_upkeep import rank
from engine.bootstrap import Zhunyu
from engine.model.case import Case, Status
from engine.model.events import Happened
from engine.model.grams import BREAK, grams, plain
from engine.model.people import SYSTEM, Subject
from engine.ports.accounts import Account
from engine.ports.cases import TaskRow
from engine.services.work_projection import standing_of

SEED, WHOLE, CHUNK, DAYS = 20261130, 2_000, 20_000, 700
DISTRICTS = {
    "浦东新区": 22, "闵行区": 9, "黄浦区": 9, "静安区": 8, "徐汇区": 8, "嘉定区": 6, "宝山区": 6, "松江区": 6,
    "杨浦区": 5, "普陀区": 5, "长宁区": 5, "虹口区": 4, "奉贤区": 3, "青浦区": 3, "金山区": 2, "崇明区": 1,
}  # fmt: skip
_ROADS = "南京东西北中山延安淮海河四川福建人民世纪长江黄兴国和平凉茂名瑞金复华虹桥漕宝临港张衡金沙"
_BRANDS = "泊云松鹤安澜启明景和瑞康仁德嘉禾恒信天和锦江百川远洋晨曦众力海纳博雅宏图若水清源"
_KINDS = (
    "酒店", "宾馆", "美容美发", "游泳馆", "口腔门诊部", "诊所", "餐饮管理", "供水设备", "消毒用品", "商贸", "健身",
    "影城",
)  # fmt: skip
_FORMS = ("有限公司",) * 7 + ("股份有限公司", "中心", "（个体工商户）")
_SURNAMES, _GIVEN = "陈王李张刘杨赵黄周吴徐孙胡朱高林何郭马罗", "示明安可然宁远成立行思文若一知新"
_STEPS = (("accept-1", "accept", "受理", "窗口", 35), ("review-1", "review", "审查", "审查", 25),
          ("inspect-1", "inspect", "现场核查", "核查", 25), ("approve-1", "approve", "审批", "审批", 15))  # fmt: skip
_CHANNELS = ("网上",) * 8 + ("窗口", "接口")
_CLOSED = ("已发证",) * 17 + ("不予许可", "已撤回", "不予受理")
STAFF = 50
PASSWORD = "Quiet-Harbour-2026"


@dataclass(frozen=True)
class Office:
    """What was made: who works there, and the whole cases, by district."""

    staff: tuple[Account, ...]
    whole: dict[str, list[str]]
    numbers: tuple[str, ...]
    names: tuple[str, ...]


def people(zhunyu: Zhunyu) -> tuple[Account, ...]:
    """Fifty members of staff of all districts: most do one thing, some several; two of the city."""
    dice, made = random.Random(SEED), []
    places = [*DISTRICTS] * 3 + ["市级"] * 2
    for n, district in enumerate(places[:STAFF]):
        roles = (("窗口", "审查"), ("核查",), ("审批",), ("窗口", "审查", "核查", "审批"))[n % 4]
        name = dice.choice(_SURNAMES) + dice.choice(_GIVEN) + dice.choice(_GIVEN)
        account = Account("", f"bench{n}", "staff", name, roles=roles, district=district)
        made.append(zhunyu.accounts.create(account, PASSWORD))
    return tuple(made)


def fill(zhunyu: Zhunyu, model: Case, size: int, now: datetime) -> Office:
    """Fill an installation with cases after the pattern of one that was filed."""
    database, dice = zhunyu.store.database, random.Random(SEED + size)
    office = Office(people(zhunyu), {}, (), ())
    by_place: dict[str, list[Account]] = {}
    for one in office.staff:
        by_place.setdefault(one.district, []).append(one)
    matters = [(card.id, card.title) for card in zhunyu.shelf.cards()]
    weights = [1 / (1 + place) for place in range(len(matters))]
    numbers, names = [], []
    with _unindexed(database):
        for start in range(0, size, CHUNK):
            chunk = range(start, min(start + CHUNK, size))
            rows = [_one(dice, n, size, matters, weights, by_place, now) for n in chunk]
            whole = max(size // WHOLE, 1)
            _put(database, model, [one for one in rows if one.n % whole])
            for one in rows:
                if one.n % whole == 0:
                    _keep(zhunyu, model, one)
                    office.whole.setdefault(one.district, []).append(one.id)
                if one.n % (size // 500) == 3:
                    numbers.append(one.number)
                    if len(one.name) > 5:
                        names.append(one.name)
    _settled(database)
    return Office(office.staff, office.whole, tuple(numbers), tuple(names))


@dataclass
class _Row:
    n: int
    id: str
    number: str
    matter: str
    title: str
    district: str
    name: str
    summary: str
    status: str
    channel: str
    received: str
    due: str
    risk: int
    task: tuple[str, str, str, str]
    claimed: str
    closed: str
    closer: str
    marks: tuple[str, ...]

    @property
    def open(self) -> bool:
        return not self.closed


def _one(
    dice: random.Random, n: int, size: int, matters: list[tuple[str, str]], weights: list[float],
    by_place: dict[str, list[Account]], now: datetime,
) -> _Row:  # fmt: skip
    running = n >= size - size // 5
    matter, title = dice.choices(matters, weights)[0]
    district = dice.choices([*DISTRICTS], [*DISTRICTS.values()])[0]
    received = now - timedelta(days=DAYS * (size - n) / size, minutes=dice.randrange(600))
    brand = "".join(dice.choices(_BRANDS, k=2 + n % 2))
    name = f"上海{brand}{dice.choice(_KINDS)}{dice.choice(_FORMS)}"
    if n % 9 == 0:
        name = dice.choice(_SURNAMES) + dice.choice(_GIVEN) + dice.choice(_GIVEN)
    road = "".join(dice.choices(_ROADS, k=2))
    due = (now + timedelta(days=int(dice.triangular(-8, 35, 9)))).date().isoformat()
    *step, _ = dice.choices(_STEPS, [one[-1] for one in _STEPS])[0]
    task = (step[0], step[1], step[2], step[3])
    colleagues = [one for one in by_place.get(district, []) if task[3] in one.roles]
    claimed = dice.choice(colleagues).id if colleagues and dice.random() < min(0.4, 2_000 / size * 3) else ""
    if not claimed and dice.random() < 0.5:
        claimed = f"S{dice.randrange(size // 500 + 9):025d}"
    found = [mark for mark, share in (("stopped", 0.05), ("returned", 0.04), ("alert", 0.02)) if dice.random() < share]
    closed = "" if running else (received + timedelta(days=dice.randrange(1, 20))).isoformat(timespec="seconds")
    return _Row(
        n=n, id=f"B{n:025d}", number=f"{received:%Y%m%d}{dice.randrange(10**8):08d}{n % 36:02d}{n:07d}", matter=matter,
        title=title, district=district, name=name, summary=f"{road}路{dice.randrange(1, 3000)}号",
        status=dice.choice(("已收件", "已受理", "已受理", "待补正")) if running else dice.choice(_CLOSED),
        channel=dice.choice(_CHANNELS), received=received.isoformat(timespec="seconds"), due=due,
        risk=dice.choices((0, 1, 2, 4, 6), (50, 20, 15, 10, 5))[0], task=task, claimed=claimed if running else "",
        closed=closed, closer=dice.choice(colleagues).id if colleagues and n % 40 == 0 else f"S{n % 997:025d}",
        marks=tuple(found) if running else (),
    )  # fmt: skip


def _text(one: _Row) -> str:
    return plain(BREAK.join((one.name, one.summary, one.title, one.district)))


def _put(database: Database, model: Case, rows: list[_Row]) -> None:
    """The rows by COPY, their documents after the model's."""
    clear = pack(msgspec.structs.replace(model, subjects=(), facts={}, assessment=None, reservations=()))
    actor, event = pack(SYSTEM), pack(Happened("受理", "已受理。", "符合受理条件。"))
    with database.write() as connection:
        _copy(connection, cases, ({
            "id": one.id, "number": one.number, "matter": one.matter, "matter_title": one.title,
            "hash": model.matter_hash, "status": one.status, "district": one.district, "authority": model.authority,
            "account": f"P{one.n:025d}",
            "subject_code_index": f"{one.n % 300_000}", "subject_name": one.name, "summary": one.summary,
            "received_at": one.received, "due": one.due, "closed_at": one.closed, "automatic": one.n % 3 == 0,
            "decided_at": one.closed, "outcome": "准予" if one.status == "已发证" else "",
            "task": one.task[2] if one.open else "",
            "stopped_at": one.received if "stopped" in one.marks else "", "clock_level": "",
            "certificate_number": _certificate(one), "version": 3, "document": clear, "sealed": "",
        } for one in rows))  # fmt: skip
        _copy(connection, case_subjects, ({
            "case": one.id, "place": 0, "code_index": f"{one.n % 300_000}", "kind": "法人", "name": one.name,
        } for one in rows))  # fmt: skip
        _copy(connection, case_events, ({
            "case": one.id, "seq": seq, "at": one.received, "version": seq, "actor": actor, "kind": "受理",
            "event": event, "sealed": "",
        } for one in rows for seq in (1, 2, 3)))  # fmt: skip
        _copy(connection, tasks, map(_task, rows))
        _copy(connection, task_marks, ({
            "case": one.id, "task": one.task[0], "mark": mark, "district": one.district,
            "rank": rank(one.due, one.risk, stopped="stopped" in one.marks),
        } for one in rows for mark in one.marks))  # fmt: skip
        _copy(connection, case_index, ({
            "case": one.id, "number": one.number, "received_at": one.received, "closed": not one.open,
            "matter": one.matter, "district": one.district, "status": one.status,
            "certificate_number": _certificate(one), "text": _text(one), "grams": list(grams(_text(one))),
        } for one in rows))  # fmt: skip


def _task(one: _Row) -> dict[str, Any]:
    return {
        "case": one.id, "task": one.task[0], "step": one.task[1], "title": one.task[2], "role": one.task[3],
        "district": one.district, "due": one.due, "people": 1, "barred": "[]", "claimed_by": one.claimed,
        "state": "open" if one.open else "closed", "opened_at": one.received, "closed_at": one.closed,
        "closed_by": "" if one.open else one.closer, "reason": "",
        "rank": rank(one.due, one.risk, stopped="stopped" in one.marks), "risk": one.risk, "after": False,
        "matter": one.matter, "place": one.district, "status": one.status, "channel": one.channel,
        "elsewhere": False,
    }  # fmt: skip


def _certificate(one: _Row) -> str:
    return f"沪测〔2026〕字第{one.n:07d}号" if one.status == "已发证" else ""


def _keep(zhunyu: Zhunyu, model: Case, one: _Row) -> None:
    """A whole case, as a commit keeps it: sealed under keys of its own."""
    subject = Subject("法人", model.subjects[0].code[:-5] + f"{one.n % 99999:05d}", one.name)
    told = tuple(Happened(kind, f"{kind}。") for kind in ("收件", "预审", "受理"))
    case = msgspec.structs.replace(
        model, id=one.id, number=one.number, subjects=(subject,),
        district=one.district, status=Status(one.status), received_at=one.received, due_promised=one.due, due_legal="",
        closed_at=one.closed, summary=one.summary, version=1,
    )  # fmt: skip
    task = TaskRow(
        case=one.id, task=one.task[0], step=one.task[1], title=one.task[2], role=one.task[3], district=one.district,
        due=one.due, people=1, barred=(), claimed_by=one.claimed, state="open", opened_at=one.received,
    )  # fmt: skip
    matter = zhunyu.shelf.version(case.matter_hash)
    with zhunyu.store.write() as tx:
        tx.cases.add(case, matter.sensitive, f"P{one.n:025d}")
        tx.cases.append(case.id, 1, one.received, SYSTEM, told)
        tx.cases.open_task(task)
        if not one.open:
            tx.cases.close_task(one.id, task.task, one.closed, one.closer, "")
        tx.work.refresh(standing_of(case))


class _unindexed:
    """While rows are put in there are neither secondary indexes nor checks of foreign keys."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._indexes = [
            index for table in (cases, case_subjects, tasks, task_marks, case_index) for index in table.indexes
        ]

    def __enter__(self) -> None:
        with self._database.write() as connection:
            for index in self._indexes:
                index.drop(connection)

    def __exit__(self, *raised: object) -> None:
        with self._database.write() as connection:
            connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '512MB'")
            for index in self._indexes:
                index.create(connection)


def _settled(database: Database) -> None:
    """As its own daemon leaves a database after a while."""
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")


def _copy(connection: sa.Connection, table: sa.Table, rows: Iterable[dict[str, Any]]) -> None:
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    names = [column.name for column in table.c]
    columns = ", ".join(f'"{name}"' for name in names)
    raw: Any = connection.connection.dbapi_connection
    with raw.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])
