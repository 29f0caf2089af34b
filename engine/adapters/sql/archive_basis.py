"""Basis files 基础档案 in SQL: one per holder or product, found by title or by the whole key."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine.adapters.sql.database import add_once, contains
from engine.adapters.sql.tables.archives import basis_files, basis_members
from engine.ports.archives import BasisFile
from engine.ports.cases import Sealer

_KEY, _SEALED = "basis_files.key_index", "basis_files.sealed"


class SqlBasisFiles:
    """Fulfils `BasisStore`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer

    def put(self, file: BasisFile, case: str, at: str, district: str) -> str:
        index = self._sealer.blind(_KEY, file.key)
        row = {
            "id": file.id, "kind": file.kind, "line": file.line, "key_index": index, "title": file.title,
            "natural": file.natural, "updated_at": at,
            "sealed": self._sealer.seal(_SEALED, file.id, file.key.encode()),
        }  # fmt: skip
        add_once(self._connection, basis_files, row)
        same = (
            basis_files.c.kind == file.kind, basis_files.c.line == file.line, basis_files.c.key_index == index,
        )  # fmt: skip
        id = str(self._connection.execute(sa.select(basis_files.c.id).where(*same)).scalar_one())
        change = {"title": file.title, "updated_at": at}  # the name it goes by today
        self._connection.execute(sa.update(basis_files).where(basis_files.c.id == id).values(change))
        add_once(self._connection, basis_members, {"file": id, "case": case, "at": at, "district": district})
        return id

    def load(self, id: str) -> BasisFile | None:
        row = self._connection.execute(sa.select(basis_files).where(basis_files.c.id == id)).first()
        return None if row is None else self._file(row)

    def find(self, text: str, line: str, kind: str, district: str, after: str, limit: int) -> tuple[BasisFile, ...]:
        query = sa.select(basis_files).order_by(basis_files.c.id.desc()).limit(limit)
        if text:
            index = self._sealer.blind(_KEY, text)
            query = query.where(sa.or_(basis_files.c.key_index == index, contains(basis_files.c.title, text)))
        if line:
            query = query.where(basis_files.c.line == line)
        if kind:
            query = query.where(basis_files.c.kind == kind)
        if district:
            mine = sa.exists().where(basis_members.c.file == basis_files.c.id, basis_members.c.district == district)
            query = query.where(mine)
        if after:
            query = query.where(basis_files.c.id < after)
        return tuple(self._file(row) for row in self._connection.execute(query))

    def members(self, id: str) -> tuple[str, ...]:
        query = sa.select(basis_members.c.case).where(basis_members.c.file == id)
        return tuple(self._connection.execute(query.order_by(basis_members.c.at, basis_members.c.case)).scalars())

    def of_case(self, case: str) -> tuple[BasisFile, ...]:
        query = sa.select(basis_files).join(basis_members, basis_members.c.file == basis_files.c.id)
        return tuple(self._file(row) for row in self._connection.execute(query.where(basis_members.c.case == case)))

    def lines(self) -> tuple[str, ...]:
        query = sa.select(basis_files.c.line).distinct().order_by(basis_files.c.line)
        return tuple(self._connection.execute(query).scalars())

    def _file(self, row: sa.Row[Any]) -> BasisFile:
        key = self._sealer.open(_SEALED, row.id, row.sealed).decode()
        return BasisFile(row.id, row.kind, row.line, key, row.title, row.updated_at, row.natural)
