"""The portal under load, and beside it a bare Flask + SQLAlchemy app on the same server with the same settings."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from engine.bootstrap import build
from engine.settings import load as settings_of
from tests.bench import browser, load, seed
from tests.bench.enterprises import answers, form_values
from tests.bench.figures import Line, line
from tests.bench.processes import free_port, granian, measured, running, split

LEVELS = ((1, 30), (10, 120), (50, 300))  # clients, applications: together below the matter's 500 a day
_PAGES = {1: 100, 10: 300, 50: 400}
_BARE = {1: 400, 10: 1000, 50: 1000}
_WARM = 12
READY = "准予 已就绪"
_SECONDS = 40.0  # the longest any one run may take
_PAGE, _WHOLE, _STATE = "填表页", "一件完整申请（含上传一份材料、领到加盖签章的 PDF）", "启动与内存"
_THEIRS = {
    1: "docassemble 109–142 ms CPU/件；Open Forms 1,150 ms",
    50: "docassemble 9.7/秒、p50 5.7 秒；Open Forms 0.5/秒、98 秒",
}


def measure(folder: Path) -> list[Line]:
    """Reference and product, one after the other; every process is ended again."""
    bare = _reference(folder)
    port, stub = free_port(), free_port()
    with running(granian("tests.bench.registry:app", stub, 4), {}, f"http://127.0.0.1:{stub}/registry/credit"):
        environ = _environ(folder / "data", port, free_port(), stub)
        with running(("engine.cli", "run"), environ, READY):
            pass
        zhunyu = build(settings_of(environ))
        people = seed.applicants(zhunyu, _WARM + sum(count for _, count in LEVELS))
        with running(("engine.cli", "run"), environ, READY) as (product, seconds):
            return [*_first(port, people[0], seconds), *_loaded(port, product, people, bare)]


def _loaded(
    port: int, product: psutil.Process, people: list[seed.Applicant], bare: dict[str, list[load.Figures]]
) -> list[Line]:
    servers, plan = measured(product), seed.plan_file()
    for one in people[:_WARM]:
        with _wire(port, one.cookie) as wire:
            browser.apply(wire, one, plan)
    lines: list[Line] = []
    for (clients, _), reference in zip(LEVELS, bare["page"], strict=True):
        lines += _lines(_PAGE, _pages(port, people, clients, servers), f"裸 Flask {_brief(reference)}", 5.0)
    at = _WARM
    for (clients, count), reference in zip(LEVELS, bare["insert"], strict=True):
        figures = _applications(port, people[at : at + count], plan, clients, servers)
        lines += _lines(_WHOLE, figures, f"裸插入 {_brief(reference)}", 12.0, least=100 if clients == 50 else None)
        at += count
    return [*lines, *_memory(product)]


def _pages(port: int, people: list[seed.Applicant], clients: int, servers: list[psutil.Process]) -> load.Figures:
    """The form page of a draft that is filled in, each client its own."""
    with _wires(port, [one.cookie for one in people[:clients]]) as wires:
        forms = []
        for wire, one in zip(wires, people, strict=False):
            forms.append(browser.begin(wire))
            browser.fill(wire, forms[-1], list(form_values(answers(one.enterprise))))
        return load.run(lambda c, _: wires[c].get(forms[c]), clients, _PAGES[clients], servers, _SECONDS)


def _applications(
    port: int, people: list[seed.Applicant], plan: bytes, clients: int, servers: list[psutil.Process]
) -> load.Figures:
    with _wires(port, [one.cookie for one in people[:clients]]) as wires:

        def one(client: int, n: int) -> None:
            wires[client].cookie = people[n].cookie
            browser.apply(wires[client], people[n], plan)

        return load.run(one, clients, len(people), servers, _SECONDS)


def _first(port: int, who: seed.Applicant, seconds: float) -> list[Line]:
    with _wire(port, who.cookie) as wire:
        began = time.perf_counter()
        form = browser.begin(wire)
        begun = time.perf_counter()
        wire.get(form)
        page, before = (time.perf_counter() - begun) * 1000, (begun - began) * 1000
    return [
        line(_STATE, "启动到就绪（第二次启动）", seconds, "秒", most=3, field="docassemble 10–14 秒"),
        line(_STATE, "首张填表页", page, "ms", reference=f"此前新建草稿 {before:.0f} ms"),
    ]


def _memory(product: psutil.Process) -> list[Line]:
    sizes = {name: load.memory_mb(found) for name, found in split(product).items()}
    return [
        line(_STATE, "内存 web（PSS，压测后）", sizes["web"], "MB"),
        line(_STATE, "内存 effects", sizes["effects"], "MB"),
        line(_STATE, "内存 web + effects", sizes["web"] + sizes["effects"], "MB", most=150),
        line(_STATE, "内存 全部进程（含沙箱）", sizes["all"], "MB", field="docassemble 1,070 MB；Open Forms 1,400 MB"),
    ]


def _lines(name: str, figures: load.Figures, reference: str, most: float, *, least: float | None = None) -> list[Line]:
    clients = f"{figures.clients} 并发"
    fast = 500 if least is not None else None
    return [
        line(name, f"{clients} CPU", figures.cpu, "ms/次", reference=reference, most=most, field=_field(name, 1)),
        line(name, f"{clients} 吞吐", figures.per_second, "次/秒", least=least, field=_field(name, figures.clients)),
        line(name, f"{clients} p50", figures.p50, "ms"),
        line(name, f"{clients} p95", figures.p95, "ms", most=fast),
        line(name, f"{clients} 失败（共 {figures.operations} 次）", figures.failures, "次", most=0),
    ]


def _field(name: str, clients: int) -> str:
    return _THEIRS.get(clients, "") if name == _WHOLE else ""


def _brief(figures: load.Figures) -> str:
    return f"{figures.per_second:,.0f}/秒 CPU {figures.cpu:.2f} ms p95 {figures.p95:.0f} ms"


def _reference(folder: Path) -> dict[str, list[load.Figures]]:
    """The bare page and the bare insert at every level."""
    port, environ = free_port(), {"REFERENCE_DB": str(folder / "reference.db")}
    fields = [(f"f{n}", f"第 {n} 项的内容") for n in range(15)]
    found: dict[str, list[load.Figures]] = {"page": [], "insert": []}
    command = granian("tests.bench.reference:app", port, 8)
    with running(command, environ, f"http://127.0.0.1:{port}/page") as (process, _):
        servers = [process, *process.children(recursive=True)]
        for clients, _ in LEVELS:
            with _wires(port, [""] * clients) as wires:
                scenarios: dict[str, Callable[[int, int], object]] = {
                    "page": lambda client, _: wires[client].get("/page"),
                    "insert": lambda client, _: wires[client].post("/insert", fields, 200),
                }
                for kind, scenario in scenarios.items():
                    found[kind].append(load.run(scenario, clients, _BARE[clients], servers, _SECONDS))
    return found


def _environ(folder: Path, port: int, peer: int, stub: int) -> dict[str, str]:
    stub_address = f"http://127.0.0.1:{stub}"
    return {
        "ZHUNYU_DATA_DIR": str(folder), "ZHUNYU_PORT": str(port), "ZHUNYU_PEER_PORT": str(peer),
        "ZHUNYU_REGISTRY_URL": stub_address, "ZHUNYU_PEER_URL": stub_address, "ZHUNYU_SANDBOX": "1",
    }  # fmt: skip


@contextlib.contextmanager
def _wires(port: int, cookies: list[str]) -> Iterator[list[browser.Wire]]:
    wires = [browser.Wire(port, cookie) for cookie in cookies]
    try:
        yield wires
    finally:
        for wire in wires:
            wire.connection.close()


@contextlib.contextmanager
def _wire(port: int, cookie: str) -> Iterator[browser.Wire]:
    with _wires(port, [cookie]) as wires:
        yield wires[0]
