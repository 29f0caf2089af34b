"""Accounts and tokens from the command line: the first staff of an installation, and access for other systems."""

from __future__ import annotations

import sys

import click

from engine.bootstrap import ready
from engine.commands.terminal import Terminal
from engine.errors import ZhunyuError
from engine.ports.accounts import Account
from engine.services.separation import check_roles
from engine.settings import load

EVERYWHERE = "市级"


def add_staff(login: str, name: str, district: str, roles: tuple[str, ...], terminal: Terminal) -> None:
    """A staff account; the password is asked twice on a terminal, else read from the first line of the input."""
    check_roles(roles)
    password = _password()
    account = Account(
        id="", login=login, kind="staff", name=name, level=2, phone_masked="", roles=roles, district=district
    )
    with ready(load()) as zhunyu:
        districts = {office.district for card in zhunyu.shelf.cards()
                     for office in zhunyu.shelf.current(card.id).authorities}  # fmt: skip
        if districts and district not in {*districts, EVERYWHERE}:
            raise ZhunyuError("A004", f"没有{district}。", f"可用的有：{'、'.join(sorted(districts))}、{EVERYWHERE}。")
        zhunyu.accounts.create(account, password, given=True)
    terminal.say(f"已建立工作人员账号 {login}（{name}，{district}，{'、'.join(roles)}）。", "green")


def set_active(login: str, active: bool, terminal: Terminal) -> None:
    """Stop a staff or applicant account, ending its sessions, or let it sign in again."""
    with ready(load()) as zhunyu:
        found = [one for kind in ("staff", "applicant") for one in zhunyu.accounts.list(kind) if one.login == login]
        if not found:
            raise ZhunyuError("A003", f"没有登录名 {login}。", "请核对登录名。", status=404)
        for account in found:
            zhunyu.accounts.set_active(account.id, active)
    terminal.say(f"账号 {login} 已{'恢复' if active else '停用，现有登录全部失效'}。", "green")


def reset(login: str, forget_factor: bool, terminal: Terminal) -> None:
    """A staff account's password chosen by the operator, to be changed at the next sign-in; locks end, and with
    `forget_factor` the generator of codes."""
    with ready(load()) as zhunyu:
        found = next((one for one in zhunyu.accounts.list("staff") if one.login == login), None)
        if found is None:
            raise ZhunyuError("A003", f"没有登录名 {login}。", "请核对登录名。", status=404)
        zhunyu.accounts.gate.give(found, _password(), "system")
        zhunyu.entrances.credentials.recover(found.id, forget_factor)
    terminal.say(f"账号 {login} 的口令已重置，现有登录全部失效；本人登录时须换口令。", "green")


def set_roles(login: str, roles: tuple[str, ...], terminal: Terminal) -> None:
    """Give a staff account other roles; it has to sign in again."""
    with ready(load()) as zhunyu:
        found = next((one for one in zhunyu.accounts.list("staff") if one.login == login), None)
        if found is None:
            raise ZhunyuError("A003", f"没有登录名 {login}。", "请核对登录名。", status=404)
        zhunyu.accounts.set_roles(found.id, roles)
    terminal.say(f"账号 {login} 的岗位已改为 {'、'.join(roles)}，须重新登录。", "green")


def issue_token(login: str, name: str, scopes: tuple[str, ...], days: int, terminal: Terminal) -> None:
    """A bearer token of an applicant's account, printed once."""
    with ready(load()) as zhunyu:
        token = zhunyu.accounts.api_token(login, name, scopes or ("read",), days)
    terminal.say(token)
    print("令牌只显示这一次，请妥善保存。", file=sys.stderr)


def revoke_token(login: str, name: str, terminal: Terminal) -> None:
    """Forget a token at once."""
    with ready(load()) as zhunyu:
        zhunyu.accounts.revoke_token(login, name)
    terminal.say(f"{login} 的令牌“{name}”已作废。", "green")


def _password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("口令", hide_input=True, confirmation_prompt="再输一遍"))
    return sys.stdin.readline().rstrip("\n")
