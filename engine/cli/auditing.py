"""Commands of who audits: verify the history, hand out evidence, keep checkpoints elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engine.cli.root import cli, terminal


@cli.group()
def audit() -> None:
    """核验不可改动的历史，导出办件的存证。"""


@audit.command("verify")
@click.argument("case", required=False, default="")
@click.option("--since", type=click.IntRange(min=0), default=0, help="只核验这一号所在批次之后的记录。")
@click.option("--links-only", is_flag=True, help="只核验编号、链和签名，不逐件比对内容（快）。")
@click.option("--custodian", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="另存的检查点文件。")
def audit_verify(case: str, since: int, links_only: bool, custodian: Path | None) -> None:
    """核验全部历史，或一个办件（编号）；有改动时逐处列出，退出码为 1。"""
    from engine.commands.auditing import verify

    sys.exit(verify(case, since, links_only, custodian, terminal))


@audit.command("bundle")
@click.argument("case")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写到这个文件。")
def audit_bundle(case: str, output: Path) -> None:
    """导出一个办件的存证包，任何人用公钥即可离线核验。"""
    from engine.commands.auditing import bundle

    sys.exit(bundle(case, output, terminal))


@audit.command("report-check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def audit_report_check(file: Path) -> None:
    """核验追溯报告（PDF）尾部的签名；被改动过的退出码为 1。"""
    from engine.commands.auditing import check_report

    sys.exit(check_report(file, terminal))


@audit.command("checkpoints")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def audit_checkpoints(file: Path) -> None:
    """把新的检查点追加到文件，交第二处保管；只写文件里还没有的。"""
    from engine.commands.auditing import export_checkpoints

    sys.exit(export_checkpoints(file, terminal))
