"""Data keys kept in memory."""

from __future__ import annotations

from engine.ports.keys import DESTROYED, LIVE, DataKey


class MemoryKeys:
    """What a transaction's sealer needs of `KeyStore`."""

    def __init__(self) -> None:
        self.rows: dict[str, DataKey] = {}

    def get(self, owner: str) -> DataKey | None:
        return self.rows.get(owner)

    def add(self, key: DataKey) -> bool:
        return self.rows.setdefault(key.owner, key) is key

    def rewrap(self, before: str, key: DataKey) -> bool:
        kept = self.rows.get(key.owner)
        if kept is None or kept.token != before:
            return False
        self.rows[key.owner] = key
        return True

    def destroy(self, owner: str, at: str, reason: str) -> None:
        self.rows[owner] = DataKey(owner, "", 0, "", DESTROYED, at, reason)

    def behind(self, root: int, limit: int) -> tuple[DataKey, ...]:
        return tuple(key for key in self.rows.values() if key.state == LIVE and key.root < root)[:limit]

    def by_root(self) -> dict[int, int]:
        roots = [key.root for key in self.rows.values() if key.state == LIVE]
        return {root: roots.count(root) for root in roots}

    def destroyed(self) -> int:
        return sum(key.state == DESTROYED for key in self.rows.values())

    def drafts_of(self, case: str) -> tuple[str, ...]:
        return ()

    def pending(self, case: str) -> int:
        return 0

    def earlier(self, place: str, after: str, limit: int) -> tuple[tuple[str, str], ...]:
        return ()

    def reseal(self, place: str, cursor: str) -> bool:
        return False
