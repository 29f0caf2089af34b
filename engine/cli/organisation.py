"""Commands that keep the bureau's own organisation."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.root import cli, terminal


@cli.group()
def organisation() -> None:
    """装入单位、岗位、任职和权限表，查看权限表。"""


@organisation.command("import")
@click.argument("file", type=click.Path(path_type=Path))
def organisation_import(file: Path) -> None:
    """从 YAML 文件装入；编号相同的更新，任职中的人不动。"""
    from engine.commands.organisation import bring

    bring(file, terminal)


@organisation.command("show")
def organisation_show() -> None:
    """列出现行权限表。"""
    from engine.commands.organisation import show

    show(terminal)
