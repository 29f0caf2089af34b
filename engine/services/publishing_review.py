"""Weighing matters before publication: what differs, what it does to past cases, and whether the checks pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from engine.errors import Problem, ZhunyuError
from engine.matters.compare import compare
from engine.model.matter import Matter
from engine.ports.accounts import Account
from engine.ports.publication import CheckLine
from engine.ports.store import Store
from engine.services.publishing import FIRST, OVERRULED, PASSED, Grounds

if TYPE_CHECKING:
    from engine.matters.catalogue import Catalogue

KEEPER = "业务管理"
SHORTEST_REASON = 10
_FEWEST_LETTERS = 5  # different ones: a reason is not one letter over and over
_LONGEST = 300  # letters quoted of a failure
_SHOWN = 200  # failures kept with a record; a matter with more is not read to the end by anybody

Check = Callable[["Catalogue", Matter], tuple[Problem, ...]]
Impact = Callable[[Matter, Matter, int], tuple[str, ...]]
Say = Callable[[str, str], None]


class Weighed(msgspec.Struct, frozen=True):
    """A matter as weighed. `before` is the hash on the shelf it was compared with, "" for none."""

    matter: Matter
    before: str
    differences: tuple[str, ...] = ()
    impact: tuple[str, ...] = ()
    checks: tuple[CheckLine, ...] = ()
    failures: tuple[str, ...] = ()


class Override(msgspec.Struct, frozen=True):
    """Who answers for a publication although checks failed, and why."""

    account: Account
    reason: str


class Review:
    """Weighs; publishes nothing.

    `checks` by name return the problems of a matter, () when it passes; `impact` tells in sentences what a new version
    does to the last cases and the open ones.
    """

    def __init__(self, *, store: Store, checks: Mapping[str, Check], impact: Impact | None = None) -> None:
        self._store, self._checks, self._impact = store, dict(checks), impact

    def differing(self, catalogue: Catalogue) -> dict[str, str]:
        """The matters that are not on the shelf as they stand in the files, with the hash that is ("" for none)."""
        with self._store.read() as tx:
            current = {one.matter: one for one in tx.versions.current()}
        found = {}
        for matter in catalogue.matters.values():
            pointer = current.get(matter.id)
            if pointer is None:
                found[matter.id] = ""
            elif (pointer.hash, pointer.state) != (matter.hash, "published"):
                found[matter.id] = pointer.hash
        return found

    def empty_shelf(self) -> bool:
        """Whether nothing was ever published here."""
        with self._store.read() as tx:
            return not tx.versions.current()

    def weigh(self, catalogue: Catalogue, id: str, before: str, last: int, say: Say) -> Weighed:
        """Weigh one matter against the version on the shelf; `say` is told of each stage: its name and the matter."""
        matter = catalogue.matters[id]
        with self._store.read() as tx:
            old = tx.versions.load(before) if before else None
        impact: tuple[str, ...] = ()
        if old is not None and old.hash != matter.hash and self._impact is not None and last > 0:
            say("推演", id)
            impact = self._replayed(old, matter, last)
        lines, failures = [], list[str]()
        for name, wrong in checked(self._checks, catalogue, matter, lambda name: say(name, id)):
            lines.append(CheckLine(name, "未通过" if wrong else "通过", f"{len(wrong)} 处" if wrong else ""))
            failures += [f"{name}：{problem}" for problem in wrong]
        if len(failures) > _SHOWN:
            failures[_SHOWN:] = [f"其余 {len(failures) - _SHOWN} 处从略。"]
        differences = compare(old, matter) if old is not None else ()
        return Weighed(matter, before, differences, impact, tuple(lines), tuple(failures))

    def _replayed(self, old: Matter, new: Matter, last: int) -> tuple[str, ...]:
        assert self._impact is not None
        try:
            return self._impact(old, new, last)
        except Exception as failure:  # it informs and decides nothing
            return (f"没有推演完：{_words_of(failure)}。",)

    def override(self, login: str, reason: str) -> Override:
        """The override of an account; A002 unless it is active staff with the role, A004 for a reason that says
        nothing."""
        return Override(self.keeper(login), weighty(reason))

    def keeper(self, login: str) -> Account:
        """The active staff account that keeps matters; A002 when the login is none."""
        with self._store.read() as tx:
            found = tx.accounts.by_login("staff", login.strip())
        if found is None or not found[0].active or KEEPER not in found[0].roles:
            raise ZhunyuError(
                "A002", f"{login.strip() or '（未写登录名）'} 不是在用的、有“{KEEPER}”角色的工作人员账号。",
                "请写业务管理员的登录名。", status=403,
            )  # fmt: skip
        return found[0]


def checked(
    checks: Mapping[str, Check], catalogue: Catalogue, matter: Matter, say: Callable[[str], None] = lambda name: None
) -> Iterator[tuple[str, tuple[Problem, ...]]]:
    """What each check finds wrong with a matter. A check that breaks has not passed: that is what it found."""
    for name, check in checks.items():
        say(name)
        try:
            yield name, check(catalogue, matter)
        except Exception as failure:
            what = f"检查没有做完：{_words_of(failure)}。"
            yield name, (Problem("A014", what, "请把这一行告诉技术支持。", catalogue.files.get(matter.id, "")),)


def _words_of(failure: Exception) -> str:
    return f"{type(failure).__name__} {failure}".strip()[:_LONGEST]


def weighty(reason: str) -> str:
    """The reason without blanks around it; A004 when it is too short to be one."""
    text = " ".join(reason.split())
    letters = text.replace(" ", "")
    if len(letters) < SHORTEST_REASON or len(set(letters)) < _FEWEST_LETTERS:
        what = f"理由没有写清楚：至少 {SHORTEST_REASON} 个字，不能是几个字的重复。"
        raise ZhunyuError("A004", what, "请写明原因和依据。", status=422)
    return text


def grounds_of(weighed: Weighed, override: Override | None) -> Grounds:
    """Why this matter may go on the shelf; A014 with every failure when it may not."""
    if weighed.failures and override is None:
        raise ZhunyuError(
            "A014", f"事项 {weighed.matter.id} 有 {len(weighed.failures)} 处没有通过发布前检查。",
            "请改正后再发布；确需先发布的，由业务管理员写明理由。", status=409,
            problems=tuple(Problem("A014", words, file=weighed.matter.id) for words in weighed.failures),
        )  # fmt: skip
    overruled = bool(weighed.failures) and override is not None
    return Grounds(
        before=weighed.before, how=OVERRULED if overruled else PASSED,
        account=override.account.id if overruled and override else "",
        reason=override.reason if overruled and override else "",
        checks=weighed.checks, failures=weighed.failures, impact=weighed.impact,
    )  # fmt: skip


def first_grounds(catalogue: Catalogue) -> dict[str, Grounds]:
    """The grounds of a first installation: nothing was on the shelf, and nothing is checked."""
    unchecked = (CheckLine("发布前检查", "未检查", "初装"),)
    return {id: Grounds("", FIRST, checks=unchecked) for id in catalogue.matters}
