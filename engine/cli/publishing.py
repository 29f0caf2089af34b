"""Commands of who answers for what is on the shelf: publish, shadow."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engine.cli.root import cli, terminal


@cli.command()
@click.argument("matters", nargs=-1)
@click.option("--last", default=200, show_default=True, type=click.IntRange(0, 100_000), help="推演最近多少件。")
@click.option("--override", default="", metavar="理由", help="检查没有通过也发布：写明理由，至少 10 个字；永久留痕。")
@click.option("--by", default="", metavar="登录名", help="对这次发布负责的业务管理员；例外发布必须写。")
@click.option("--dry-run", is_flag=True, help="只看差异、推演和检查结果，不发布。")
def publish(matters: tuple[str, ...], last: int, override: str, by: str, dry_run: bool) -> None:
    """检查并发布与架上不同的事项，不用重启；检查没有通过的不发布。"""
    from engine.commands.publishing import Wish, publish_files

    sys.exit(publish_files(matters, Wish(last, override, by, dry_run), terminal))


@cli.group()
def shadow() -> None:
    """影子运行：草案与现行版本同时评判每一件新申请，只记录，不影响办件。"""


@shadow.command("start")
@click.argument("matter")
@click.option("--draft", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="草案文件。")
@click.option("--by", required=True, metavar="登录名", help="业务管理员的登录名。")
@click.option("--until", default="", metavar="日期", help="最后一天，如 2026-12-31；不写则一直运行到停止。")
def shadow_start(matter: str, draft: Path, by: str, until: str) -> None:
    """开始一次影子运行；草案发布后自动结束。"""
    from engine.commands.shadowing import start

    start(matter, draft, by, until, terminal)


@shadow.command("list")
@click.argument("matter", default="")
def shadow_list(matter: str) -> None:
    """列出影子运行，新的在前。"""
    from engine.commands.shadowing import list_all

    list_all(matter, terminal)


@shadow.command("stop")
@click.argument("matter")
@click.option("--by", required=True, metavar="登录名", help="业务管理员的登录名。")
def shadow_stop(matter: str, by: str) -> None:
    """停止事项正在进行的影子运行。"""
    from engine.commands.shadowing import stop

    stop(matter, by, terminal)


@shadow.command("report")
@click.argument("matter")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def shadow_report(matter: str, as_json: bool) -> None:
    """报告事项最近一次影子运行：一致率、哪条规则改变了结论、例子。"""
    from engine.commands.shadowing import report

    report(matter, as_json, terminal)
