"""Commands of who runs the system: run, migrate, prepare, reset, demo, verify."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engine.cli.root import cli, terminal


@cli.command()
def run() -> None:
    """启动全部服务，按 Ctrl-C 停止。"""
    from engine.commands.supervisor import supervise
    from engine.settings import load

    sys.exit(supervise(load(), terminal))


@cli.command()
def migrate() -> None:
    """把数据库升级到程序需要的结构。"""
    from engine.commands.installation import migrate_database

    migrate_database(terminal)


@cli.command()
def prepare() -> None:
    """升级数据库、发布事项、按设置装入演示数据（zhunyu run 会自动做）。"""
    from engine.commands.installation import prepare_installation

    prepare_installation(terminal)


@cli.command()
@click.option("--yes", is_flag=True, help="不再询问。")
def reset(yes: bool) -> None:
    """清空数据目录：办件、证照、账号、密钥都会删除。"""
    from engine.commands.installation import reset_data

    sys.exit(reset_data(yes, terminal))


@cli.command()
def demo() -> None:
    """装入演示账号和演示证照；重复运行没有影响。"""
    from engine.commands.installation import load_demo

    load_demo(terminal)


@cli.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="受信公钥文件；核验 OFD 时为根证书文件（.cer），旁边放同名的吊销列表（.crl）。",
)
@click.option("--second", is_flag=True, help="用第二套独立实现再验一遍。")
def verify(file: Path, key: Path | None, second: bool) -> None:
    """离线核验一份已签章的证照文件，或一个办件的存证包。"""
    from engine.commands.verifying import verify_file

    sys.exit(verify_file(file, key, second, terminal))
