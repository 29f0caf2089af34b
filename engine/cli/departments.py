"""Commands that keep the departments which use our certificates."""

from __future__ import annotations

import click

from engine.cli.root import cli, terminal


@cli.group()
def department() -> None:
    """登记取用证照的其他部门、它们的用途和令牌。"""


@department.command("register")
@click.argument("login")
@click.option("--name", required=True, help="部门名称，持证人授权时看到。")
@click.option("--matter", "matters", multiple=True, required=True, help="用途：该部门的事项名称，可写几个。")
def department_register(login: str, name: str, matters: tuple[str, ...]) -> None:
    """登记部门；已登记的改名称和用途。"""
    from engine.commands.departments import register

    register(login, name, matters, terminal)


@department.command("list")
def department_list() -> None:
    """列出部门和用途。"""
    from engine.commands.departments import show

    show(terminal)


@department.command("stop")
@click.argument("login")
def department_stop(login: str) -> None:
    """停用部门，令牌全部失效。"""
    from engine.commands.departments import set_active

    set_active(login, False, terminal)


@department.command("restore")
@click.argument("login")
def department_restore(login: str) -> None:
    """恢复停用的部门。"""
    from engine.commands.departments import set_active

    set_active(login, True, terminal)


@department.command("token")
@click.argument("login")
@click.option("--name", required=True, help="令牌的名称，作废时用。")
@click.option("--days", default=365, show_default=True, type=click.IntRange(1, 3650), help="有效天数。")
@click.option(
    "--scope", default="provide", show_default=True, type=click.Choice(["provide", "transfer"]),
    help="provide 核验和取用证照，transfer 转入办件。",
)  # fmt: skip
def department_token(login: str, name: str, days: int, scope: str) -> None:
    """为部门的系统签发令牌，只显示一次。"""
    from engine.commands.departments import issue_token

    issue_token(login, name, days, scope, terminal)


@department.command("revoke")
@click.argument("login")
@click.option("--name", required=True, help="签发时的名称。")
def department_revoke(login: str, name: str) -> None:
    """作废部门的令牌，立即生效。"""
    from engine.commands.departments import revoke_token

    revoke_token(login, name, terminal)
