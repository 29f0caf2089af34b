"""Other departments from the command line: who may ask for certificates, what for, and the tokens of their systems."""

from __future__ import annotations

import sys

from engine.bootstrap import ready
from engine.commands.terminal import Terminal
from engine.errors import ZhunyuError
from engine.settings import load


def register(login: str, name: str, matters: tuple[str, ...], terminal: Terminal) -> None:
    """Enter a department, or change its name and its matters."""
    with ready(load()) as zhunyu:
        made = zhunyu.departments.register(login, name, matters)
    terminal.say(f"已登记部门 {made.login}（{made.name}），用途：{'、'.join(made.purposes)}。", "green")


def show(terminal: Terminal) -> None:
    """Every department with its matters."""
    with ready(load()) as zhunyu:
        found = zhunyu.departments.all()
    for one in found:
        terminal.say(f"{one.login}  {one.name}{'' if one.active else '（已停用）'}  {'、'.join(one.purposes)}")
    if not found:
        terminal.say("还没有登记部门。")


def set_active(login: str, active: bool, terminal: Terminal) -> None:
    """Stop a department, whose tokens then open nothing, or let it ask again."""
    with ready(load()) as zhunyu:
        found = [one for one in zhunyu.departments.all() if one.login == login]
        if not found:
            raise ZhunyuError("A003", f"没有部门 {login}。", "请用 zhunyu department list 核对。", status=404)
        zhunyu.accounts.set_active(found[0].id, active)
    terminal.say(f"部门 {login} 已{'恢复' if active else '停用，它的令牌全部失效'}。", "green")


def issue_token(login: str, name: str, days: int, scope: str, terminal: Terminal) -> None:
    """A token of a department's system, printed once."""
    with ready(load()) as zhunyu:
        token = zhunyu.departments.token(login, name, days, scope)
    terminal.say(token)
    print("令牌只显示这一次，请妥善保存。", file=sys.stderr)


def revoke_token(login: str, name: str, terminal: Terminal) -> None:
    """Forget a token at once."""
    with ready(load()) as zhunyu:
        zhunyu.departments.end_token(login, name)
    terminal.say(f"{login} 的令牌“{name}”已作废。", "green")
