"""The catalogue of the portal: the search over 220 matters, the cards of the shelf, and what a web process holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import psutil
from werkzeug.test import Client

from engine.bootstrap import build
from engine.matters.catalogue import Catalogue, load_catalogue
from engine.model.matter import ON_APPLICATION
from engine.services.browsing import Asked, listing
from engine.services.cards import Card, card_of
from engine.services.finding import Finder
from engine.services.pinyin import spellings
from engine.settings import load
from engine.worker.preparation import prepare
from tests.bench.figures import Line, line
from tests.bench.processes import ROOT

MATTERS = 220
ASKED = (
    "卫生证", "电影院", "护士证延期", "宾馆换证", "开一家理发店怎么办", "为生许可证", "公共场所卫生许克证",
    "hushizhuce", "huishizhuce", "机动车驾驶证", "放射珍疗", "浦东理发店",
)  # fmt: skip
_SECTION = "事项目录"


def measure(home: Path) -> list[Line]:
    """The search in this process; shelf and memory in one of their own."""
    catalogue, _ = load_catalogue(home)
    told = _apart()
    return [
        *_search(catalogue),
        line(_SECTION, "书架装载（只读卡片）", told["cards_ms"], "ms", reference=f"{told['matters']:.0f} 个事项"),
        line(_SECTION, "首页（书架装好以后）", told["home_ms"], "ms"),
        line(
            _SECTION, "内存 web：首页打开以后（PSS）", told["cards_mb"], "MB",
            reference=f"装入 {told['loaded']:.0f} 个事项",
        ),
        line(_SECTION, "内存 web：全部事项各看一遍以后", told["all_mb"], "MB", most=300),
    ]  # fmt: skip


def _search(catalogue: Catalogue) -> list[Line]:
    spelled = spellings(catalogue.matters.values())
    cards = [card_of(one, spelled) for one in catalogue.matters.values() if one.starts == ON_APPLICATION]
    many = [_copy(cards[n % len(cards)], n // len(cards)) for n in range(MATTERS)]
    began = time.perf_counter()
    finder = Finder(many, catalogue.synonyms, spelled) if catalogue.synonyms else None
    built = (time.perf_counter() - began) * 1000
    assert finder is not None
    times = {text: min(_timed(finder, text) for _ in range(5)) for text in ASKED}
    worst = max(times, key=lambda text: times[text])
    return [
        line(_SECTION, f"检索 {MATTERS} 个事项，最慢的一问", times[worst], "ms", most=20, reference=f"“{worst}”"),
        line(_SECTION, "检索，平均", sum(times.values()) / len(times), "ms"),
        line(_SECTION, "检索的准备（书架每次更新）", built, "ms"),
    ]


def _copy(card: Card, round: int) -> Card:
    if not round:
        return card
    return msgspec.structs.replace(card, id=f"{card.id}_{round}", main_item=f"{card.main_item}{round}")


def _timed(finder: Finder, text: str) -> float:
    began = time.perf_counter()
    finder.find(text)
    return (time.perf_counter() - began) * 1000


def _apart() -> dict[str, float]:
    """The figures of a fresh process over an installation made for it."""
    with tempfile.TemporaryDirectory(prefix="zhunyu-bench-") as folder:
        environ = {**os.environ, "ZHUNYU_DATA_DIR": folder, "ZHUNYU_DEMO": "0"}
        for step in ("prepare", "look"):
            told = subprocess.run(
                (sys.executable, "-m", "tests.bench.catalogue", step), cwd=ROOT, env=environ, check=True,
                stdout=subprocess.PIPE,
            ).stdout  # fmt: skip
        found: dict[str, float] = json.loads(told.splitlines()[-1])
        return found


def _look() -> dict[str, float]:
    from engine.web.server import app  # the product as a web process has it: portal, desk and interface

    zhunyu = build(load())
    began = time.perf_counter()
    cards = zhunyu.shelf.cards()
    loaded = (time.perf_counter() - began) * 1000
    client = Client(app)
    client.get("/")
    began = time.perf_counter()
    client.get("/")
    home = (time.perf_counter() - began) * 1000
    listing(zhunyu.shelf, Asked(text="卫生证"))
    before, kept = _mb(), len(zhunyu.shelf._versions)
    for card in cards:
        zhunyu.shelf.current(card.id)
        client.get(f"/matters/{card.id}")
    return {
        "matters": len(cards), "cards_ms": loaded, "home_ms": home, "cards_mb": before, "all_mb": _mb(),
        "loaded": kept,
    }  # fmt: skip


def _mb() -> float:
    return float(psutil.Process().memory_full_info().pss) / 1e6


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare(build(load()), lambda event, words: None)
    else:
        print(json.dumps(_look()))
