"""`zhunyu archive`: make, check, export, transfer and list electronic archives."""

from __future__ import annotations

from pathlib import Path

from engine.bootstrap import Zhunyu, ready
from engine.commands.auditing import case_id
from engine.commands.private_file import write_private
from engine.commands.terminal import Terminal
from engine.errors import ZhunyuError
from engine.model.archive import FAILED, PASSED
from engine.ports.accounts import Account
from engine.ports.archives import Archive, ArchiveQuery
from engine.services.accounts import Session
from engine.services.archive_access import ROLE
from engine.services.desk_access import CITY
from engine.settings import load

_OPERATOR = "命令行"
_COLOURS = {PASSED: "green", FAILED: "red"}
_STATES = {
    "kept": "已归档", "sending": "移交中", "sent": "已移交", "refused": "移交被退", "doomed": "待销毁",
    "destroyed": "已销毁",
}  # fmt: skip


def make(case: str, terminal: Terminal) -> int:
    """Archive one case now, or without one everything that has come due."""
    with ready(load()) as zhunyu:
        if not case:
            count = 0
            while found := zhunyu.archives.archiving.sweep():
                count += found
            terminal.say(f"已排入后台任务 {count} 件。", "green")
            return 0
        made = zhunyu.archives.archiving.make(case_id(zhunyu, case), _OPERATOR)
        if made is None:
            what = "办件还没有办结，或者它的档案已经销毁。"
            raise ZhunyuError("C008", what, "办结、证照生效后才能归档。", status=409)
        terminal.say(f"{made.code}　第 {made.version} 版　{made.files} 个文件　四性检测：{made.checked}", "green")
        return 1 if made.checked == FAILED else 0


def check(number: str, terminal: Terminal) -> int:
    """Run the four checks over one archive, item by item; 1 when something failed."""
    with ready(load()) as zhunyu:
        found = zhunyu.archives.checking.check(archive_of(zhunyu, number).id, by=_OPERATOR)
    terminal.table(
        ("四性", "结果", "检测项", "说明"), [(one.kind, one.result, one.title, one.found) for one in found.items]
    )
    terminal.say(f"检测结果：{found.result}。", _COLOURS.get(found.result, "yellow"))
    return 1 if found.result == FAILED else 0


def export(number: str, output: Path, printed: bool, terminal: Terminal) -> int:
    """Write the package, or the whole as PDF; only its owner may read the file: it holds personal data."""
    with ready(load()) as zhunyu:
        keeping, archive = zhunyu.archives.keeping, archive_of(zhunyu, number)
        _, data = keeping.printed(operator(), archive.id) if printed else keeping.export(operator(), archive.id)
    write_private(output, data)
    terminal.say(f"已写出 {output}（含个人信息，请妥善保管）。", "green")
    return 0


def transfer(number: str, terminal: Terminal) -> int:
    """Order the transfer of one archive."""
    with ready(load()) as zhunyu:
        archive = archive_of(zhunyu, number)
        zhunyu.archives.transferring.order(operator(), archive.id)
    terminal.say(f"{archive.code} 已交付移交，由后台任务送达。", "green")
    return 0


def list_archives(text: str, terminal: Terminal) -> int:
    """Archives newest first."""
    with ready(load()) as zhunyu:
        found, more = zhunyu.archives.keeping.find(operator(), ArchiveQuery(text=text, limit=100))
    rows = [
        (one.code, one.case_number, one.holder, one.retain, str(one.version), one.checked, _STATES[one.state])
        for one in found
    ]
    if not rows:
        terminal.say("没有符合条件的档案。")
        return 0
    terminal.table(("档号", "办件编号", "申请人", "保管期限", "版本", "四性检测", "状态"), rows)
    if more:
        terminal.say("只列出最新的 100 件；请给出档号、办件编号或申请人名称。")
    return 0


def archive_of(zhunyu: Zhunyu, number: str) -> Archive:
    """The latest archive by its 档号 or its case's number; A003 when there is none."""
    with zhunyu.store.read() as tx:
        found = tx.archives.find(ArchiveQuery(text=number, limit=10))
    exact = [one for one in found if number in (one.code, one.case_number)]
    if not exact:
        advice = "请给出档号或办件编号；办件归档见 zhunyu archive make。"
        raise ZhunyuError("A003", f"没有档案 {number}。", advice, status=404)
    return exact[0]


def operator() -> Session:
    """Whoever may run the command on this machine."""
    account = Account(id="command", login="command", kind="staff", name=_OPERATOR, roles=(ROLE,), district=CITY)
    return Session(token="", account=account, subject=None, authority="", expires_at="")
