"""Commands of the security officer: make, list, rotate and destroy keys."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engine.cli.root import cli, terminal


@cli.group()
def keys() -> None:
    """密钥：建立、查看、轮换、停用、吊销、销毁。每一次操作都记入历史。"""


@keys.command("init")
def keys_init() -> None:
    """建立密钥库（已有则不变），自检全部算法，列出密钥编号。"""
    from engine.commands.keys import init

    init(terminal)


@keys.command("list")
def keys_list() -> None:
    """列出根密钥各版本封装着多少数据密钥，以及全部签名密钥。"""
    from engine.commands.keys import show

    show(terminal)


@keys.command("rotate")
@click.option("--by", required=True, help="经办人登录名；记入历史。")
@click.option("--signing", default="", help="轮换这一用途的签名密钥（certificate、decision、push、audit）。")
@click.option("--resume", is_flag=True, help="只把没做完的轮换做完，不增加新版本。")
@click.option("--batch", type=click.IntRange(1, 1000), default=100, help="每个事务处理多少个。")
def keys_rotate(by: str, signing: str, resume: bool, batch: int) -> None:
    """轮换根密钥并在线重新封装数据密钥；正文不动，随时可以中断后再做。"""
    from engine.commands.keys import rotate, rotate_signing

    rotate_signing(signing, by, terminal) if signing else rotate(by, resume, batch, terminal)


@keys.command("retire")
@click.option("--by", required=True, help="经办人登录名；记入历史。")
def keys_retire(by: str) -> None:
    """停用已没有内容使用的旧版本根密钥。"""
    from engine.commands.keys import retire

    retire(by, terminal)


@keys.command("revoke")
@click.argument("key")
@click.option("--by", required=True, help="经办人登录名；记入历史。")
@click.option("--reason", required=True, help="为什么吊销；记入历史。")
def keys_revoke(key: str, by: str, reason: str) -> None:
    """吊销一把签名密钥：此刻以后的签章不再可信。"""
    from engine.commands.keys import revoke

    revoke(key, by, reason, terminal)


@keys.command("export-public")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def keys_export(folder: Path) -> None:
    """把各用途的公钥和吊销表写到目录，交给核验方。"""
    from engine.commands.keys import export_public

    export_public(folder, terminal)


@keys.command("destroy")
@click.argument("case")
@click.option("--by", required=True, help="经办人登录名；要输入其口令。")
@click.option("--second", required=True, help="复核人登录名；须是另一人，要输入其口令。")
@click.option("--reason", required=True, help="依据和批准文号；记入历史。")
@click.option("--yes", is_flag=True, help="不再询问。")
def keys_destroy(case: str, by: str, second: str, reason: str, yes: bool) -> None:
    """销毁一个办件的密钥：其加密内容永远无法再读，不能撤回。"""
    from engine.commands.keys import destroy

    sys.exit(destroy(case, by, second, reason, yes, terminal))
