"""Every place that held sealed tokens before there were data keys: whose they are, and how their rows are named."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.tables.accounts import accounts, sessions
from engine.adapters.sql.tables.cases import case_events, cases
from engine.adapters.sql.tables.certificates import certificate_versions, certificates
from engine.adapters.sql.tables.drafts import drafts, parked_answers
from engine.adapters.sql.tables.effects import fact_cache, outbox
from engine.adapters.sql.tables.history import audit_entries
from engine.adapters.sql.tables.safeguards import sampling_seeds


class Place(msgspec.Struct, frozen=True):
    """Where tokens lie: in `token` of `table`. The values of the columns `key`, joined by "/", name the row in its
    token; `owner` is the column that names whose data key it is, "" for the table's."""

    table: sa.Table
    token: str
    key: tuple[str, ...]
    owner: str = ""

    @property
    def name(self) -> str:
        """ "table.column"."""
        return f"{self.table.name}.{self.token}"

    @property
    def column(self) -> sa.Column[str]:
        """The column of the tokens."""
        return self.table.c[self.token]


PLACES = {
    place.name: place
    for place in (
        Place(cases, "sealed", ("id",), "id"),
        Place(case_events, "sealed", ("case", "seq"), "case"),
        Place(drafts, "sealed", ("id",), "id"),
        Place(parked_answers, "sealed", ("id",), "draft"),
        Place(outbox, "body", ("id",), "case"),
        Place(accounts, "sealed", ("id",)),
        Place(sessions, "subject", ("digest",)),
        Place(certificates, "sealed", ("id",)),
        Place(certificate_versions, "sealed", ("certificate", "version")),
        Place(fact_cache, "answer", ("source", "arguments")),
        Place(audit_entries, "detail", ("id",)),
        Place(sampling_seeds, "sealed", ("day",)),
    )
}
