"""A small world: the services over one database, with what stands outside played by values."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

import msgspec

from engine.adapters.clock import FixedClock
from engine.adapters.ids import SystemIds
from engine.adapters.keys import RingSealer
from engine.adapters.sql.database import Database
from engine.adapters.sql.transaction import SqlStore
from engine.errors import ZhunyuError
from engine.matters.catalogue import Catalogue
from engine.matters.reference import Reference, Source
from engine.model.case import Case, Upload
from engine.model.commands import RecordSealed
from engine.model.matter import Matter
from engine.model.people import Subject
from engine.model.types import Part, Type
from engine.model.values import Answers, Json
from engine.ports.accounts import Account, Represented
from engine.ports.drafts import CheckedUpload, Draft
from engine.ports.effects import Job
from engine.ports.keys import StoreSealer
from engine.ports.world import Answer
from engine.services.accounts import Session
from engine.services.aftercheck import AfterChecks
from engine.services.cases import Cases
from engine.services.committing import Committing
from engine.services.effects import Effects
from engine.services.facts import Facts
from engine.services.guarding import Guarding
from engine.services.publishing import Publishing
from engine.services.recall import Recalls
from engine.services.sampling import Sampling
from engine.services.shelf import Shelf
from engine.trust.keys import new_ring
from engine.trust.sm3 import sm3_hex
from tests.unit.pipeline import sample

T = TypeVar("T")
TEXT = Type("text")
REGISTRY = Source(
    id="registry.business", title="企业登记库", authoritative=True, via="peer", path="/registry/business", timeout=1.0,
    asks="申请人", args={"code": "统一社会信用代码"}, many=False,
    type=Type("record", parts={"status": Part("状态", TEXT), "address": Part("地址", TEXT)}),
)  # fmt: skip
PLAN = Upload("U1", "平面图.pdf", "application/pdf", 1000, "ab" * 32, 1)
COPY = Upload("U2", "营业执照.pdf", "application/pdf", 1000, "ac" * 32, 1)
PHONE = "13912345678"
RING = new_ring(secrets.token_bytes)


class Registry:
    """A fact source that says what it is told to say."""

    def __init__(self) -> None:
        self.says: Callable[[Mapping[str, str]], Answer] = lambda arguments: Answer(
            "value", {"status": "存续", "address": sample.ANSWERS["site"]}
        )
        self.by_path: Callable[[Mapping[str, str], str], Answer] | None = None
        self.asked: list[dict[str, str]] = []

    def ask(self, path: str, arguments: Mapping[str, str], timeout: float) -> Answer:
        self.asked.append(dict(arguments))
        return self.by_path(arguments, path) if self.by_path else self.says(arguments)


class Calls:
    """A waker that counts."""

    def __init__(self) -> None:
        self.count = 0

    def wake(self) -> None:
        self.count += 1


class Memory:
    """A file store in memory."""

    def __init__(self) -> None:
        self.content: dict[str, bytes] = {}

    def put(self, key: str, data: bytes, owner: str = "") -> None:
        self.content[key] = data

    def get(self, key: str) -> bytes:
        return self.content[key]

    def delete(self, key: str) -> None:
        self.content.pop(key, None)

    def under(self, folder: str) -> tuple[str, ...]:
        return tuple(sorted(key for key in self.content if key.rpartition("/")[0] == folder))


class Checker:
    """Takes every file as a PDF."""

    def check(self, filename: str, data: bytes, accept: tuple[str, ...], max_mb: int) -> CheckedUpload:
        return CheckedUpload(filename, "application/pdf", len(data), sm3_hex(data), 1)


class World:
    """Services, and short words for what tests do with them."""

    def __init__(self, database: Database, matter: Matter | None = None, sealer: StoreSealer | None = None) -> None:
        self.database = database
        self.clock = FixedClock(sample.NOW)
        self.ids = SystemIds(self.clock)
        self.store = SqlStore(database, sealer or RingSealer(RING))
        self.registry, self.waker, self.files = Registry(), Calls(), Memory()
        self.shelf = Shelf(store=self.store, timer=self._always_later())
        self.facts = Facts(store=self.store, clock=self.clock, shelf=self.shelf, sources=self.registry)
        self.publishing = Publishing(store=self.store, clock=self.clock, ids=self.ids)
        self.committing = Committing(
            store=self.store, clock=self.clock, ids=self.ids, shelf=self.shelf, waker=self.waker
        )
        self.cases = Cases(
            store=self.store, clock=self.clock, ids=self.ids, files=self.files, shelf=self.shelf, facts=self.facts,
            waker=self.waker, committing=self.committing, uploads=Checker(),
        )  # fmt: skip
        self.guarding = Guarding(store=self.store, clock=self.clock, ids=self.ids, shelf=self.shelf)
        self.after_checks = AfterChecks(store=self.store, shelf=self.shelf, committing=self.committing)
        self.recalls = Recalls(
            store=self.store, clock=self.clock, ids=self.ids, committing=self.committing, waker=self.waker
        )
        self.sampling = Sampling(store=self.store, clock=self.clock, ids=self.ids)
        self.publish(matter or located())

    def publish(self, *matters: Matter) -> None:
        catalogue = Catalogue({one.id: one for one in matters}, reference())
        self.publishing.publish(catalogue, "测试")

    def effects(self, push: Callable[[Job], str] = lambda job: "") -> Effects:
        return Effects(
            store=self.store, clock=self.clock, ids=self.ids, waker=self.waker, wake_case=self.cases.run_due,
            handlers={"push": push, "seal_certificate": self._seal},
        )  # fmt: skip

    def draft(self, session: Session, matter: str = "sample_new", acts_on: str = "", **answers: Json) -> Draft:
        """A draft with everything filled in."""
        assert session.subject is not None
        given: Answers = {**sample.ANSWERS, "phone": PHONE, **answers}
        draft = Draft(
            id=self.ids.new(), account=session.account.id, subject=session.subject, matter=matter,
            matter_hash=self.shelf.current(matter).hash, acts_on=acts_on,
            answers={key: value for key, value in given.items() if value is not None},
            uploads={"plan": (PLAN,), "licence_copy": (COPY,)},
            revision=1, created_at=self.at, updated_at=self.at,
        )  # fmt: skip
        with self.store.write() as tx:
            tx.drafts.add(draft)
        return draft

    def filed(self, session: Session, matter: str = "sample_new", acts_on: str = "", **answers: Json) -> Case:
        """A case filed from a fresh draft."""
        draft = self.draft(session, matter, acts_on, **answers)
        return self.cases.submit(session, draft.id, draft.id)

    def issued(self, session: Session, **answers: Json) -> Case:
        """A case whose certificate is sealed and valid."""
        case = self.filed(session, **answers)
        self.seal(case)
        return self.load(case.id)

    def seal(self, case: Case) -> None:
        for certificate in case.certificates:
            with self.store.write() as tx:
                ordered = tx.certificates.ordered(certificate)
                assert ordered is not None
                tx.certificates.keep_file(certificate, ordered.version, "k", "cd" * 32, False, self.at)
            self.committing.report(case.id, RecordSealed(certificate, "cd" * 32))

    def load(self, case: str) -> Case:
        with self.store.read() as tx:
            found = tx.cases.load(case)
        assert found is not None
        return found

    @property
    def at(self) -> str:
        return self.clock.now().isoformat(timespec="seconds")

    def later(self, **by: int) -> None:
        self.clock.move(timedelta(**by))

    def _seal(self, job: Job) -> str:
        with self.store.read() as tx:
            found = tx.cases.load(job.case)
        assert found is not None
        self.seal(found)
        return ""

    def _always_later(self) -> Callable[[], float]:
        ticks = iter(range(1 << 60))
        return lambda: float(next(ticks))


def reference(timeout: float = REGISTRY.timeout) -> Reference:
    source = msgspec.structs.replace(REGISTRY, timeout=timeout)
    return Reference(sources={"registry.business": source}, calendar=dict(sample.CALENDAR))


def located(**changes: object) -> Matter:
    """The sample matter with its office; the hash stands for the content."""
    made = sample.matter(authorities=(sample.OFFICE,), **changes)
    return hashed(made)


def hashed(matter: Matter) -> Matter:
    bare = msgspec.structs.replace(matter, hash="")
    return msgspec.structs.replace(bare, hash=sm3_hex(msgspec.json.encode(bare, order="deterministic")))


def session(number: int = 1) -> Session:
    """Somebody who may act for an organisation of their own."""
    subject = Subject("法人", f"9131010100000{number:05d}", f"上海示例{number}号酒店有限公司")
    account = Account(
        id=f"ACCOUNT{number}", login=f"user{number}", kind="applicant", name=f"张示例{number}", level=3,
        represents=(Represented(subject, "法定代表人"),),
    )  # fmt: skip
    return Session(token="", account=account, subject=subject, authority="法定代表人", expires_at="")


def together(count: int, work: Callable[[int], T]) -> list[T | ZhunyuError]:
    """Run the work in so many threads that start at once; refusals are results."""
    start = threading.Barrier(count)

    def run(place: int) -> T | ZhunyuError:
        start.wait()
        try:
            return work(place)
        except ZhunyuError as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))
