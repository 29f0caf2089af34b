"""Commands of archivists."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engine.cli.root import cli, terminal

_NUMBER = click.argument("number")


@cli.group()
def archive() -> None:
    """电子档案：归档、四性检测、导出、移交。NUMBER 是档号或办件编号。"""


@archive.command()
@click.argument("case", required=False, default="")
def make(case: str) -> None:
    """归档一个办件（编号）；不给编号时，把到时间的全部排入后台任务。"""
    from engine.commands.archiving import make as work

    sys.exit(work(case, terminal))


@archive.command()
@_NUMBER
def check(number: str) -> None:
    """逐项做四性检测并记录；有未通过的，退出码为 1。"""
    from engine.commands.archiving import check as work

    sys.exit(work(number, terminal))


@archive.command()
@_NUMBER
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写到这个文件。")
@click.option("--pdf", is_flag=True, help="不写信息包，写可打印的全卷 PDF。")
def export(number: str, output: Path, pdf: bool) -> None:
    """导出归档信息包，或全卷 PDF。"""
    from engine.commands.archiving import export as work

    sys.exit(work(number, output, pdf, terminal))


@archive.command()
@_NUMBER
def transfer(number: str) -> None:
    """移交档案馆；移交前先做四性检测。"""
    from engine.commands.archiving import transfer as work

    sys.exit(work(number, terminal))


@archive.command("list")
@click.argument("text", required=False, default="")
def list_(text: str) -> None:
    """列出档案，可按档号、办件编号或申请人名称。"""
    from engine.commands.archiving import list_archives

    sys.exit(list_archives(text, terminal))
