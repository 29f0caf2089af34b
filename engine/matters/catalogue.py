"""The catalogue: every matter of a folder, read and linked at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from engine.errors import Problem, ZhunyuError
from engine.matters import lint_rows, reference, structure, tree
from engine.matters.codes import warning
from engine.matters.compiled_cache import Compiled, CompiledCache, key_of, shared_key
from engine.matters.effective import written
from engine.matters.expressions import mentioned
from engine.matters.fragments import Opening
from engine.matters.guides import load_guides
from engine.matters.linker import link
from engine.matters.linking import shared_scope
from engine.matters.messages import load_messages, load_ratings
from engine.matters.reference import Reference, Shared
from engine.matters.synonyms import load_synonyms
from engine.matters.together import composed, ids_of
from engine.matters.yaml_reader import Map, Seq, read
from engine.model.guides import Guide
from engine.model.matter import Matter
from engine.model.messages import MessageRule
from engine.model.ratings import RatingRules
from engine.model.synonyms import Synonyms
from engine.rules.scope import Scope

YEARS = ("2025", "2026")  # the years in which matters of this catalogue are in force
_TESTS = ".tests.yaml"
_UNOPENED = ("M120", "M121", "M122", "M124", "M125", "M126", "M128")  # what is missing then would be told as unknown


class Catalogue(msgspec.Struct, frozen=True):
    """The matters without errors by id, the shared data, the file of each matter, and the ids of all matter files.

    `guides`, `synonyms` and `messages` are None where only one matter was read.
    """

    matters: dict[str, Matter] = {}
    reference: Reference = Reference()
    files: dict[str, str] = {}
    known: tuple[str, ...] = ()
    guides: tuple[Guide, ...] | None = None
    synonyms: Synonyms | None = None
    messages: tuple[MessageRule, ...] | None = None
    ratings: RatingRules | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    id: str
    file: str
    node: Map | None
    problems: tuple[Problem, ...]
    used: frozenset[str]


def files(root: Path) -> dict[str, Path]:
    """The matter files under `root/matters` by their stem, which is the matter's id."""
    found = sorted(path for path in (root / "matters").rglob("*.yaml") if not path.name.endswith(_TESTS))
    return {path.stem: path for path in found}


def load_catalogue(
    root: Path, only: str | None = None, cache: CompiledCache | None = None
) -> tuple[Catalogue, tuple[Problem, ...]]:
    """Read `root/matters` and `root/rules`; `only` names one matter. All problems at once; nothing is raised.

    A matter with errors is left out of the catalogue; one with warnings (W codes) stays. While a file of shared data
    cannot be read, no matter is linked: every name from it would be told as unknown. With a `cache` only what has
    changed is compiled.
    """
    shared = reference.load(root)
    paths = files(root)
    wanted = {only: paths[only]} if only in paths else ({} if only else paths)
    problems = [*shared.problems, *_shared_problems(root, shared), *_repeated(root)]
    if only is not None and only not in paths:
        advice = tree.near(only, paths) or "请检查 matters/ 里的文件名。"
        problems.append(Problem("M132", f"没有事项 {only}。", advice))
    matters: dict[str, Matter] = {}
    used: set[str] = set()
    said: set[str] = set()
    users: dict[Problem, list[str]] = {}
    compiling = _Compiling(root, shared, paths, cache)
    for path in wanted.values():
        one = compiling.of(path)
        used |= set(one.used)
        said |= set(one.said)
        problems += [found for found in one.reading if not (shared.unread and found.code == "M120")]
        for problem in dict.fromkeys(one.linking):
            users.setdefault(problem, []).append(path.stem)
        if one.matter is not None and all(map(warning, (*one.reading, *one.linking))):
            matters[one.matter.id] = one.matter
    for id in [id for id, one in matters.items() if one.batch is not None and one.batch.of_rows]:
        wrong = _rows(root, shared, paths, matters, id)
        problems += wrong
        if wrong:
            del matters[id]
    problems += [_for(problem, ids) for problem, ids in users.items()]
    if only is None:
        problems += _unused(shared, used)
        problems += _unused_expressions(shared, said)
    kept = {id: tree_path(root, paths[id]) for id in matters}
    whole = Catalogue(matters, shared.reference, kept, tuple(paths))
    if only is None:
        guides, wrong = load_guides(root, paths, matters)
        synonyms, doubtful = load_synonyms(root, matters)
        told, untold = load_messages(root)
        rated, unrated = load_ratings(root)
        problems += (*wrong, *doubtful, *untold, *unrated)
        whole = msgspec.structs.replace(whole, guides=guides, synonyms=synonyms, messages=told, ratings=rated)
    return whole, tuple(_ordered(problems))


class _Compiling:
    """Compiles matter files over one reading of the shared data, from the cache where that knows them."""

    def __init__(self, root: Path, shared: Shared, paths: dict[str, Path], cache: CompiledCache | None) -> None:
        self._root, self._shared, self._paths, self._cache = root, shared, paths, cache
        self._known = frozenset(paths)
        self._key = shared_key(root, self._known) if cache is not None else ""
        self._base: Scope | None = None

    def of(self, path: Path) -> Compiled:
        """What a matter file gives."""
        if self._cache is None:
            return self._compiled(path)
        key = key_of(self._key, path, self._paths)
        found = self._cache.get(path.stem, key)
        if found is None:
            found = self._compiled(path)
            self._cache.put(path.stem, key, found)
        return found

    def _compiled(self, path: Path) -> Compiled:
        one = _open(self._root, path, self._shared)
        said, used = tuple(dict.fromkeys(mentioned(one.node))), tuple(sorted(one.used))
        if one.node is None or self._shared.unread:
            return Compiled(None, one.problems, (), used, said)
        self._base = self._base or shared_scope(self._shared.reference)
        matter, found = link(one.node, self._shared.reference, self._known, self._base)
        return Compiled(matter, one.problems, found, used, said)


def _rows(
    root: Path, shared: Shared, paths: dict[str, Path], matters: dict[str, Matter], id: str
) -> tuple[Problem, ...]:
    """What does not fit between a matter whose batch is of rows and the matter each row is filed as."""
    batch, node = matters[id].batch, _open(root, paths[id], shared).node
    assert batch is not None and node is not None
    child = matters.get(batch.child)
    if child is None and batch.child in paths:
        made = _Compiling(root, shared, paths, None).of(paths[batch.child])
        child = made.matter if all(map(warning, (*made.reading, *made.linking))) else None
    return tuple(lint_rows.check(node, matters[id], child))


def _for(problem: Problem, ids: list[str]) -> Problem:
    """A fault inside a fragment, with the matters in which it is one; told once, however many they are."""
    if not problem.file.startswith("rules/"):
        return problem
    others = f"等 {len(ids)} 个事项" if len(ids) > 3 else ""
    return replace(problem, what=f"{problem.what.rstrip('。')}（见于 {'、'.join(ids[:3])}{others}）。")


def tree_path(root: Path, path: Path) -> str:
    """The path as an author sees it, from the project's root."""
    return path.relative_to(root).as_posix()


def _ordered(problems: list[Problem]) -> list[Problem]:
    return sorted(dict.fromkeys(problems), key=lambda one: (one.file, one.line, one.column, one.code))


def _open(root: Path, path: Path, shared: Shared) -> _Read:
    """One matter read, opened and checked for form; its node is None when it cannot be linked."""
    file = tree_path(root, path)
    node, found = read(path, file)
    problems = list(found)
    if not isinstance(node, Map):
        if not problems:
            problems.append(Problem("M112", "文件应为一组“键: 值”。", "请从 matter: 写起。", file, 1, 1))
        return _Read(path.stem, file, None, tuple(problems), frozenset())
    opening = Opening(shared.fragments)
    opened = opening.matter(node)
    if isinstance(opened.get("together"), Seq):
        opened, found = _put_together(root, opened, shared)
        problems += found
        if found:
            return _Read(path.stem, file, None, tuple(problems), frozenset(opening.used))
    wrong = structure.check(opened, "matter")
    problems += [*opening.problems, *wrong]
    if isinstance(opened.get("matter"), str) and opened["matter"] != path.stem:
        what = f"事项 id {opened['matter']} 与文件名 {path.stem} 不同。"
        problems.append(tree.at("M132", tree.place(opened, "matter"), what, "请改成一样。"))
    linkable = all(one.code == "M110" for one in wrong)  # the linker does not look at unknown keys
    whole = linkable and not any(one.code in _UNOPENED for one in problems)
    return _Read(path.stem, file, opened if whole else None, tuple(problems), frozenset(opening.used))


def _put_together(root: Path, node: Map, shared: Shared) -> tuple[Map, tuple[Problem, ...]]:
    """A matter with `together:` as one tree; M215 where a part does not exist, is put together itself, or is wrong."""
    paths, mark, parts = files(root), tree.place(node, "together"), dict[str, Map]()
    problems: list[Problem] = []
    for id in ids_of(node):
        one = _open(root, paths[id], shared) if id in paths and id not in parts else None
        if one is None:
            advice = tree.near(id, paths) if id not in paths else "请删去重复的。"
            problems.append(tree.at("M215", mark, f"没有事项 {id}，或写了两次。", advice))
        elif one.node is None or "together" in one.node:
            what = f"所含事项 {id} 有错误，或本身就是一并办理的。"
            problems.append(tree.at("M215", mark, what, "请先改正它，或直接列出它所含的事项。"))
        else:
            parts[id] = one.node
    return (node, tuple(problems)) if problems else composed(node, parts)


def _repeated(root: Path) -> Iterator[Problem]:
    seen: dict[str, Path] = {}
    for path in sorted((root / "matters").rglob("*.yaml")):
        if path.name.endswith(_TESTS):
            continue
        if path.stem in seen:
            what = f"事项 {path.stem} 在 {tree_path(root, seen[path.stem])} 已经有了。"
            yield Problem("M132", what, "请改一个 id。", tree_path(root, path), 1, 1)
        seen.setdefault(path.stem, path)


def _shared_problems(root: Path, shared: Shared) -> Iterator[Problem]:
    missing = [year for year in YEARS if year not in shared.reference.years]
    if missing:
        advice = "请按国务院办公厅公布的放假安排补上。"
        yield Problem("M174", f"工作日历没有{'、'.join(missing)}年。", advice, "rules/calendar.yaml", 1, 1)


def _unused_expressions(shared: Shared, texts: set[str]) -> Iterator[Problem]:
    known = shared.reference.expressions
    said = "\n".join((*texts, *(one.rule for one in known.values())))
    for name, one in known.items():
        if not re.search(rf"表达式\s*\.\s*「?{re.escape(name)}(?!\w)", said):
            what = f"共用表达式 {name} 没有被任何事项使用。"
            yield Problem("W105", what, "请删去。", one.file, one.line, one.column)


def _unused(shared: Shared, used: set[str]) -> Iterator[Problem]:
    for name, fragment in shared.fragments.items():
        if name not in used:
            yield tree.at("W104", fragment.mark, f"片段 {name} 没有被任何事项使用。", "请删去。")


def effective(root: Path, matter_id: str, shared: Shared | None = None) -> str:
    """The effective matter as YAML text with every fragment opened; ZhunyuError A003 when there is none,
    M101 with the problems when its file cannot be read. `shared` is what is read already of `rules/`."""
    path = files(root).get(matter_id)
    if path is None:
        raise ZhunyuError("A003", f"没有事项 {matter_id}。", status=404)
    shared = shared or reference.load(root)
    node, problems = read(path, tree_path(root, path))
    if not isinstance(node, Map):
        raise ZhunyuError("M101", f"事项 {matter_id} 读不出。", problems=problems)
    opened = Opening(shared.fragments).matter(node)
    return written(_put_together(root, opened, shared)[0] if isinstance(opened.get("together"), Seq) else opened)
