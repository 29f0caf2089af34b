"""Who looked at what: views of personal data, searches, downloads, refused actions, use of tokens.

Views, searches and refusals wait in memory and are written together by a thread of this process, a fifth of a second
later at most: reading never waits for a write. Whatever hands data out (unmasking, export) is written before it does.
"""

from __future__ import annotations

import atexit
import logging
import threading
from collections import Counter, deque
from collections.abc import Mapping
from typing import NamedTuple

from engine.model.values import Json
from engine.ports.audit import TokenUse
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids
from engine.services.recording import record

GATHER = 0.2  # seconds in which views gather into one transaction
MOST = 20_000  # what may wait in memory; beyond it who looks writes and waits
REFUSALS = 60  # of one account in a minute that are written one by one; the rest as a number
_PAUSE = 1.0  # seconds after the store could not be written
logger = logging.getLogger("zhunyu.audit")


class Viewed(NamedTuple):
    """The data of a case that were shown."""

    case: str
    subject: str


class _Told(NamedTuple):
    trail: str
    at: str
    actor: str
    what: str
    content: Json
    viewed: Viewed | None


class Watching:
    """Writes into the history who saw what. `flush` before the process ends; `close` does."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids) -> None:
        self._store, self._clock, self._ids = store, clock, ids
        self._waiting: deque[_Told] = deque()
        self._uses: Counter[tuple[str, str, str, bool]] = Counter()
        self._refusals: Counter[tuple[str, str]] = Counter()
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._call, self._closed = threading.Event(), False
        self._thread: threading.Thread | None = None

    def viewed(self, account: str, what: str, content: Mapping[str, Json], case: str = "", subject: str = "") -> None:
        """Someone was shown personal data, searched, or took a file: `what` begins with 查看, 检索, 下载 or 导出."""
        shown = Viewed(case, subject) if case else None
        self._put(_Told(f"access:{account}", self._at(), account, what, dict(content), shown))

    def refused(self, account: str, what: str, content: Mapping[str, Json]) -> None:
        """An action was refused. A flood of them is written as a number."""
        at = self._at()
        minute = at[:16]
        with self._lock:
            for key in [key for key in self._refusals if key[1] != minute]:
                del self._refusals[key]
            self._refusals[account, minute] += 1
            count = self._refusals[account, minute]
        if count <= REFUSALS:
            self._put(_Told(f"refusal:{account}", at, account, what, dict(content), None))
        elif count % 1000 == 0:
            self._put(_Told(f"refusal:{account}", at, account, f"拒绝 一分钟内 {count} 次", {"count": count}, None))

    def token_used(self, account: str, name: str, refused: bool) -> None:
        """An API token was used once."""
        with self._lock:
            self._uses[self._at()[:10], account, name, refused] += 1
        self._begin()

    def told(self, trail: str, actor: str, what: str, content: Mapping[str, Json]) -> None:
        """Write now, before what it tells of happens: no entry, no data."""
        self._write([_Told(trail, self._at(), actor, what, dict(content), None)])

    def flush(self) -> None:
        """Write what waits."""
        with self._writing:
            with self._lock:
                taken, uses = list(self._waiting), self._uses
                self._waiting.clear()
                self._uses = Counter()
            if not taken and not uses:
                return
            try:
                self._write(taken, uses)
            except BaseException:
                with self._lock:
                    self._waiting.extendleft(reversed(taken))
                    self._uses.update(uses)
                raise

    def close(self) -> None:
        """Write what waits and stop; what comes later is written at once."""
        self._closed = True
        self._call.set()
        try:
            self.flush()
        except Exception:
            logger.exception("views could not be written at the end")

    def _put(self, told: _Told) -> None:
        with self._lock:
            self._waiting.append(told)
            full = len(self._waiting) >= MOST
        if full or self._closed:
            self.flush()
        else:
            self._begin()

    def _begin(self) -> None:
        """Wake the thread; it is made with the first view, so that it lives in the process that serves."""
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="watching", daemon=True)
                    self._thread.start()
                    atexit.register(self.close)
        self._call.set()

    def _run(self) -> None:
        while not self._closed:
            self._call.wait()
            self._call.clear()
            pause = threading.Event()
            pause.wait(GATHER)
            while not self._closed:
                try:
                    self.flush()
                    break
                except Exception as error:  # the store may be away: the entries wait
                    logger.warning("views wait to be written: %s", type(error).__name__)
                    pause.wait(_PAUSE)

    def _write(self, told: list[_Told], uses: Mapping[tuple[str, str, str, bool], int] | None = None) -> None:
        with self._store.write() as tx:
            for one in told:
                self._keep(tx, one)
            if uses:
                tx.activity.used(
                    tuple(TokenUse(day, account, name, n, n if refused else 0)
                          for (day, account, name, refused), n in uses.items())
                )  # fmt: skip

    def _keep(self, tx: Transaction, one: _Told) -> None:
        record(tx, self._ids, trail=one.trail, at=one.at, actor=one.actor, what=one.what, content=one.content)
        if one.viewed is not None:
            tx.activity.saw(one.at[:13], one.actor, one.viewed.case, one.viewed.subject)

    def _at(self) -> str:
        return self._clock.now().isoformat(timespec="seconds")
