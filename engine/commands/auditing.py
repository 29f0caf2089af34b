"""`zhunyu audit`: verify the history, hand out the evidence of a case, keep the checkpoints elsewhere."""

from __future__ import annotations

from pathlib import Path

import msgspec

from engine.bootstrap import Zhunyu, ready
from engine.commands.private_file import write_private
from engine.commands.terminal import Terminal
from engine.commands.watching import opened_by_hand
from engine.decoding import decoded
from engine.errors import ZhunyuError
from engine.services.history import Verification
from engine.settings import load
from engine.trust.history import Checkpoint

_PAGE = 1000


def verify(case: str, since: int, links_only: bool, custodian: Path | None, terminal: Terminal) -> int:
    """Verify the whole history, what is after a number, or one case; 0 when nothing was altered."""
    kept = read_checkpoints(custodian) if custodian else ()
    with ready(load()) as zhunyu:
        if case:
            found = zhunyu.history.verify_case(case_id(zhunyu, case))
        else:
            with terminal.counting("核验") as count:
                found = zhunyu.history.verify(since=since, contents=not links_only, custodian=kept, progress=count)
    return _tell(found, terminal)


def bundle(case: str, output: Path, terminal: Terminal) -> int:
    """Write the evidence of a case; only its owner may read the file: it holds personal data."""
    with ready(load()) as zhunyu:
        opened_by_hand(zhunyu, "导出存证包", case)
        data = zhunyu.history.bundle(case_id(zhunyu, case))
    write_private(output, data)
    terminal.say(f"已写出 {output}（含个人信息，请妥善保管）。", "green")
    terminal.say("核验：zhunyu verify 文件，或 python tools/verify_bundle.py 文件 audit-trusted.json。")
    return 0


def check_report(file: Path, terminal: Terminal) -> int:
    """Check the signature of a trace report; 0 when it is as it was made."""
    with ready(load()) as zhunyu:
        state, reason = zhunyu.audit.reports.check(file.read_bytes())
    terminal.say(f"{'有效' if state == 'valid' else '无效'}　{reason}".strip(), "green" if state == "valid" else "red")
    return 0 if state == "valid" else 1


def export_checkpoints(output: Path, terminal: Terminal) -> int:
    """Append the checkpoints that a file does not hold yet, one a line: the copy for a second custodian."""
    after = max((one.batch for one in read_checkpoints(output)), default=0) if output.exists() else 0
    count = 0
    with ready(load()) as zhunyu, output.open("ab") as file, zhunyu.store.read() as tx:
        while page := tx.history.checkpoints(after, _PAGE):
            file.writelines(msgspec.json.encode(one) + b"\n" for one in page)
            after, count = page[-1].batch, count + len(page)
    terminal.say(f"已写出 {count} 个检查点到 {output}。", "green")
    return 0


def read_checkpoints(path: Path) -> tuple[Checkpoint, ...]:
    """The checkpoints of such a file; K001 with the line where it is damaged."""
    found = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            found.append(decoded(line, Checkpoint))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ZhunyuError("K001", f"{path} 第 {number} 行不是检查点。", "请用另存处的原文件。") from error
    return tuple(found)


def case_id(zhunyu: Zhunyu, text: str) -> str:
    """The id of a case given by number or id; A003 when there is none."""
    with zhunyu.store.read() as tx:
        found = tx.cases.by_number(text) or (text if tx.cases.version(text) else None)
    if found is None:
        raise ZhunyuError("A003", f"没有办件 {text}。", "请核对办件编号。", status=404)
    return found


def _tell(found: Verification, terminal: Terminal) -> int:
    for fault in found.faults:
        place = f"{fault.number} 号　" if fault.number else ""
        terminal.say(f"✗ {fault.kind}　{place}{fault.text}", "red")
    rows = [
        ("已封存的记录", str(found.entries)), ("检查点", str(found.checkpoints)), ("比对过的内容", str(found.contents)),
        ("尚未封存", str(found.unsealed)), ("内容已按规定销毁", str(found.destroyed)),
    ]  # fmt: skip
    terminal.table(("项目", "数量"), rows)
    if found.faults:
        terminal.say(f"历史被改动过：共 {len(found.faults)} 处。", "red")
        return 1
    terminal.say("历史完整，没有发现改动。", "green")
    return 0
