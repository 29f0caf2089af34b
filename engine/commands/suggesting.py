"""`zhunyu suggest`: tests that show what those of a matter do not show yet."""

from __future__ import annotations

from pathlib import Path

from engine.commands.terminal import Terminal
from engine.errors import ZhunyuError
from engine.matters.catalogue import load_catalogue
from engine.matters.test_writer import append_tests, drafted
from engine.matters.tests_file import load_file
from engine.services.matter_coverage import Places
from engine.services.suggest_proof import Solver
from engine.services.suggesting import suggest


def suggest_tests(home: Path, matter: str, write: bool, limit: int, terminal: Terminal) -> int:
    """Print the tests suggested for a matter, or append them to its test file, and tell what no scene was found for.

    Always 0: a suggestion is no fault.
    """
    catalogue, problems = load_catalogue(home)
    if matter not in catalogue.matters:
        mine = tuple(one for one in problems if one.file.endswith(f"/{matter}.yaml"))
        raise ZhunyuError("A003", f"没有事项 {matter}，或它有错误。", "请先用 zhunyu lint 检查。", problems=mine)
    path = home / (catalogue.files[matter].removesuffix(".yaml") + ".tests.yaml")
    if not path.exists():
        raise ZhunyuError("A003", f"还没有 {path.name}。", "请先写一份能通过的申请（given）和一个测试。", status=404)
    tests, wrong = load_file(path, catalogue)
    if wrong:
        raise ZhunyuError("M185", "测试文件有错误，没有建议。", "请先改正文件。", problems=wrong)
    oracle = Solver(catalogue, matter, tests.base) if tests.base is not None else None
    found = suggest(catalogue, matter, tests, limit, oracle)
    written = [one.written for one in found.found]
    if written and write:
        append_tests(path, matter, written, catalogue)
        terminal.say(f"写入 {len(written)} 个待确认的测试。请用 zhunyu confirm {matter} 逐个核对。", "green")
    elif written:
        terminal.say(drafted(path, matter, written, catalogue)[1].rstrip("\n"))
        terminal.say(f"建议 {len(written)} 个测试；加 --write 写进 {path.name}。", "yellow")
    else:
        terminal.say("没有可建议的测试。", "green")
    places = Places(home, catalogue)
    for goal, why in found.left:
        place = places.of(catalogue.matters[matter], goal.path)
        terminal.say(f"  {place} 没有建议：{goal.words}。{why}", "yellow")
    return 0
