"""Commands that keep accounts and interface tokens."""

from __future__ import annotations

import click

from engine.cli.root import cli, terminal


@cli.group()
def account() -> None:
    """建立、停用、恢复账号。"""


@account.command("add")
@click.argument("login")
@click.option("--name", required=True, help="姓名。")
@click.option("--district", required=True, help="所在区，如 黄浦区；管全市的写 市级。")
@click.option("--role", "roles", multiple=True, required=True, help="角色，可写几个：窗口 审查 核查 审批 …")
def account_add(login: str, name: str, district: str, roles: tuple[str, ...]) -> None:
    """建立工作人员账号；口令在终端输入两遍，或从标准输入读一行。"""
    from engine.commands.accounts import add_staff

    add_staff(login, name, district, roles, terminal)


@account.command("stop")
@click.argument("login")
def account_stop(login: str) -> None:
    """停用账号，现有登录全部失效。"""
    from engine.commands.accounts import set_active

    set_active(login, False, terminal)


@account.command("restore")
@click.argument("login")
def account_restore(login: str) -> None:
    """恢复停用的账号。"""
    from engine.commands.accounts import set_active

    set_active(login, True, terminal)


@account.command("reset")
@click.argument("login")
@click.option("--forget-factor", is_flag=True, help="同时取消动态口令和备用码。")
def account_reset(login: str, forget_factor: bool) -> None:
    """重置工作人员的口令、解除锁定；口令在终端输入两遍或从标准输入读一行，本人登录时须换。"""
    from engine.commands.accounts import reset

    reset(login, forget_factor, terminal)


@account.command("roles")
@click.argument("login")
@click.option("--role", "roles", multiple=True, required=True, help="角色，可写几个；系统、安全、审计各自单设账号。")
def account_roles(login: str, roles: tuple[str, ...]) -> None:
    """改变工作人员的岗位，现有登录全部失效。"""
    from engine.commands.accounts import set_roles

    set_roles(login, roles, terminal)


@cli.group()
def token() -> None:
    """为对接的系统签发、作废接口令牌。"""


@token.command("issue")
@click.argument("login")
@click.option("--name", required=True, help="令牌的名称，作废时用。")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(["read", "write"]), help="范围，可写两个。")
@click.option("--days", default=365, show_default=True, type=click.IntRange(1, 3650), help="有效天数。")
def token_issue(login: str, name: str, scopes: tuple[str, ...], days: int) -> None:
    """为申请人账号签发令牌，只显示一次。"""
    from engine.commands.accounts import issue_token

    issue_token(login, name, scopes, days, terminal)


@token.command("revoke")
@click.argument("login")
@click.option("--name", required=True, help="签发时的名称。")
def token_revoke(login: str, name: str) -> None:
    """作废令牌，立即生效。"""
    from engine.commands.accounts import revoke_token

    revoke_token(login, name, terminal)
