"""`make bench`: everything measured in one run, in about three minutes. It reports; it never fails on a figure."""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from pathlib import Path

from tests.bench import audit, catalogue, core, desk, figures, history, portal, rules, submitting, trust
from tests.bench.processes import ROOT

PARTS = ("core", "catalogue", "rules", "history", "audit", "trust", "desk", "portal")


def main() -> None:
    """Measure, print the table, write the JSON where asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="测量性能，只报告，不设门槛。")
    parser.add_argument("--json", type=Path, metavar="文件", help="另把结果写成 JSON")
    groups = (
        "只测一组：core 规则与签章，catalogue 目录，rules 与同类之比，"
        "history 历史，audit 审计，trust 密钥与加密，desk 工作台，portal 门户"
    )
    parser.add_argument("--only", choices=PARTS, help=groups)
    both = ("sqlite", "postgresql")
    where = "审计在哪种数据库上测；不写时，只测审计的两种都测，全测的只测 SQLite"
    parser.add_argument("--on", choices=both, nargs="+", help=where)
    parser.add_argument("--cases", type=int, default=desk.SMALL, metavar="件数", help="工作台用多少办件，如 1000000")
    given = parser.parse_args()
    began, lines, before = time.monotonic(), list[figures.Line](), core.yardstick()
    print(f"{os.cpu_count()} 核，Python {platform.python_version()}；负载与服务同机，CPU 只计 web 与 effects。")
    if given.only in (None, "core"):
        lines += core.measure(ROOT)
    if given.only in (None, "catalogue"):
        lines += catalogue.measure(ROOT)
    if given.only in (None, "rules"):
        lines += rules.measure(ROOT)
    if given.only in (None, "history"):
        lines += history.measure(long=given.only == "history")
    if given.only in (None, "trust"):
        lines += [*trust.measure(), *submitting.measure()]
    if given.only in (None, "audit"):
        lines += audit.measure(*(given.on or (both if given.only == "audit" else both[:1])))
    if given.only in (None, "desk"):
        lines += desk.measure(given.cases)
    if given.only in (None, "portal"):
        with tempfile.TemporaryDirectory(prefix="zhunyu-bench-") as folder:
            lines += portal.measure(Path(folder))
    lines += [
        figures.line("标定", "固定的 Python 循环，开始时", before, "ms CPU"),
        figures.line("标定", "固定的 Python 循环，结束时", core.yardstick(), "ms CPU"),
    ]
    print(figures.show(lines))
    print(f"共用时 {time.monotonic() - began:.0f} 秒。")
    if given.json:
        figures.write(lines, given.json)


if __name__ == "__main__":
    main()
