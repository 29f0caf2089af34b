"""What trust costs an application that is approved at once: the same submission with everything on and with nothing.

"Everything" is what an installation does: the applicant's and the agency's signatures with their certificate checks,
sealed data under a key of the case, the entry of the history with its tag, the case as it was. "Nothing" keeps the same
rows in the clear, signs nothing and tells the history nothing. Times are CPU seconds of the thread, and alternate.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from engine.adapters.sql.audit_past import SqlPast
from engine.adapters.sql.database import Database
from engine.adapters.sql.history import SqlHistory
from engine.adapters.sql.schema import migrate
from engine.model.case import Status
from engine.ports.cases import Sealer
from engine.ports.keys import KeyStore
from tests.bench.figures import Line, line
from tests.flow.signing_world import SECRET, SignedWorld
from tests.flow.world import World, located, session

ROUNDS, WARM, AIM = 120, 20, 1.5
SECTION = "密钥与加密"


class Clear:
    """A sealer that seals nothing."""

    def within(self, keys: KeyStore) -> Sealer:
        return self

    def of(self, owner: str) -> Sealer:
        return self

    def share(self, owner: str, other: str) -> None:
        return None

    def seal(self, place: str, row: str, plaintext: bytes) -> str:
        return plaintext.decode("utf-8")

    def open(self, place: str, row: str, token: str) -> bytes:
        return token.encode("utf-8")

    def blind(self, place: str, value: str) -> str:
        return value

    def tag(self, salt: bytes, content: bytes) -> str:
        return ""

    def entry_key(self, salt: bytes) -> bytes:
        return b""


def measure() -> list[Line]:
    """The ratio, and what the two submissions take."""
    with tempfile.TemporaryDirectory(prefix="zhunyu-bench-") as folder:
        full = SignedWorld(_database(Path(folder) / "full.db"), located(sign=("申请",)))
        full.signing._second = 20  # as installations have it; the applicants' signatures alike
        bare = World(_database(Path(folder) / "bare.db"), located(), sealer=Clear())  # type: ignore[arg-type]
        lists = full.trust.lists()  # made anew at every look by this world, read from a folder by installations
        full.trust.lists = lambda: lists  # type: ignore[method-assign]
        for number in range(ROUNDS + WARM):  # certificates are issued by their authorities, not while one applies
            who = session(number).subject
            assert who is not None
            full.service.certificates("applicant", who.code, who.name)
        taken: dict[str, list[float]] = {"full": [], "bare": []}
        for number in range(ROUNDS + WARM):
            one = {"full": _submit(full, number, SECRET)}
            with mock.patch.object(SqlHistory, "add"), mock.patch.object(SqlPast, "keep", return_value=""):
                one["bare"] = _submit(bare, number, "")
            for name, seconds in one.items():
                taken[name] += [seconds * 1000] if number >= WARM else []
        for world in (full, bare):
            world.facts.close()
            world.database.close()
    with_all, without = statistics.mean(taken["full"]), statistics.mean(taken["bare"])
    return [
        line(SECTION, "秒批提交，签名、加密、历史全开", with_all, "ms CPU", reference=f"全关 {without:.1f} ms"),
        line(SECTION, "秒批提交，全开与全关之比", with_all / without, "倍", most=AIM),
    ]


def _database(path: Path) -> Database:
    database = Database(f"sqlite:///{path}")
    migrate(database)
    return database


def _submit(world: World, number: int, secret: str) -> float:
    draft = world.draft(session(number))
    return _cpu(lambda: _filed(world, number, draft.id, secret))


def _filed(world: World, number: int, draft: str, secret: str) -> None:
    case = world.cases.submit(session(number), draft, draft, secret=secret)
    assert case.status is Status.GRANTED


def _cpu(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began
