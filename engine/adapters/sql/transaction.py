"""The store over a database: transactions with a face per aggregate, made when first asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cached_property

import sqlalchemy as sa

from engine.adapters.keys_data import SharedKeys
from engine.adapters.sql.accounts import SqlAccounts
from engine.adapters.sql.archive_basis import SqlBasisFiles
from engine.adapters.sql.archives import SqlArchives
from engine.adapters.sql.asked import SqlAsked
from engine.adapters.sql.audit import SqlActivity, SqlRuns
from engine.adapters.sql.audit_past import SqlPast
from engine.adapters.sql.audit_trace import SqlTraces
from engine.adapters.sql.batches import SqlBatches
from engine.adapters.sql.case_keys import SqlDataKeys
from engine.adapters.sql.cases import SqlCases
from engine.adapters.sql.certificates import SqlCertificates
from engine.adapters.sql.confirmations import SqlConfirmations
from engine.adapters.sql.consents import SqlChanges, SqlConsents
from engine.adapters.sql.copies import SqlCopies
from engine.adapters.sql.counter import SqlCounter
from engine.adapters.sql.database import Database
from engine.adapters.sql.disputes import SqlDisputes
from engine.adapters.sql.drafts import SqlDrafts
from engine.adapters.sql.effects import SqlEffects
from engine.adapters.sql.endings import SqlEndings
from engine.adapters.sql.facts import SqlFacts
from engine.adapters.sql.guards import SqlGuards
from engine.adapters.sql.hand_work import SqlHandWork
from engine.adapters.sql.history import SqlHistory
from engine.adapters.sql.messages import SqlMessages
from engine.adapters.sql.opinions import SqlOpinions
from engine.adapters.sql.organisation import SqlOrganisation
from engine.adapters.sql.papers import SqlPapers
from engine.adapters.sql.publication import SqlPublications
from engine.adapters.sql.publicity import SqlPublicity
from engine.adapters.sql.ratings import SqlRatings
from engine.adapters.sql.recalls import SqlRecalls
from engine.adapters.sql.reports import SqlReports
from engine.adapters.sql.rows import SqlRows
from engine.adapters.sql.shadows import SqlShadows
from engine.adapters.sql.sign_in import SqlSignIn
from engine.adapters.sql.signed_acts import SqlSigning
from engine.adapters.sql.similar import SqlSimilar
from engine.adapters.sql.uses import SqlUses
from engine.adapters.sql.versions import SqlVersions
from engine.adapters.sql.work import SqlWork
from engine.ports.keys import StoreSealer


class SqlTransaction:
    """Fulfils `Transaction` over one connection."""

    def __init__(self, connection: sa.Connection, sealer: StoreSealer, *, writing: bool) -> None:
        self._connection, self._writing = connection, writing
        self.keys = SqlDataKeys(connection)
        self._sealer = self.keys.sealer = sealer.within(self.keys)

    @cached_property
    def accounts(self) -> SqlAccounts:
        return SqlAccounts(self._connection, self._sealer)

    @cached_property
    def archives(self) -> SqlArchives:
        return SqlArchives(self._connection, self._sealer)

    @cached_property
    def asked(self) -> SqlAsked:
        return SqlAsked(self._connection)

    @cached_property
    def basis_files(self) -> SqlBasisFiles:
        return SqlBasisFiles(self._connection, self._sealer)

    @cached_property
    def activity(self) -> SqlActivity:
        return SqlActivity(self._connection, self._sealer)

    @cached_property
    def batches(self) -> SqlBatches:
        return SqlBatches(self._connection)

    @cached_property
    def cases(self) -> SqlCases:
        return SqlCases(self._connection, self._sealer)

    @cached_property
    def certificates(self) -> SqlCertificates:
        return SqlCertificates(self._connection, self._sealer)

    @cached_property
    def changes(self) -> SqlChanges:
        return SqlChanges(self._connection)

    @cached_property
    def confirmations(self) -> SqlConfirmations:
        return SqlConfirmations(self._connection, self._sealer)

    @cached_property
    def consents(self) -> SqlConsents:
        return SqlConsents(self._connection, self._sealer)

    @cached_property
    def counter(self) -> SqlCounter:
        return SqlCounter(self._connection, self._sealer)

    @cached_property
    def copies(self) -> SqlCopies:
        return SqlCopies(self._connection)

    @cached_property
    def disputes(self) -> SqlDisputes:
        return SqlDisputes(self._connection)

    @cached_property
    def drafts(self) -> SqlDrafts:
        return SqlDrafts(self._connection, self._sealer)

    @cached_property
    def effects(self) -> SqlEffects:
        return SqlEffects(self._connection, self._sealer)

    @cached_property
    def endings(self) -> SqlEndings:
        return SqlEndings(self._connection)

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
    def opinions(self) -> SqlOpinions:
        return SqlOpinions(self._connection)

    @cached_property
    def organisation(self) -> SqlOrganisation:
        return SqlOrganisation(self._connection)

    @cached_property
    def papers(self) -> SqlPapers:
        return SqlPapers(self._connection)

    @cached_property
    def messages(self) -> SqlMessages:
        return SqlMessages(self._connection, self._sealer)

    @cached_property
    def past(self) -> SqlPast:
        return SqlPast(self._connection, self._sealer)

    @cached_property
    def publications(self) -> SqlPublications:
        return SqlPublications(self._connection)

    @cached_property
    def publicity(self) -> SqlPublicity:
        return SqlPublicity(self._connection)

    @cached_property
    def ratings(self) -> SqlRatings:
        return SqlRatings(self._connection, self._sealer)

    @cached_property
    def recalls(self) -> SqlRecalls:
        return SqlRecalls(self._connection)

    @cached_property
    def reports(self) -> SqlReports:
        return SqlReports(self._connection, self._sealer)

    @cached_property
    def rows(self) -> SqlRows:
        return SqlRows(self._connection, self._sealer)

    @cached_property
    def runs(self) -> SqlRuns:
        return SqlRuns(self._connection)

    @cached_property
    def shadows(self) -> SqlShadows:
        return SqlShadows(self._connection)

    @cached_property
    def sign_in(self) -> SqlSignIn:
        return SqlSignIn(self._connection, self._sealer)

    @cached_property
    def signing(self) -> SqlSigning:
        return SqlSigning(self._connection, self._sealer)

    @cached_property
    def similar(self) -> SqlSimilar:
        return SqlSimilar(self._connection)

    @cached_property
    def traces(self) -> SqlTraces:
        return SqlTraces(self._connection, self._sealer)

    @cached_property
    def uses(self) -> SqlUses:
        return SqlUses(self._connection)

    @cached_property
    def versions(self) -> SqlVersions:
        return SqlVersions(self._connection, writing=self._writing)

    @cached_property
    def hand_work(self) -> SqlHandWork:
        return SqlHandWork(self._connection)

    @cached_property
    def work(self) -> SqlWork:
        return SqlWork(self._connection)


class SqlStore:
    """Fulfils `Store`."""

    def __init__(self, database: Database, sealer: StoreSealer) -> None:
        self.database = database
        self._sealer = sealer

    def data_key(self, owner: str) -> bytes:
        """The data key of a case, a draft or "files", made when there is none; ZhunyuError K006 when destroyed."""
        assert isinstance(self._sealer, SharedKeys)
        with self.database.read() as connection:
            key = self._sealer.owner_key(SqlDataKeys(connection), owner)
        if key is not None:
            return key
        with self.database.write() as connection:
            made = self._sealer.owner_key(SqlDataKeys(connection), owner, make=True)
        assert made is not None
        return made

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
