"""Notes of the counter in SQL, sealed under the key of their draft; enquiry codes from the blind index."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from engine.adapters.sql.documents import pack, unpack
from engine.adapters.sql.tables.counter import counter_notes
from engine.model.counter import Counter
from engine.ports.cases import Sealer

_PLACE = "counter_notes.sealed"
_ENQUIRY = "cases.enquiry"
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another
_LENGTH = 8


class SqlCounter:
    """Fulfils `CounterStore`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer

    def note(self, draft: str) -> Counter | None:
        query = sa.select(counter_notes.c.sealed).where(counter_notes.c.draft == draft)
        token = self._connection.execute(query).scalar()
        return None if token is None else unpack(self._sealer.of(draft).open(_PLACE, draft, token), Counter)

    def keep(self, draft: str, counter: Counter) -> None:
        token = self._sealer.of(draft).seal(_PLACE, draft, pack(counter).encode())
        changed = self._connection.execute(
            sa.update(counter_notes).where(counter_notes.c.draft == draft).values(sealed=token)
        )
        if not changed.rowcount:
            self._connection.execute(sa.insert(counter_notes).values(draft=draft, sealed=token))

    def enquiry_code(self, number: str) -> str:
        drawn = int.from_bytes(hashlib.sha256(self._sealer.blind(_ENQUIRY, number).encode()).digest(), "big")
        signs = []
        for _ in range(_LENGTH):
            drawn, place = divmod(drawn, len(_SIGNS))
            signs.append(_SIGNS[place])
        return "".join(signs)
