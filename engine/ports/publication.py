"""Where it is kept how each publication was weighed: checks, differences, effect on past cases, who answered for it."""

from __future__ import annotations

from typing import Protocol

import msgspec


class CheckLine(msgspec.Struct, frozen=True):
    """One check before a publication in a line. `name`: 测试 | 覆盖 | 证明 …; `state`: 通过 | 未通过 | 未检查."""

    name: str
    state: str
    words: str = ""


class Publication(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a matter came onto the shelf, or off it. `id` is the line of the matter's history it belongs to.

    `how`: 初装 (no checks: nothing was on the shelf) | 通过 | 例外 (published although `failures`) | 恢复 | 撤下.
    `previous` is the hash that was current before, "" for none. `by` is a name, `account` the id of the staff account
    that answers for it where one does. `differences`, `impact` and `failures` are sentences.
    """

    id: str
    matter: str
    hash: str
    at: str
    by: str
    how: str
    previous: str = ""
    account: str = ""
    reason: str = ""
    checks: tuple[CheckLine, ...] = ()
    failures: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()
    impact: tuple[str, ...] = ()


class PublicationStore(Protocol):
    """Records are only ever added: the database itself refuses to change or delete one."""

    def add(self, publication: Publication) -> None:
        """Keep a record."""
        ...

    def of_matter(self, matter: str) -> tuple[Publication, ...]:
        """All records of a matter, newest first."""
        ...

    def checked(self, hashes: tuple[str, ...]) -> dict[str, Publication]:
        """The newest record of each of these versions, by hash."""
        ...
