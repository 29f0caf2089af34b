"""`zhunyu lint` and `zhunyu new`: the author's side."""

from __future__ import annotations

import re
from pathlib import Path

from engine.commands.kept import compiled
from engine.commands.terminal import Terminal
from engine.errors import ZhunyuError
from engine.matters.catalogue import files, load_catalogue
from engine.matters.codes import warning


def lint(home: Path, matter: str | None, terminal: Terminal, *, proved: bool = True) -> int:
    """Print every problem at once, those of the proofs too unless `proved` is false; 1 when one of them is an error."""
    if not files(home):
        raise ZhunyuError("A003", f"{home / 'matters'} 中没有事项文件。", "可以用 zhunyu new 新建一个。")
    catalogue, problems = load_catalogue(home, matter, compiled())
    errors = [problem for problem in problems if not warning(problem)]
    for problem in problems:
        terminal.say(str(problem), "yellow" if warning(problem) else "red")
    wrong, told = len(errors), len(problems) - len(errors)
    if proved:
        from engine.commands.proving import lint_proofs

        faulty, hints = lint_proofs(home, catalogue, terminal)
        wrong, told = wrong + faulty, told + hints
    count = f"{len(catalogue.matters)} 个事项没有错误，共 {wrong} 个错误、{told} 个提醒。"
    terminal.say(count, "red" if wrong else "green")
    return 1 if wrong else 0


def scaffold(home: Path, id: str, title: str, line: str, terminal: Terminal) -> None:
    """Write a new matter with its tests and say where; nothing is overwritten."""
    from engine.matters.scaffold import scaffold as contents

    if not re.fullmatch(r"[a-z][a-z0-9_]{2,60}", id):
        raise ZhunyuError("M114", f"事项 id “{id}” 应由小写字母、数字和下划线组成。", "例如 public_place_new。")
    if id in files(home):
        raise ZhunyuError("M132", f"已有事项 {id}（{files(home)[id]}）。", "请换一个 id。")
    for name, text in contents(id, title, line).items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
        terminal.say(f"已新建 {name}", "green")
    terminal.say(f"下一步：zhunyu lint {id}，再 zhunyu test {id}。")
