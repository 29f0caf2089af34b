"""The store over a database: transactions with a face per aggregate, made when first asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cached_property

import sqlalchemy as sa

from engine.adapters.sql.accounts import SqlAccounts
from engine.adapters.sql.cases import SqlCases
from engine.adapters.sql.certificates import SqlCertificates
from engine.adapters.sql.database import Database
from engine.adapters.sql.drafts import SqlDrafts
from engine.adapters.sql.effects import SqlEffects
from engine.adapters.sql.facts import SqlFacts
from engine.adapters.sql.guards import SqlGuards
from engine.adapters.sql.history import SqlHistory
from engine.adapters.sql.publication import SqlPublications
from engine.adapters.sql.recalls import SqlRecalls
from engine.adapters.sql.shadows import SqlShadows
from engine.adapters.sql.versions import SqlVersions
from engine.ports.cases import Sealer


class SqlTransaction:
    """Fulfils `Transaction` over one connection."""

    def __init__(self, connection: sa.Connection, sealer: Sealer, *, writing: bool) -> None:
        self._connection, self._writing = connection, writing
        self._sealer = sealer

    @cached_property
    def accounts(self) -> SqlAccounts:
        return SqlAccounts(self._connection, self._sealer)

    @cached_property
    def cases(self) -> SqlCases:
        return SqlCases(self._connection, self._sealer)

    @cached_property
    def certificates(self) -> SqlCertificates:
        return SqlCertificates(self._connection, self._sealer)

    @cached_property
    def drafts(self) -> SqlDrafts:
        return SqlDrafts(self._connection, self._sealer)

    @cached_property
    def effects(self) -> SqlEffects:
        return SqlEffects(self._connection, self._sealer)

    @cached_property
    def facts(self) -> SqlFacts:
        return SqlFacts(self._connection, self._sealer)

    @cached_property
    def guards(self) -> SqlGuards:
        return SqlGuards(self._connection, self._sealer)

    @cached_property
    def history(self) -> SqlHistory:
        return SqlHistory(self._connection, self._sealer)

    @cached_property
    def publications(self) -> SqlPublications:
        return SqlPublications(self._connection)

    @cached_property
    def recalls(self) -> SqlRecalls:
        return SqlRecalls(self._connection)

    @cached_property
    def shadows(self) -> SqlShadows:
        return SqlShadows(self._connection)

    @cached_property
    def versions(self) -> SqlVersions:
        return SqlVersions(self._connection, writing=self._writing)


class SqlStore:
    """Fulfils `Store`."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self.database = database
        self._sealer = sealer

    @contextlib.contextmanager
    def read(self) -> Iterator[SqlTransaction]:
        """A read-only transaction with a consistent view."""
        with self.database.read() as connection:
            yield SqlTransaction(connection, self._sealer, writing=False)

    @contextlib.contextmanager
    def write(self) -> Iterator[SqlTransaction]:
        """A writing transaction; on SQLite one at a time for all processes."""
        with self.database.write() as connection:
            yield SqlTransaction(connection, self._sealer, writing=True)
