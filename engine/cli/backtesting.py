"""The command that replays history: backtest."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from engine.cli.root import cli, terminal

_FILE = click.Path(dir_okay=False, path_type=Path)


@cli.command()
@click.argument("matter")
@click.option(
    "--draft",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="草案文件；不写时用 matters/ 里的文件。",
)
@click.option("--since", default="", help="只推演这一天起收到的办件（YYYY-MM-DD）。")
@click.option("--until", default="", help="只推演到这一天为止收到的办件（YYYY-MM-DD）。")
@click.option("--limit", type=click.IntRange(0), default=0, help="最近的若干件；0 为全部。")
@click.option("--law-day", default="", help="参数按这一天取值；不写时按各办件收到之日。")
@click.option("--hours", type=click.FloatRange(0.01, 1000), help="每件人工办理的小时数；不写时从历史测算。")
@click.option("--seed", type=int, default=0, help="抽查办件的随机种子。")
@click.option("--here", is_flag=True, help="就在本进程计算，不交给后台任务。")
@click.option("--html", type=_FILE, help="把报告写成网页。")
@click.option("--json", type=_FILE, help="把报告写成 JSON。")
def backtest(matter: str, **wanted: Any) -> None:
    """用历史办件推演草案：哪些结论会变、因为哪条规则。只读，不改任何办件。"""
    from engine.commands.backtest import Wanted
    from engine.commands.backtest import backtest as run

    sys.exit(run(matter, Wanted(**wanted), terminal))
