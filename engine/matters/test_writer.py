"""Writing tests into the file beside a matter, in the style people write them, and changing nothing else in it."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml

from engine.errors import ZhunyuError
from engine.matters import test_layout, tree
from engine.matters.catalogue import Catalogue
from engine.matters.test_scenes import differences, mapped, meaning, scene
from engine.matters.tests_file import UNCONFIRMED, MatterTest, TestsFile, parse_file, scene_of, shown
from engine.matters.yaml_reader import Map, closed_tags, parse
from engine.model.matter import Matter
from engine.model.values import Json

_AWAITING = re.compile(rf"expect\s*:\s*([\"']?){UNCONFIRMED}\1")
_REFUSED = "请手工把这个测试写进文件。"


class WrittenTest(msgspec.Struct, frozen=True):
    """A test to be written: whole and resolved, as the loader would give it, and a comment to stand above it.

    Of `test`, `file` and `line` do not matter. `answers`, `facts` and `original` are as stored; a fact that is not
    named is one whose source does not answer. `expect` is written as it is; with `unconfirmed` 待确认 is written.
    """

    test: MatterTest
    why: str = ""


def append_tests(path: Path, matter: str, tests: Sequence[WrittenTest], catalogue: Catalogue) -> str:
    """Append tests to a matter's test file, at once or not at all; the YAML that was added.

    Each test says only what differs from the scene of the file; a name that is taken gets a number. Everything else
    in the file stays byte for byte. Where there is no file, a new one is made whose scene is that of the first test.
    M185 when the file cannot take them, or would not be read back to the same meaning; nothing is changed then.
    """
    data, added = drafted(path, matter, tests, catalogue)
    replace(path, data)
    return added


def drafted(path: Path, matter: str, tests: Sequence[WrittenTest], catalogue: Catalogue) -> tuple[bytes, str]:
    """What the file would be with the tests appended, and the YAML added; as `append_tests`, writing nothing."""
    found = catalogue.matters.get(matter)
    if found is None:
        raise ZhunyuError("A003", f"没有事项 {matter}，或它有错误。", "请先用 zhunyu lint 检查。", status=404)
    old = path.read_bytes() if path.exists() else b""
    before, problems = parse_file(old, shown(path), catalogue) if old else (TestsFile(), ())
    if problems:
        raise ZhunyuError("M185", "测试文件有错误，没有改动。", "请先改正文件。", problems=problems)
    tests = tuple(_named(tests, {one.name for one in before.tests}))
    data, added = _inserted(old, found, tests, catalogue) if old else _new(found, tests, catalogue)
    after, problems = parse_file(data, shown(path), catalogue)
    kept = [meaning(one, found, catalogue) for one in before.tests]
    wanted = [*kept, *(meaning(one.test, found, catalogue) for one in tests)]
    if problems or wanted != [meaning(one, found, catalogue) for one in after.tests]:
        raise ZhunyuError("M185", "写出的测试读不回原来的意思，没有改动。", _REFUSED, problems=problems)
    return data, added


def confirmed(path: Path, name: str, expect: dict[str, Json], catalogue: Catalogue) -> bytes:
    """The file with the expectation of an unconfirmed test filled in, all else byte for byte; nothing is written.

    A003 when the file has no unconfirmed test of this name; M185 when the file cannot be edited safely.
    """
    old = path.read_bytes()
    before, problems = parse_file(old, shown(path), catalogue)
    if problems:
        raise ZhunyuError("M185", "测试文件有错误，没有改动。", "请先改正文件。", problems=problems)
    if not any(one.name == name and one.unconfirmed for one in before.tests):
        raise ZhunyuError("A003", f"没有待确认的测试“{name}”。", "请用 zhunyu test 查看待确认的测试。", status=404)
    node, _ = parse(old, "", tags=True)
    own = next(one for one in node["tests"] if tree.text(one, "name") == name)
    lines = old.split(b"\n")
    row = tree.place(own, "expect").line - 1
    mark = own.key_at["expect"]
    block = None if own.flow else "\n".join(test_layout.entry("expect", expect, mark.column - 1)).lstrip()
    lines[row] = _filled(lines[row].decode("utf-8"), block, expect).encode()
    data = b"\n".join(lines)
    after, problems = parse_file(data, shown(path), catalogue)
    wanted = [
        msgspec.structs.replace(one, expect=expect, unconfirmed=False) if one.name == name else one
        for one in before.tests
    ]
    matter = catalogue.matters[before.tests[0].matter]
    if problems or [meaning(one, matter, catalogue) for one in wanted] != [
        meaning(one, matter, catalogue) for one in after.tests
    ]:
        raise ZhunyuError("M185", "写出的期望读不回原来的意思，没有改动。", _REFUSED, problems=problems)
    return data


def _filled(line: str, block: str | None, expect: dict[str, Json]) -> str:
    """A line with 待确认 taken out and the expectation put in; a block only where the line says nothing else."""
    ending = "\r" if line.endswith("\r") else ""
    found = _AWAITING.search(line)
    if found is None:
        raise ZhunyuError("M185", "找不到要填的 expect: 待确认，没有改动。", _REFUSED)
    alone = block is not None and not line[: found.start()].strip(" -")
    new = block if alone and block is not None else f"expect: {test_layout.flow(expect)}"
    return line[: found.start()] + new.replace("\n", f"{ending}\n") + line[found.end() :]


def replace(path: Path, data: bytes) -> None:
    """Put a file in the place of another, whole or not at all; its permissions stay."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise


def _named(tests: Iterable[WrittenTest], taken: set[str]) -> Iterator[WrittenTest]:
    for one in tests:
        name, number = one.test.name, 1
        while name in taken:
            number += 1
            name = f"{one.test.name}（{number}）"
        taken.add(name)
        yield msgspec.structs.replace(one, test=msgspec.structs.replace(one.test, name=name))


def _inserted(old: bytes, matter: Matter, tests: Sequence[WrittenTest], catalogue: Catalogue) -> tuple[bytes, str]:
    node, _ = parse(old, "", tags=True)
    row, indent = _end_of_tests(old)
    lines = old.split(b"\n")
    ending = "\r\n" if lines[0].endswith(b"\r") else "\n"
    base = scene_of(node)
    added = "\n".join(line for one in tests for line in _lines(one, base, matter, catalogue, indent)) + "\n"
    before = b"\n".join(lines[:row])
    if row >= len(lines) and not before.endswith(b"\n"):
        before += ending.encode()
    elif not before.endswith(b"\n"):
        before += b"\n"
    return before + added.replace("\n", ending).encode() + b"\n".join(lines[row:]), added


def _end_of_tests(old: bytes) -> tuple[int, int]:
    """After which line of the file the last test ends, and by how much tests are indented."""
    text = closed_tags(old.decode("utf-8-sig"))
    depth, key, inside, row, indent = 0, "", False, 0, 0
    events: Iterator[Any] = iter(yaml.parse(text, Loader=yaml.CSafeLoader))
    for event in events:
        opens = isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent)
        closes = isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent)
        if opens and depth == 1 and key == "tests":
            inside, indent = True, event.start_mark.column
            if getattr(event, "flow_style", False):
                raise ZhunyuError("M185", "tests 写成了一行 […]，没有改动。", "请先改成一项一行、以“- ”开头。")
        depth += opens - closes
        if inside and depth == 1:
            break
        if isinstance(event, yaml.ScalarEvent):
            key = ("" if key else event.value) if depth == 1 else key
        elif closes and depth == 1:
            key = ""
        flow_end = closes and event.end_mark.index > event.start_mark.index
        if inside and (isinstance(event, yaml.ScalarEvent) or flow_end):
            row = event.end_mark.line + (event.end_mark.column > 0)
    lines = text.split("\n")
    while row > 0 and not lines[row - 1].strip():
        row -= 1
    return row, indent


def _new(matter: Matter, tests: Sequence[WrittenTest], catalogue: Catalogue) -> tuple[bytes, str]:
    """A file whose scene is that of the first test."""
    whole = {key: value for key, value in scene(tests[0].test, matter, catalogue).items() if value}
    lines = [f"matter: {matter.id}"]
    for key, value in whole.items():
        if key in ("given", "facts", "original", "records"):
            lines += [f"{key}:", *(line for name, one in value.items() for line in test_layout.entry(name, one, 2))]
        else:
            lines += test_layout.entry(key, value, 0)
    base = mapped(whole)
    lines += ["", "tests:", *(line for one in tests for line in _lines(one, base, matter, catalogue, 2))]
    text = "\n".join(lines) + "\n"
    return text.encode(), text


def _lines(one: WrittenTest, base: Map, matter: Matter, catalogue: Catalogue, indent: int) -> Iterator[str]:
    test = one.test
    for line in one.why.splitlines():
        yield f"{' ' * indent}# {line}".rstrip()
    yield f"{' ' * indent}- name: {test_layout.scalar(test.name)}"
    own = differences(test, base, matter, catalogue)
    expect: Any = UNCONFIRMED if test.unconfirmed else test.expect
    for key, value in {**own, "expect": expect}.items():
        yield from test_layout.entry(key, value, indent + 2)
