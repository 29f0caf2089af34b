"""Commands that hand declarations to other systems: export elements."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engine.cli.root import cli, home, terminal


@cli.group(invoke_without_command=True)
@click.option("--check", "source", type=click.Path(path_type=Path), help="反向核对：拿国家要素文件与事项逐项比较。")
@click.pass_context
def export(context: click.Context, source: Path | None) -> None:
    """把事项导出给国家平台，或拿已有的要素文件反向核对。"""
    from engine.commands.elements import check

    if source is not None:
        sys.exit(check(home(), source, terminal))
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@export.command("elements")
@click.option("--to", "target", required=True, type=click.Path(path_type=Path), help="写到哪个文件：.json 或 .xlsx。")
def elements(target: Path) -> None:
    """基本目录和实施清单，按 GB/T 39554 的字段写成 JSON 或电子表格。"""
    from engine.commands.elements import write

    write(home(), target, terminal)
