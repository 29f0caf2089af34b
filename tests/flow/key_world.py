"""A world whose keys lie in a key store of their own, sealed files beside it; and processes that are cut off."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.adapters.files import DirectoryFiles, SealedFiles
from engine.adapters.keys import KeyFolder, RingHistoryKeys, RingSealer
from engine.adapters.keys_admin import SETTLED, FolderAdmin
from engine.adapters.passwords import Argon2Passwords
from engine.adapters.sql.database import Database
from engine.adapters.sql.sealed_places import PLACES
from engine.adapters.sql.tables.metadata import metadata
from engine.model.case import Case
from engine.ports.accounts import Account
from engine.services.accounts import Accounts
from engine.services.history import History
from engine.services.keys import Keys
from engine.services.upload_place import upload_key
from engine.trust.envelope import seal_field
from engine.trust.files import seal_file
from engine.trust.provider import SoftwareCrypto
from tests.flow.world import COPY, PLAN, World, session

PASSWORD = "Keys-of-tests-2026"
SCAN = b"%PDF-1.7 a scanned plan \xe7\xa4\xba" * 50


class KeyWorld:
    """An installation in a folder. `restarted` is the same one as another process sees it."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder
        self.store_folder = KeyFolder(folder / "keys", "a passphrase of tests", 100_000)
        self.crypto = SoftwareCrypto(self.store_folder.ring(), secrets.token_bytes, self.store_folder.ring)
        self.sealer = RingSealer(self.crypto)
        self.world = World(database, sealer=self.sealer)
        self.disk = DirectoryFiles(folder / "files")
        self.files = SealedFiles(self.disk, self.store_folder.ring, self.world.store.data_key)
        self.world.cases._files = self.files
        self.keys = Keys(
            store=self.world.store, clock=self.world.clock, ids=self.world.ids, wrapping=self.sealer, files=self.files,
            admin=FolderAdmin(self.store_folder, folder / "keys", time.time), places=PLACES,
        )  # fmt: skip
        self.history = History(
            store=self.world.store, clock=self.world.clock, keys=RingHistoryKeys(self.crypto, self.sealer)
        )

    def restarted(self) -> KeyWorld:
        self.world.facts.close()
        return KeyWorld(self.database, self.folder)

    def staff(self, *logins: str) -> None:
        passwords = Argon2Passwords(memory_kib=64, passes=1)
        accounts = Accounts(store=self.world.store, clock=self.world.clock, ids=self.world.ids, passwords=passwords)
        for login in logins:
            accounts.create(Account("", login, "staff", f"示{login}", roles=("系统",), district="黄浦区"), PASSWORD)

    def settled(self, number: int = 1) -> Case:
        """A closed case of an applicant, with files, of which everything has been pushed."""
        draft = self.world.draft(session(number))
        for upload in (PLAN, COPY):
            self.files.put(upload_key(upload.id), SCAN, draft.id)
        case = self.world.cases.submit(session(number), draft.id, draft.id)
        self.carry_out()
        return self.world.load(case.id)

    def carry_out(self) -> None:
        effects = self.world.effects()
        while jobs := effects.claim(("push", "seal_certificate"), 20):
            for job in jobs:
                effects.run(job)

    def seal_history(self) -> None:
        while self.history.seal_pending():
            pass

    def let_it_settle(self) -> None:
        """As if the store had been changed long ago."""
        old = time.time() - SETTLED - 60
        os.utime(self.folder / "keys" / "keystore", (old, old))

    def as_before_data_keys(self) -> int:
        """Everything sealed directly under the root, as earlier versions of the program left it; how many tokens."""
        ring, count = self.store_folder.ring(), 0
        for place in PLACES.values():
            with self.database.read() as connection:
                rows = list(connection.execute(sa.select(*place.table.c).where(place.column != "")))
            for row in rows:
                count += 1
                name = "/".join(str(row._mapping[part]) for part in place.key)
                owner = str(row._mapping[place.owner]) if place.owner else ""
                with self.world.store.read() as tx:
                    plain = tx._sealer.of(owner).open(place.name, name, row._mapping[place.token])  # type: ignore[attr-defined]
                token = seal_field(ring, place.name, name, plain, secrets.token_bytes)
                where = sa.and_(*(place.table.c[part] == row._mapping[part] for part in place.key))
                with self.database.write() as connection:
                    connection.execute(sa.update(place.table).where(where).values({place.token: token}))
        for key in list(self.disk.listed()):
            plain = self.files.get(key)
            self.disk.put(key, b"".join(seal_file(ring, key, (plain,), secrets.token_bytes)))
        with self.database.write() as connection:
            connection.execute(sa.delete(metadata.tables["case_keys"]))
        return count


class CutOff(BaseException):
    """The process ended here: nothing after it ran, and an open transaction is rolled back."""


def cut_off(patch: pytest.MonkeyPatch, kind: type, name: str, count: int, *, after: bool) -> None:
    """Ends the process at the `count`-th call of a method, before or after it did its work."""
    original: Callable[..., Any] = getattr(kind, name)
    left = [count]

    def fatal(*given: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] < 0 or (left[0] == 0 and not after):
            raise CutOff
        result = original(*given, **named)
        if left[0] == 0:
            raise CutOff
        return result

    patch.setattr(kind, name, fatal)
