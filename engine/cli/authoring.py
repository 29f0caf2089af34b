"""Commands of who writes matters: lint, show, new."""

from __future__ import annotations

import sys

import click

from engine.cli.root import cli, home, terminal


@cli.command()
@click.argument("matter", required=False)
@click.option("--no-prove", is_flag=True, help="不做证明，只检查写法。")
def lint(matter: str | None, no_prove: bool) -> None:
    """检查事项文件并证明改过的规则，一次列出全部错误；有错误时退出码为 1。"""
    from engine.commands.authoring import lint as check

    sys.exit(check(home(), matter, terminal, proved=not no_prove))


@cli.command()
@click.argument("matter")
def show(matter: str) -> None:
    """显示展开全部片段之后的事项。"""
    from engine.matters.catalogue import effective

    terminal.say(effective(home(), matter).rstrip())


@cli.command()
@click.argument("id")
@click.option("--title", required=True, help="事项名称。")
@click.option("--line", required=True, help="条线的英文目录名，如 public_place。")
def new(id: str, title: str, line: str) -> None:
    """新建一个事项和它的测试。"""
    from engine.commands.authoring import scaffold

    scaffold(home(), id, title, line, terminal)
