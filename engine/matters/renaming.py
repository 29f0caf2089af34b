"""Renaming a field or a fact, its title or its id, in every rule, text, list and test that uses it.

The new files are made beside the old ones, read and linked again and compared: but for the name itself nothing of any
matter may differ. Otherwise nothing is written.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import Problem, ZhunyuError
from engine.matters import reference, tree
from engine.matters.catalogue import Catalogue, files, load_catalogue, tree_path
from engine.matters.codes import warning
from engine.matters.fragments import Opening
from engine.matters.name_edits import Edits, Name
from engine.matters.names import ALL_PASSED, CONTEXTS, VERDICTS, fields, of_matter
from engine.matters.renaming_check import differences
from engine.matters.scalars import replaced, scalars
from engine.matters.tests_file import load_tests
from engine.matters.yaml_reader import Map, Mark, closed_tags, parse, read
from engine.rules.profile import RESERVED
from engine.rules.scope import Scope

_ID = re.compile(r"[a-z][a-z0-9_]*")
_UNWRITABLE = re.compile(r"[「」{}\n\r\t:#\"“”]|^\s|\s$")
LONGEST = 60


@dataclass
class _Use:
    """One matter as it stands: its opened tree, its scope and the fragments it uses."""

    id: str
    node: Map
    scope: Scope
    used: frozenset[str]


@dataclass
class Renaming:
    """What a renaming would write: the texts by path, and one line for each place."""

    texts: dict[Path, str] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)


def plan(root: Path, matter: str, old: str, new: str, *, by_id: bool = False, shared: bool = False) -> Renaming:
    """The renaming of a field or fact of a matter, checked. `by_id` renames the id, `shared` allows a fragment's name.

    Raises ZhunyuError: A003 (no such matter or name), M104 (ambiguous), M130/M131 (the new name is taken), M114 (not
    a name), M125 (the name comes from a fragment), M104 with the problems when something would change besides.
    """
    paths = files(root)
    if matter not in paths:
        raise ZhunyuError("A003", f"没有事项 {matter}。", "请写事项 id。", status=404)
    before, problems = load_catalogue(root)
    if matter not in before.matters:
        wrong = tuple(one for one in problems if not warning(one))
        raise ZhunyuError("M183", f"事项 {matter} 有错误，先改正才能改名。", problems=wrong)
    uses = {id: _use(root, paths[id]) for id in before.matters}
    target, mark = _target(uses[matter], old, by_id)
    _free(uses[matter], target, new, by_id)
    own = tree_path(root, paths[matter])
    users = [one for one in uses.values() if _defines(one, target, mark)]
    if mark.file != own and not shared:
        what = f"“{old}”写在 {mark.file} 第 {mark.line} 行，用它的事项有：{'、'.join(one.id for one in users)}。"
        raise ZhunyuError("M125", what, "要在这些事项里一起改名，请加 --fragment。")
    made = _edited(root, paths, users if mark.file != own else [uses[matter]], target, new, mark, shared)
    _verify(root, before, problems, made, target, new)
    return made


def _use(root: Path, path: Path) -> _Use:
    shared = reference.load(root)
    node, _ = read(path, tree_path(root, path))
    opening = Opening(shared.fragments)
    opened = opening.matter(node)
    scope = Scope((*of_matter(opened, shared.reference, {}), *VERDICTS, ALL_PASSED), shared.reference.expressions)
    return _Use(path.stem, opened, scope, frozenset(opening.used))


def _named(node: Map) -> Iterator[tuple[Name, Mark]]:
    """Every field and fact with the place of its title; facts without a title of their own stand at their key."""
    for _, group, one in fields(node):
        name = Name(tree.text(one, "id"), tree.text(one, "title"), group, False)
        yield name, tree.place(one, "title")
    for key, one in (node.get("facts") or {}).items():
        yield Name(key, tree.text(one, "title"), "", True), tree.place(one, "title")


def _target(use: _Use, old: str, by_id: bool) -> tuple[Name, Mark]:
    group, _, title = old.rpartition(".")
    found = [
        (name, mark) for name, mark in _named(use.node)
        if (name.id == old if by_id else name.title == old or (name.title, name.group) == (title, group))
    ]  # fmt: skip
    if not found:
        known = [name.id if by_id else name.title for name, _ in _named(use.node)]
        advice = tree.near(old, known) or ("请写字段或事实的 id。" if by_id else "请写字段或事实的标题。")
        raise ZhunyuError("A003", f"事项 {use.id} 没有{'编号' if by_id else '名称'}“{old}”。", advice, status=404)
    if len(found) > 1:
        groups = "、".join(f"{name.group}.{name.title}" for name, _ in found)
        raise ZhunyuError("M104", f"名称“{old}”不止一个。", f"请写明是哪一个：{groups}。")
    name, mark = found[0]
    return Name(name.id, name.title, name.group, name.fact, by_id), _id_mark(use.node, name) if by_id else mark


def _id_mark(node: Map, name: Name) -> Mark:
    if name.fact:
        return tree.key_place(node["facts"], name.id)
    return next(tree.place(one, "id") for _, _, one in fields(node) if tree.text(one, "id") == name.id)


def _free(use: _Use, target: Name, new: str, by_id: bool) -> None:
    if by_id:
        if not _ID.fullmatch(new) or len(new) > LONGEST or new in RESERVED:
            raise ZhunyuError("M114", f"“{new}”不能作 id。", "id 由小写字母、数字和下划线组成，以字母开头。")
        taken = new in CONTEXTS or any(new in (name.id, name.title) for name, _ in _named(use.node))
    else:
        if not new.strip() or _UNWRITABLE.search(new) or len(new) > LONGEST or new in RESERVED or "." in new:
            advice = f"请用不超过 {LONGEST} 字的词，不含引号、括号、点和冒号。"
            raise ZhunyuError("M114", f"“{new}”不能作名称。", advice)
        taken = bool(use.scope.find((new,)))
    if taken:
        raise ZhunyuError("M130" if by_id else "M131", f"“{new}”已经用作别的名称。", "请换一个名称。")


def _defines(use: _Use, target: Name, mark: Mark) -> bool:
    places = [(_id_mark(use.node, name) if target.by_id else place) for name, place in _named(use.node)]
    return mark in places


def _edited(
    root: Path, paths: dict[str, Path], users: list[_Use], target: Name, new: str, mark: Mark, shared: bool
) -> Renaming:
    made = Renaming()
    for use in users:
        stems = sorted({one.partition(".")[0] for one in use.used})
        kept = [paths[use.id], paths[use.id].with_name(f"{use.id}.tests.yaml")]
        kept += reference.shared_files(root, "expressions") if shared else ()
        for path in (*kept, *(root / "rules" / "fragments" / f"{stem}.yaml" for stem in stems)):
            if path.exists():
                _file(root, path, use, target, new, mark, made, shared)
    return made


def _file(
    root: Path, path: Path, use: _Use, target: Name, new: str, mark: Mark, made: Renaming, shared: bool
) -> None:
    name = tree_path(root, path)
    tests = path.name.endswith(".tests.yaml")
    text = made.texts.get(path) or path.read_text(encoding="utf-8-sig")
    text = closed_tags(text) if tests else text
    node, _ = parse(text.encode(), name, tags=tests)
    edits = Edits(target, new, use.scope, reference.load(root).fragments, node)
    found = []
    for one in scalars(text):
        if name.startswith("rules/fragments/") and f"{path.stem}.{one.path[0]}" not in use.used:
            continue
        line = text.count("\n", 0, one.start) + 1
        column = one.start - text.rfind("\n", 0, one.start)
        changed = edits.of(one, tests, (line, column) in ((mark.line, mark.column), (mark.line, mark.column - 1)))
        if changed is not None and changed != one.text:
            found.append((one, changed))
            made.places.append(f"{name}:{line}")
    if found and name.startswith("rules/fragments/") and not shared:
        what = f"片段文件 {name} 第 {made.places[-1].rpartition(':')[2]} 行也用了“{target.title}”。"
        raise ZhunyuError("M125", what, "请先把这个名称改成片段的参数；或加 --fragment 一起改。")
    if found:
        made.texts[path] = replaced(text, found)


def _verify(
    root: Path, before: Catalogue, known: tuple[Problem, ...], made: Renaming, target: Name, new: str
) -> None:
    with tempfile.TemporaryDirectory(prefix="zhunyu-rename-") as place:
        copy = Path(place)
        for part in ("matters", "rules"):
            shutil.copytree(root / part, copy / part)
        for path, text in made.texts.items():
            (copy / path.relative_to(root)).write_text(text, encoding="utf-8")
        after, problems = load_catalogue(copy)
        fresh = _fresh(known, problems)
        for path in sorted((copy / "matters").rglob("*.tests.yaml")):
            original = load_tests(root / path.relative_to(copy), before)[1]
            fresh += _fresh(original, load_tests(path, after)[1])
    if fresh:
        raise ZhunyuError("M104", "改名以后有的地方对不上，什么都没有写。", "请先改这些地方。", problems=fresh)
    changed = differences(before, after, target, new)
    if changed:
        raise ZhunyuError("M104", f"改名会改变{'、'.join(changed)}，什么都没有写。", "这些地方请手工改。")


def _fresh(known: tuple[Problem, ...], problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    seen = {(one.file, one.line, one.code) for one in known}
    return tuple(one for one in problems if not warning(one) and (one.file, one.line, one.code) not in seen)
