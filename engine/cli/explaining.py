"""Commands that account for a decision: explain, receipt, replay."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engine.cli.root import cli, home, terminal

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUTPUT = click.Path(dir_okay=False, path_type=Path)


@cli.command()
@click.argument("subject", metavar="办件编号|事项")
@click.argument("answers", required=False, type=_FILE)
@click.option("--for", "reader", type=click.Choice(["申请人", "工作人员"]), default="工作人员", help="写给谁看。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON（docs/说明与回执.md 写明格式）。")
@click.option("--html", type=_OUTPUT, help="写成网页文件。")
def explain(subject: str, answers: Path | None, reader: str, as_json: bool, html: Path | None) -> None:
    """说明一个办件，或一份申请（事项加 YAML 文件），每一条为什么成立、不成立或无法核实，怎样才能符合条件。"""
    from engine.commands.explaining import explain as tell

    sys.exit(tell(home(), subject, answers, reader, as_json, html, terminal))


@cli.command()
@click.argument("case", metavar="办件编号")
@click.option("-o", "--output", required=True, type=_OUTPUT, help="写到这个文件；不会覆盖已有的文件。")
@click.option("--for", "reader", type=click.Choice(["申请人", "工作人员"]), default="工作人员", help="哪一种式样。")
def receipt(case: str, output: Path, reader: str) -> None:
    """导出一个办件的裁决回执：签名的文件，以后可以离线重演这次裁决。"""
    from engine.commands.explaining import write_receipt

    sys.exit(write_receipt(case, output, reader, terminal))


@cli.command()
@click.argument("receipt", metavar="回执文件", type=_FILE)
@click.option("--matter", "matters", multiple=True, type=_FILE, help="事项的发布件（回执没有附上时）；可以给多个。")
@click.option("--key", type=_FILE, help="签发机关的公钥文件（默认用数据目录里的 decision-trusted.json）。")
@click.option("--save-matter", type=_OUTPUT, help="把回执所附的事项发布件另存成文件。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def replay(
    receipt: Path, matters: tuple[Path, ...], key: Path | None, save_matter: Path | None, as_json: bool
) -> None:
    """离线重演一份裁决回执：核验签名，重新求值；相同退出码为 0，有任何不同逐处列出，退出码为 1。"""
    from engine.commands.explaining import replay_receipt

    sys.exit(replay_receipt(home(), receipt, matters, key, save_matter, as_json, terminal))
