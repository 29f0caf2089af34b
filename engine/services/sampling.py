"""The seed of each day's draw: made once, its digest kept at once, told when the day is over; and checking the draw."""

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.errors import ZhunyuError
from engine.ports.guards import Seed
from engine.ports.history import NewEntry
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids
from engine.stages.sampling import digest_of, drawn
from engine.trust.canonical import canonical

_SIZE = 32


class Draw(msgspec.Struct, frozen=True):
    """A day's draw checked: its seed, how many instant grants took part and were drawn, and the cases that are wrong.

    `faults` are ids of cases drawn though they should not be, or not drawn though they should.
    """

    seed: Seed
    counted: int
    drawn: int
    faults: tuple[str, ...]


class Sampling:
    """Nobody can foresee the draw while the day lasts; everybody can repeat it afterwards."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids) -> None:
        self._store, self._clock, self._ids = store, clock, ids
        self._today = ("", b"")

    def seed(self, now: datetime) -> bytes:
        """The seed of the day of an instant; the first to ask makes it, and tells those of the days before."""
        day = now.date().isoformat()
        if self._today[0] != day:
            with self._store.read() as tx:
                found = tx.guards.seed(day)
            self._today = (day, (found or self._made(day, now)).seed)
        return self._today[1]

    def days(self) -> tuple[Seed, ...]:
        """The days newest first; the seed of a day that lasts is withheld."""
        today = self._clock.now().date().isoformat()
        self._reveal(today)
        with self._store.read() as tx:
            return tuple(_shown(one, today) for one in tx.guards.seeds())

    def verify(self, day: str) -> Draw:
        """Repeat the draw of a day; A003 when there was none, C001 while the day lasts."""
        today = self._clock.now().date().isoformat()
        self._reveal(today)
        faults, counted, taken, after = list[str](), 0, 0, ""
        with self._store.read() as tx:
            seed = tx.guards.seed(day)
            if seed is None:
                raise ZhunyuError("A003", f"{day} 没有抽取。", "这一天没有需要抽查的办件。", status=404)
            if day >= today:
                raise ZhunyuError("C001", "当天的种子在次日公开。", "请次日再验证。", status=409)
            while page := tx.recalls.of_day(day, after):
                after = page[-1].case
                for grant in (one for one in page if one.share):
                    counted, taken = counted + 1, taken + grant.drawn
                    if drawn(seed.seed, grant.case, grant.share) != grant.drawn:
                        faults.append(grant.case)
        if digest_of(seed.seed) != seed.digest:
            faults.insert(0, "种子与公布的摘要不符")
        return Draw(seed, counted, taken, tuple(faults))

    def _made(self, day: str, now: datetime) -> Seed:
        at, secret = now.isoformat(timespec="seconds"), self._ids.random(_SIZE)
        made = Seed(day, secret, digest_of(secret), at)
        with self._store.write() as tx:
            if not tx.guards.keep_seed(made):
                found = tx.guards.seed(day)
                assert found is not None
                return found
            self._note(tx, day, at, "种子摘要", made.digest)
            for earlier in tx.guards.reveal(day, at):
                self._note(tx, earlier.day, at, "公开种子", earlier.seed.hex())
        return made

    def _reveal(self, today: str) -> None:
        with self._store.read() as tx:
            if not any(one.day < today and not one.revealed_at for one in tx.guards.seeds()):
                return
        at = self._clock.now().isoformat(timespec="seconds")
        with self._store.write() as tx:
            for earlier in tx.guards.reveal(today, at):
                self._note(tx, earlier.day, at, "公开种子", earlier.seed.hex())

    def _note(self, tx: Transaction, day: str, at: str, what: str, value: str) -> None:
        content = canonical({"day": day, "at": at, "what": what, "value": value})
        tx.history.add(NewEntry(self._ids.new(), f"sampling:{day}", at, "system", what, self._ids.random(16), content))


def _shown(seed: Seed, today: str) -> Seed:
    return seed if seed.day < today else msgspec.structs.replace(seed, seed=b"")
