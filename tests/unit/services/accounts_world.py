"""Accounts over a fresh SQLite file, with a clock that is turned by hand and cheap password hashes."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta, timezone
from pathlib import Path

from engine.adapters.ids import SystemIds
from engine.adapters.passwords import Argon2Passwords
from engine.adapters.sql.database import Database
from engine.adapters.sql.schema import metadata
from engine.adapters.sql.transaction import SqlStore
from engine.model.people import Subject
from engine.ports.keys import KeyStore
from engine.services.accounts import Account, Accounts, Represented

SHANGHAI = timezone(timedelta(hours=8))
PASSWORD = "Huangpu-2026-lake"
COMPANY = Subject(kind="法人", code="91310101MA1FPX1234", name="上海浦江宾馆有限公司")
PERSON = Subject(kind="自然人", code="310101199001011234", name="王小明")


class HandClock:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)

    def now(self) -> datetime:
        return self.at

    def turn(self, **by: float) -> None:
        self.at += timedelta(**by)


class PlainSealer:
    """Keys of tests: reversible, and not readable at a glance; the same for all owners."""

    def within(self, keys: KeyStore) -> PlainSealer:
        return self

    def of(self, owner: str) -> PlainSealer:
        return self

    def share(self, owner: str, other: str) -> None:
        pass

    def seal(self, place: str, row: str, plaintext: bytes) -> str:
        return base64.b64encode(f"{place}|{row}|".encode() + plaintext).decode()

    def open(self, place: str, row: str, token: str) -> bytes:
        data, head = base64.b64decode(token), f"{place}|{row}|".encode()
        assert data.startswith(head)
        return data[len(head) :]

    def blind(self, place: str, value: str) -> str:
        return hashlib.sha256(f"{place}|{value}".encode()).hexdigest()

    def tag(self, salt: bytes, content: bytes) -> str:
        return hashlib.sha256(salt + content).hexdigest()

    def entry_key(self, salt: bytes) -> bytes:
        return hashlib.sha256(salt).digest()


class AccountsWorld:
    def __init__(self, folder: Path) -> None:
        self.clock = HandClock()
        self.ids = SystemIds(self.clock)
        database = Database(f"sqlite:///{folder / 'test.db'}")
        metadata.create_all(database.engine)
        self.store = SqlStore(database, PlainSealer())
        passwords = Argon2Passwords(memory_kib=64, passes=1)
        self.accounts = Accounts(store=self.store, clock=self.clock, ids=self.ids, passwords=passwords)

    def applicant(self, login: str = "wang", represents: tuple[Represented, ...] | None = None) -> Account:
        both = (Represented(COMPANY, "法定代表人"), Represented(PERSON, "本人"))
        represents = both if represents is None else represents
        account = Account("", login, "applicant", "王小明", level=3, represents=represents)
        return self.accounts.create(account, PASSWORD)

    def staff(self, login: str, name: str, roles: tuple[str, ...], district: str = "黄浦区") -> Account:
        return self.accounts.create(Account("", login, "staff", name, roles=roles, district=district), PASSWORD)
