"""The desk over a full register on PostgreSQL: each view of the work list, the search, the case page; plans; and the
same pages for fifty people at once over the real web server."""

from __future__ import annotations

import contextlib
import http.client
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from engine.bootstrap import Zhunyu, build
from engine.model.case import Case
from engine.model.saved_views import VIEWS, Filters
from engine.ports.work import SearchQuery
from engine.services.accounts import Session
from engine.settings import load as settings_of
from tests.bench import desk_seed, seed
from tests.bench.enterprises import answers
from tests.bench.figures import Line, line
from tests.bench.processes import free_port, running
from tests.flow.plans import plans, whole_tables
from tests.flow.postgres import running_postgres

SMALL, LARGE = 10_000, 1_000_000
READY = "准予 已就绪"
USERS, THINKING, SECONDS = 50, (2.0, 8.0), 40.0  # each reads for 2 to 8 seconds between two pages
LOOKS, AIM, RATIO = 60, 300.0, 1.5
_PATIENCE = 900.0  # 90 seconds were not enough for a million cases on a machine that others used
BIG = frozenset({"cases", "tasks", "case_index", "task_marks", "case_events", "case_subjects"})
_SERVER = "-c shared_buffers=1GB -c max_wal_size=8GB -c maintenance_work_mem=512MB"
Ask = Callable[[], object]


def measure(size: int) -> list[Line]:
    """With so many cases (and a fifth of open tasks); from 100,000 on, besides, in relation to 10,000."""
    small, lines = dict[str, float](), list[Line]()
    for count in sorted({SMALL, size}):
        with tempfile.TemporaryDirectory(prefix="zhunyu-desk-") as folder, running_postgres(_SERVER) as socket:
            found, section = _measured(Path(folder), socket, count), f"工作台 {count:,} 件"
            for name, value in found.items():
                ratio = f"{SMALL:,} 件时 {small[name]:.1f} ms，{value / small[name]:.2f} 倍" if name in small else ""
                unit, most = ("ms", AIM) if name.endswith("p95") else ("ms", None)
                if name.startswith(("生成", "失败", "全表")):
                    unit, most = ("秒", None) if name.startswith("生成") else ("处", 0)
                lines.append(line(section, name, value, unit, reference=ratio, most=most))
            if small:
                pairs = [(found[name], small[name]) for name in found if name in small and name.startswith("逐次")]
                total = sum(one for one, _ in pairs) / sum(one for _, one in pairs)
                lines.append(line(section, f"逐次各项合计与 {SMALL:,} 件之比", total, "倍", most=RATIO))
            small = small or {name: value for name, value in found.items() if name.startswith("逐次")}
    return lines


def _measured(folder: Path, socket: str, size: int) -> dict[str, float]:
    port = free_port()
    environ = environ_of(folder / "data", f"postgresql://postgres@/postgres?host={socket}", port, free_port())
    with running(("engine.cli", "run"), environ, READY):
        pass
    zhunyu = build(settings_of(environ))
    try:
        began = time.monotonic()
        office = desk_seed.fill(zhunyu, model_case(zhunyu), size, zhunyu.clock.now())
        found = {f"生成 {size:,} 件": time.monotonic() - began}
        sessions = [zhunyu.accounts.sign_in("staff", one.login, desk_seed.PASSWORD) for one in office.staff]
        asks = questions(zhunyu, office, sessions)
        if size > SMALL:  # a table of a few pages is read whole, and rightly so
            found["全表扫描（全部查询的计划）"] = float(len(scans(zhunyu, asks)))
        for name, ask in asks.items():
            taken = _taken(ask)
            found |= {f"逐次 {name} p50": _cut(taken, 0.5), f"逐次 {name} p95": _cut(taken, 0.95)}
            print(f"  {size:,} 件 {name}：p50 {_cut(taken, 0.5):.1f} ms，p95 {_cut(taken, 0.95):.1f} ms", flush=True)
        with running(("engine.cli", "run"), environ, READY, _PATIENCE):
            found |= _fifty(port, zhunyu, office, sessions)
        return found
    finally:
        zhunyu.close()


def environ_of(folder: Path, database: str, port: int, peer: int) -> dict[str, str]:
    """The installation that is measured: two web processes, one for each core."""
    nobody = f"http://127.0.0.1:{free_port()}"
    return {
        "ZHUNYU_DATA_DIR": str(folder), "ZHUNYU_PORT": str(port), "ZHUNYU_PEER_PORT": str(peer),
        "ZHUNYU_DATABASE_URL": database, "ZHUNYU_WEB_WORKERS": "2", "ZHUNYU_SIGNING": "off",
        "ZHUNYU_REGISTRY_URL": nobody, "ZHUNYU_PEER_URL": nobody, "ZHUNYU_SANDBOX": "1",
    }  # fmt: skip


def model_case(zhunyu: Zhunyu) -> Case:
    """A case that was really filed and goes to people, since no source answers."""
    one = seed.applicants(zhunyu, 1)[0]
    with zhunyu.store.read() as tx:
        account = tx.accounts.by_login("applicant", "oidc:bench-0")
    assert account is not None
    subject = account[0].represents[0]
    session = Session("", account[0], subject.subject, subject.authority, "")
    draft = zhunyu.drafts.start(session, "public_place_new")
    zhunyu.drafts.save(session, draft.id, answers(one.enterprise))
    for need in zhunyu.shelf.current("public_place_new").materials:
        with contextlib.suppress(Exception):
            zhunyu.drafts.upload(session, draft.id, need.id, "材料.pdf", seed.plan_file())
    return zhunyu.cases.submit(session, draft.id, draft.id)


def questions(zhunyu: Zhunyu, office: desk_seed.Office, sessions: list[Session]) -> dict[str, Ask]:
    """What people ask, each by a name; whoever asks is drawn anew each time."""
    dice = random.Random(5)
    worklist = zhunyu.worklist

    def listed(view: str, **wanted: Any) -> Ask:
        return lambda: worklist.page(dice.choice(sessions), view, Filters(**wanted))

    def named() -> object:
        return worklist.page(dice.choice(sessions), "department", Filters(text=dice.choice(office.names)[2:6]))

    def searched(**wanted: Callable[[], str]) -> Ask:
        return lambda: worklist.search(
            dice.choice(sessions), SearchQuery(**{name: draw() for name, draw in wanted.items()})
        )

    def opened() -> object:
        session = dice.choice(sessions)
        of = office.whole.get(session.account.district) or [one for some in office.whole.values() for one in some]
        return zhunyu.desk.case(session, dice.choice(of))

    def paged() -> object:
        session = dice.choice(sessions)
        after = worklist.page(session, "department").next
        return worklist.page(session, "department", after=after) if after else None

    return {
        **{f"列表 {view}": listed(view) for view in VIEWS},
        "列表 按事项筛选": listed("all", matter=zhunyu.shelf.cards()[40].id), "列表 第二页（两次）": paged,
        "列表 按名称": named, "列表 按常见词": listed("all", text="有限公司"),
        "查询 按编号": searched(number=lambda: dice.choice(office.numbers)),
        "查询 按名称": searched(text=lambda: dice.choice(office.names)[2:6]),
        "查询 按常见词": searched(text=lambda: "酒店有限公司"),
        "查询 没有的词": searched(text=lambda: "从来没有这样的名称"),
        "查询 状态与时间": searched(status=lambda: "不予许可", since=lambda: "2025-06-01", until=lambda: "2026-03-01"),
        "查询 全部": searched(), "办件页": opened,
    }  # fmt: skip


def scans(zhunyu: Zhunyu, asks: dict[str, Ask]) -> list[str]:
    """The statements behind the questions whose plan reads a big table from end to end."""
    work = (ask for ask in asks.values() for _ in range(6))
    found = [told for told, plan in plans(zhunyu.store.database, work) if BIG & whole_tables(plan)]
    for statement in found:
        print("  全表扫描：", " ".join(statement.split())[:400])
    return found


def _taken(ask: Ask) -> list[float]:
    for _ in range(5):
        ask()
    taken = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)


def _cut(taken: list[float], share: float) -> float:
    return taken[min(int(share * len(taken)), len(taken) - 1)]


def _fifty(port: int, zhunyu: Zhunyu, office: desk_seed.Office, sessions: list[Session]) -> dict[str, float]:
    """Fifty people at the desk for a while, first each at a person's pace, then without a pause."""
    cookies = [_cookie(zhunyu, one.token) for one in sessions]
    found: dict[str, float] = {}
    for pace, thinking, seconds in (("50 人（每页看 2–8 秒）", THINKING, SECONDS), ("50 人不停点", (0.0, 0.0), 15.0)):
        taken: dict[str, list[float]] = {"列表": [], "查询": [], "办件页": []}
        failures: list[str] = []
        until = time.monotonic() + seconds
        threads = [
            threading.Thread(
                target=_person, args=(n, port, cookies[n], sessions[n], office, thinking, until, taken, failures)
            )
            for n in range(USERS)
        ]  # fmt: skip
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        for name, times in taken.items():
            if len(times) > 1:
                found |= {
                    f"{pace} {name} p50": statistics.median(times), f"{pace} {name} p95": _cut(sorted(times), 0.95),
                }  # fmt: skip
        print(f"  {pace}：{sum(map(len, taken.values())) / seconds:.1f} 页/秒，失败 {len(failures)}", failures[:2])
        found[f"失败 {pace}"] = float(len(failures))
    return found


def _person(
    n: int, port: int, cookie: str, session: Session, office: desk_seed.Office, thinking: tuple[float, float],
    until: float, taken: dict[str, list[float]], failures: list[str],
) -> None:  # fmt: skip
    dice, connection = random.Random(n), http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    own = office.whole.get(session.account.district) or [one for some in office.whole.values() for one in some]
    time.sleep(dice.uniform(0, thinking[1]))
    while time.monotonic() < until:
        kind = dice.choices(("列表", "查询", "办件页"), (5, 2, 3))[0]
        path = {
            "列表": f"/admin/?view={dice.choice(VIEWS)}", "办件页": f"/admin/cases/{dice.choice(own)}",
            "查询": f"/admin/search?number={dice.choice(office.numbers)}" if dice.random() < 0.5
            else f"/admin/search?state=open&since=2026-0{dice.randrange(1, 9)}-01",
        }[kind]  # fmt: skip
        began = time.perf_counter()
        try:
            connection.request("GET", path, headers={"Cookie": f"zhunyu_admin={cookie}"})
            reply = connection.getresponse()
            reply.read()
            if reply.status != 200:
                failures.append(f"{path} {reply.status}")
        except OSError as error:
            failures.append(repr(error))
            connection.close()
        taken[kind].append((time.perf_counter() - began) * 1000)
        time.sleep(dice.uniform(*thinking))
    connection.close()


def _cookie(zhunyu: Zhunyu, token: str) -> str:
    flask = Flask(__name__)
    flask.secret_key = zhunyu.settings.secret
    signer = SecureCookieSessionInterface().get_signing_serializer(flask)
    assert signer is not None
    return str(signer.dumps({"token": token, "_permanent": True}))
