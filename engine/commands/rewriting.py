"""`zhunyu fmt` and `zhunyu rename`: rewriting files of matters, tests and rules without changing what they mean."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from engine.commands.terminal import Terminal
from engine.errors import ZhunyuError
from engine.matters import reference
from engine.matters.catalogue import files, tree_path
from engine.matters.formatting import formatted
from engine.matters.reference import SECTIONS


def tidy(home: Path, matters: Sequence[str], check: bool, terminal: Terminal) -> int:
    """Tidy the files of some matters, or all files; with `check` only list them. 1 when one is untidy or unreadable."""
    fragments = reference.load(home).fragments
    changed: dict[Path, str] = {}
    refused = 0
    for path in _chosen(home, matters):
        name = tree_path(home, path)
        data = path.read_bytes()
        text, problems = formatted(data, name, fragments, rules=_has_rules(home, path), tests=_is_test(path))
        for problem in problems:
            terminal.say(str(problem), "red")
        refused += text is None
        if text is not None and text.encode() != data:
            changed[path] = text
    if not check:
        write_all(changed)
    for path in changed:
        terminal.say(f"{'需要整理' if check else '已整理'} {tree_path(home, path)}", "yellow" if check else "green")
    left = f"，{refused} 个有错误没有整理" if refused else ""
    terminal.say(f"{len(changed)} 个文件{'需要整理' if check else '已整理'}{left}。")
    return 1 if refused or (check and changed) else 0


def tidy_stream(home: Path, terminal: Terminal) -> int:
    """Tidy standard input to standard output; with a fault the text is given back as it was, and 1."""
    data = sys.stdin.buffer.read()
    fragments = reference.load(home).fragments
    tests = b"\ntests:" in b"\n" + data
    text, problems = formatted(data, "<stdin>", fragments, rules=not tests, tests=tests)
    for problem in problems:
        terminal.error(str(problem))
    sys.stdout.buffer.write(data if text is None else text.encode())
    sys.stdout.flush()
    return 1 if text is None else 0


def rename(home: Path, matter: str, old: str, new: str, by_id: bool, shared: bool, terminal: Terminal) -> None:
    """Rename a field or fact and say where it was written; ZhunyuError, with nothing written, when it cannot be."""
    from engine.matters.renaming import plan

    made = plan(home, matter, old, new, by_id=by_id, shared=shared)
    write_all(made.texts)
    for place in made.places:
        terminal.say(place)
    terminal.say(f"“{old}”已改为“{new}”：{len(made.texts)} 个文件，{len(made.places)} 处。", "green")


def _is_test(path: Path) -> bool:
    return path.name.endswith(".tests.yaml")


def _has_rules(home: Path, path: Path) -> bool:
    name = tree_path(home, path)
    shared = name.startswith(("rules/fragments/", "rules/expressions"))
    return shared or (name.startswith("matters/") and not _is_test(path))


def _chosen(home: Path, matters: Sequence[str]) -> Iterator[Path]:
    known = files(home)
    for matter in matters:
        if matter not in known:
            raise ZhunyuError("A003", f"没有事项 {matter}。", "请写事项 id，不写则整理全部文件。")
        yield known[matter]
        beside = known[matter].with_name(f"{matter}.tests.yaml")
        if beside.exists():
            yield beside
    if not matters:
        yield from sorted((home / "matters").rglob("*.yaml"))
        yield from sorted((home / "rules").glob("*.yaml"))
        for folder in (*SECTIONS, "fragments"):
            yield from sorted((home / "rules" / folder).glob("*.yaml"))


def write_all(texts: Mapping[Path, str]) -> None:
    """Write every file or none: all are written beside their places first, then moved; a move that fails is undone."""
    texts = {path.resolve(): text for path, text in texts.items()}  # a link stays a link
    ready: dict[Path, str] = {}
    before = {path: path.read_bytes() for path in texts}
    done: list[Path] = []
    try:
        for path, text in texts.items():
            ready[path] = _beside(path, text.encode())
        for path, made in ready.items():
            os.replace(made, path)
            done.append(path)
    except OSError:
        for path in done:
            os.replace(_beside(path, before[path]), path)
        raise
    finally:
        for path, made in ready.items():
            if path not in done and os.path.exists(made):
                os.unlink(made)


def _beside(path: Path, data: bytes) -> str:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(name, path.stat().st_mode & 0o777)
    return name
