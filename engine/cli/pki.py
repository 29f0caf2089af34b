"""Commands of who administers certificates."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engine.cli.root import cli, terminal

_KINDS = click.Choice(["officer", "agency", "seal_maker", "login", "applicant"])
_REASONS = click.Choice(
    ["key_compromise", "affiliation_changed", "superseded", "cessation_of_operation", "unspecified"]
)


@cli.group()
def pki() -> None:
    """签发、登记、吊销签名证书。"""


@pki.command("init")
@click.option("--name", default="准予开发证书机构", show_default=True, help="机构名称，写在根证书里。")
def pki_init(name: str) -> None:
    """建立本系统自己的证书机构（开发和演示用）；已经有的不变。"""
    from engine.commands.pki import init

    init(name, terminal)


@pki.command("issue")
@click.argument("kind", type=_KINDS)
@click.argument("holder")
@click.option("--name", default="", help="写在证书里的姓名或名称；不写则用账号或机关的。")
@click.option("--organisation", default="", help="写在证书里的单位。")
@click.option("--code", default="", help="写在证书里的编号（执法证号、机构代码）。")
@click.option("--days", type=click.IntRange(1, 3650), default=730, show_default=True, help="有效天数。")
def pki_issue(kind: str, holder: str, name: str, organisation: str, code: str, days: int) -> None:
    """给 HOLDER 签发证书：officer、login 写登录名，agency、seal_maker 写机构代码。

    officer、login、applicant 的签名口令在终端输入两遍，或从标准输入读一行。
    """
    from engine.commands.pki import issue

    ask = kind in ("officer", "login", "applicant")
    issue(kind, holder, name, organisation, code, days, ask, _pin() if ask else "", terminal)


@pki.command("enrol")
@click.argument("kind", type=_KINDS)
@click.argument("holder")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def pki_enrol(kind: str, holder: str, file: Path) -> None:
    """登记受信任机构签发的证书（私钥在持有人或签名服务手里）。"""
    from engine.commands.pki import enrol

    enrol(kind, holder, file, terminal)


@pki.command("revoke")
@click.argument("serial")
@click.option("--reason", type=_REASONS, default="unspecified", show_default=True, help="吊销原因。")
def pki_revoke(serial: str, reason: str) -> None:
    """吊销一份证书（序列号）；此前的签名仍然有效。"""
    from engine.commands.pki import revoke

    revoke(serial, reason, terminal)


@pki.command("list")
@click.option("--kind", type=_KINDS, default=None, help="只列这一种。")
def pki_list(kind: str | None) -> None:
    """列出证书；申请人的证书只在 --kind applicant 时列出。"""
    from engine.commands.pki import show

    show(kind or "", terminal)


@pki.command("export-crl")
@click.argument("output", type=click.Path(dir_okay=False, path_type=Path))
def pki_export_crl(output: Path) -> None:
    """写出本系统证书机构的吊销列表（DER），旁边是根证书。"""
    from engine.commands.pki import export_list

    export_list(output, terminal)


def _pin() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("签名口令", hide_input=True, confirmation_prompt="再输一遍"))
    return sys.stdin.readline().rstrip("\n")
