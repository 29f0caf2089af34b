"""The schema of the database: bring it up to date, and tell whether it is."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.adapters.sql.database import Database
from engine.adapters.sql.tables import (
    accounts,
    archives,
    audit,
    cases,
    certificates,
    confirmations,
    consents,
    disputes,
    drafts,
    effects,
    history,
    keys,
    matters,
    messages,
    moves,
    organisation,
    papers,
    publication,
    reports,
    safeguards,
    shadows,
    sign_in,
    signing,
    work,
)
from engine.adapters.sql.tables.metadata import metadata
from engine.errors import ZhunyuError

TABLE_MODULES = (
    accounts, archives, audit, cases, certificates, confirmations, consents, disputes, drafts, effects, history,
    keys, matters, messages, moves, organisation, papers, publication, reports, safeguards, shadows, sign_in,
    signing, work,
)  # fmt: skip
_FOLDER = Path(__file__).parent / "migrations"
_MIGRATING = 0x7A68756E  # the advisory lock that lets one process migrate at a time


def migrate(database: Database, revision: str = "head") -> None:
    """Bring the schema up to a revision; harmless when it is there already, or when several processes start at once."""
    with database.write() as connection:
        if database.dialect == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATING)))
        command.upgrade(_config(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Take the schema back to a revision; what later revisions brought is lost."""
    with database.write() as connection:
        command.downgrade(_config(connection), revision)


def require_current(database: Database) -> None:
    """ZhunyuError S002 unless the schema is the one this program was written for."""
    expected = ScriptDirectory.from_config(_config(None)).get_current_head()
    with database.read() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found != expected:
        raise ZhunyuError(
            "S002", f"数据库结构版本为 {found or '空'}，程序需要 {expected}。", "请先运行 zhunyu migrate。", status=503
        )


def differences(database: Database) -> list[str]:
    """What the migrations built other than the tables say, in words; [] when they agree."""
    with database.read() as connection:
        return [str(one) for one in compare_metadata(MigrationContext.configure(connection), metadata)]


def _config(connection: sa.Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
