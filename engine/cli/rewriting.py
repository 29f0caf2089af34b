"""Commands that rewrite files of matters and rules: fmt, rename."""

from __future__ import annotations

import sys

import click

from engine.cli.root import cli, home, terminal


@cli.command()
@click.argument("matters", nargs=-1)
@click.option("--check", is_flag=True, help="只检查，不改文件；有需要整理的退出码为 1。")
@click.option("--stdin", "stream", is_flag=True, help="从标准输入读，整理后写到标准输出。")
def fmt(matters: tuple[str, ...], check: bool, stream: bool) -> None:
    """整理事项、测试和 rules/ 里规则的写法与空格，不改变意思。"""
    from engine.commands.rewriting import tidy, tidy_stream

    sys.exit(tidy_stream(home(), terminal) if stream else tidy(home(), matters, check, terminal))


@cli.command()
@click.argument("matter")
@click.argument("old")
@click.argument("new")
@click.option("--id", "by_id", is_flag=True, help="改的是 id，不是标题。")
@click.option("--fragment", "shared", is_flag=True, help="名称来自片段的，在用到它的事项里一起改。")
def rename(matter: str, old: str, new: str, by_id: bool, shared: bool) -> None:
    """给字段或事实改名，用到它的规则、文字、名单和测试一起改；要么全改，要么不改。"""
    from engine.commands.rewriting import rename as change

    change(home(), matter, old, new, by_id, shared, terminal)
