"""Commands for decision tables: table export, table import."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engine.cli.root import cli, home, terminal


@cli.group()
def table() -> None:
    """事项的裁决表与电子表格（.xlsx）、DMN 文件（.dmn）互相转换。"""


@table.command("export")
@click.argument("matter")
@click.option("--to", "target", required=True, type=click.Path(path_type=Path), help="写到哪个文件：.xlsx 或 .dmn。")
def export_table(matter: str, target: Path) -> None:
    """把事项的裁决表写成电子表格或 DMN 1.3 文件。"""
    from engine.commands.tables import export

    export(home(), matter, target, terminal)


@table.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--matter", required=True, help="事项 id；列名按它的表单和事实认。")
@click.option("--into", is_flag=True, help="写进事项文件的 decide；不写则只打印。")
def import_table(file: Path, matter: str, into: bool) -> None:
    """读回电子表格或 DMN 文件里的裁决表，打印成 YAML，或写进事项文件。"""
    from engine.commands.tables import bring

    sys.exit(bring(home(), file, matter, into, terminal))
