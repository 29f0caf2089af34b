"""The organisation from the command line: put a file in, show who may do what."""

from __future__ import annotations

from pathlib import Path

from engine.bootstrap import ready
from engine.commands.terminal import Terminal
from engine.services.standing import describe
from engine.settings import load
from engine.worker.organisation import read_charter


def bring(file: Path, terminal: Terminal) -> None:
    """Units, posts, people and permissions of a YAML file; what is there under the same ids is replaced."""
    charter = read_charter(file)
    with ready(load()) as zhunyu:
        count = zhunyu.staffing.organising.office.bring(charter)
    terminal.say(f"已装入单位、岗位和任职 {count} 项，权限 {len(charter.permissions)} 行。", "green")


def show(terminal: Terminal) -> None:
    """The permission table in force, a row a line."""
    with ready(load()) as zhunyu:
        organisation, _ = zhunyu.staffing.organising.organisation()
        table = organisation.table(zhunyu.clock.now().date().isoformat())
    names = {one.id: one.name for one in organisation.posts}
    terminal.say(f"权限表 第{table.number}版" + (f"，自 {table.since}" if table.since else "（随程序提供）"))
    for row in table.rows:
        terminal.say(f"{names.get(row.post, row.post) or '没有岗位的账号'}：{describe(row)}")
