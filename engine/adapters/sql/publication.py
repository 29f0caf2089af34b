"""Records of publications in SQL."""

from __future__ import annotations

import functools
from typing import Any

import sqlalchemy as sa

from engine.adapters.sql.documents import pack, unpack
from engine.adapters.sql.tables.publication import publications
from engine.ports.publication import Publication


class SqlPublications:
    """Fulfils `PublicationStore`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, publication: Publication) -> None:
        one = publication
        row = {"id": one.id, "matter": one.matter, "hash": one.hash, "at": one.at, "how": one.how}
        self._connection.execute(sa.insert(publications).values(**row, document=pack(one)))

    def of_matter(self, matter: str) -> tuple[Publication, ...]:
        query = (
            sa.select(publications.c.document)
            .where(publications.c.matter == matter)
            .order_by(publications.c.at.desc(), publications.c.id.desc())
        )
        return tuple(unpack(document, Publication) for document in self._connection.execute(query).scalars())

    def checked(self, hashes: tuple[str, ...]) -> dict[str, Publication]:
        asked = {f"hash{place}": hash for place, hash in enumerate(hashes)}
        rows = self._connection.execute(_checked(len(hashes)), asked).scalars() if hashes else ()
        found = (unpack(document, Publication) for document in rows)
        return {one.hash: one for one in found}


@functools.cache
def _checked(hashes: int) -> sa.Select[Any]:
    """The records of so many versions that stood on the shelf, oldest first."""
    wanted = [sa.bindparam(f"hash{place}", type_=publications.c.hash.type) for place in range(hashes)]
    return (
        sa.select(publications.c.document)
        .where(publications.c.hash.in_(wanted), publications.c.how.in_(("初装", "通过", "例外")))
        .order_by(publications.c.at, publications.c.id)
    )
