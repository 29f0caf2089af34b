"""`zhunyu case-test`: a case that was handled becomes a test of its matter, without anybody's data."""

from __future__ import annotations

from engine.bootstrap import ready
from engine.commands.terminal import Terminal
from engine.commands.watching import opened_by_hand
from engine.errors import ZhunyuError
from engine.matters.catalogue import load_catalogue
from engine.matters.test_writer import append_tests, drafted
from engine.services.backtest_past import Past, read_past
from engine.services.case_tests import as_written
from engine.settings import load


def write_case_test(case: str, name: str, write: bool, terminal: Terminal) -> int:
    """Print the test made of a case, by its id or number, or append it to the matter's tests.

    A003 when there is no such case, or it cannot be read; M188 when no test can be made of it.
    """
    settings = load()
    with ready(settings) as zhunyu:
        opened_by_hand(zhunyu, "查看办件（case-test）", case)
        with zhunyu.store.read() as tx:
            past = read_past(tx, zhunyu.shelf, tx.cases.by_number(case) or case)
    if not isinstance(past, Past):
        raise ZhunyuError("A003", f"办件 {case} 不能做成测试：{past}。", "请核对办件编号。", status=404)
    catalogue, _ = load_catalogue(settings.home)
    written, _ = as_written(past, catalogue, name)
    matter = written.test.matter
    path = settings.home / (catalogue.files[matter].removesuffix(".yaml") + ".tests.yaml")
    if write:
        terminal.say(append_tests(path, matter, [written], catalogue).rstrip("\n"))
        terminal.say(f"已写进 {path.name}，个人信息已替换，结论与办件记录一致。", "green")
    else:
        terminal.say(drafted(path, matter, [written], catalogue)[1].rstrip("\n"))
        terminal.say(f"加 --write 写进 {path.name}。", "yellow")
    return 0
