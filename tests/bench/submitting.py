"""What trust costs an application that is approved at once: the same submission with everything on and with nothing.

Both are whole installations in one process, on the same matter and facts. "Everything" is what an installation does:
the applicant's and the agency's signatures with their certificate checks, sealed data under a key of the case, the
entry of the history with its tag, the case as it was. "Nothing" keeps the same rows in the clear, signs nothing and
tells the history nothing. Every application is a new applicant's, whose certificate was never seen before. The registry
and the applicants' signature service answer in the process: the applicant's signature is made, and its time counted,
here.

Times are CPU seconds of the thread, and alternate: of the request that the applicant sends, and of the service behind
it alone, which is the harder measure.
"""

from __future__ import annotations

import re
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from engine.adapters.clock import FixedClock
from engine.adapters.sql.audit_past import SqlPast
from engine.adapters.sql.history import SqlHistory
from engine.bootstrap import build, migrate
from engine.matters.catalogue import Catalogue
from engine.model.case import Status
from engine.model.matter import Matter
from engine.model.people import Subject
from engine.ports.accounts import Represented
from engine.ports.cases import Sealer
from engine.ports.drafts import Draft
from engine.ports.identity import Identity
from engine.ports.keys import KeyStore
from engine.services import projection
from engine.services.accounts import Session
from engine.settings import load
from engine.web.app import SESSION_KEY
from portal import create_app
from tests.bench.figures import Line, line
from tests.flow.signing_world import SECRET, Files, Service
from tests.flow.world import COPY, PHONE, PLAN, Registry, located, reference
from tests.unit.pipeline import sample

ROUNDS, WARM, AIM = 120, 20, 1.5
SECTION = "密钥与加密"
Timed = Callable[[int], float]


class Clear:
    """A sealer that seals nothing."""

    def within(self, keys: KeyStore) -> Sealer:
        return self

    def of(self, owner: str) -> Sealer:
        return self

    def share(self, owner: str, other: str) -> None:
        return None

    def seal(self, place: str, row: str, plaintext: bytes) -> str:
        return plaintext.decode("utf-8")

    def open(self, place: str, row: str, token: str) -> bytes:
        return token.encode("utf-8")

    def blind(self, place: str, value: str) -> str:
        return value

    def tag(self, salt: bytes, content: bytes) -> str:
        return ""

    def entry_key(self, salt: bytes) -> bytes:
        return b""


class Installation:
    """The product with one small matter, in a folder of its own."""

    def __init__(self, folder: Path, matter: Matter, **settings: str) -> None:
        environ = {"ZHUNYU_DATA_DIR": str(folder), "ZHUNYU_REGISTRY_URL": "http://127.0.0.1:9", **settings}
        self.product = build(load(environ), FixedClock(sample.NOW))
        self.product.facts._sources = Registry()
        migrate(self.product)
        self.matter = matter

    def begin(self) -> None:
        self.product.publishing.publish(Catalogue({self.matter.id: self.matter}, reference()), "测试")
        self.client = create_app(self.product).test_client()

    def filled(self, number: int) -> tuple[Session, str]:
        """A new applicant's filled draft."""
        subject = Subject("法人", f"9131010100000{number:05d}", f"上海示例{number}号酒店有限公司")
        stands_for = (Represented(subject, "法定代表人"),)
        session = self.product.accounts.sign_in_as(Identity(f"bench-{number}", "张示例", 3, "138****0001", stands_for))
        at = sample.NOW.isoformat(timespec="seconds")
        draft = Draft(
            id=self.product.ids.new(), account=session.account.id, subject=subject, matter=self.matter.id,
            matter_hash=self.product.shelf.current(self.matter.id).hash, acts_on="",
            answers={**sample.ANSWERS, "phone": PHONE}, uploads={"plan": (PLAN,), "licence_copy": (COPY,)}, revision=1,
            created_at=at, updated_at=at,
        )  # fmt: skip
        with self.product.store.write() as tx:
            tx.drafts.add(draft)
        return session, draft.id

    def request(self, number: int, secret: str) -> float:
        """CPU seconds of the request that submits; the page before it is not counted."""
        session, draft = self.filled(number)
        with self.client.session_transaction() as kept:
            kept[SESSION_KEY] = session.token
        token = re.search(r'name="csrf-token" content="([^"]+)"', self.client.get(f"/apply/{draft}/review").text)
        assert token is not None
        data = {"csrf_token": token[1], "key": draft, "secret": secret}
        answers: list[Any] = []
        taken = _cpu(lambda: answers.append(self.client.post(f"/apply/{draft}/submit", data=data)))
        with self.product.store.read() as tx:
            filed = tx.cases.submitted(draft)
            case = tx.cases.load(filed) if filed else None
        assert answers[0].status_code == 303 and case is not None and case.status is Status.GRANTED
        return taken

    def service(self, number: int, secret: str) -> float:
        """CPU seconds of the service alone."""
        session, draft = self.filled(number)
        cases: list[Any] = []
        taken = _cpu(lambda: cases.append(self.product.cases.submit(session, draft, draft, secret=secret)))
        assert cases[0].status is Status.GRANTED
        return taken


def measure() -> list[Line]:
    """The two ratios, and what the submissions take."""
    with tempfile.TemporaryDirectory(prefix="zhunyu-bench-") as folder:
        full, bare = _full(Path(folder) / "full"), _bare(Path(folder) / "bare")
        try:
            found = _compared("提交请求", lambda n: full.request(n, SECRET), lambda n: bare.request(n, ""), 0)
            found += _compared("只计服务", lambda n: full.service(n, SECRET), lambda n: bare.service(n, ""), 1000)
        finally:
            for one in (full, bare):
                one.product.facts.close()
                one.product.close()
    return found


def _full(folder: Path) -> Installation:
    made = Installation(
        folder, located(sign=("申请",)), ZHUNYU_SIGNING="required", ZHUNYU_DEVELOPMENT_CA="1",
        ZHUNYU_SIGNATURE_URL="http://127.0.0.1:9",
    )  # fmt: skip
    service = Service()
    trust, signing = Files(service), made.product.signing
    lists = trust.lists()  # made anew at every look by this world, read from a folder by installations
    trust.lists = lambda: lists  # type: ignore[method-assign]
    signing.applicants._service, signing.authority._files = service, trust
    for number in (*range(ROUNDS + WARM), *range(1000, 1000 + ROUNDS + WARM)):  # issued before anyone applies
        service.certificates("applicant", f"9131010100000{number:05d}", f"上海示例{number}号酒店有限公司")
    made.begin()
    return made


def _bare(folder: Path) -> Installation:
    made = Installation(folder, located(), ZHUNYU_SIGNING="off")
    made.product.store._sealer = Clear()  # type: ignore[assignment]
    made.begin()
    return made


def _compared(what: str, full: Timed, bare: Timed, first: int) -> list[Line]:
    taken: dict[str, list[float]] = {"full": [], "bare": []}
    for number in range(first, first + ROUNDS + WARM):
        one = {"full": full(number)}
        untold = mock.patch.object(projection, "_audit"), mock.patch.object(SqlHistory, "add")
        with untold[0], untold[1], mock.patch.object(SqlPast, "keep", return_value=""):
            one["bare"] = bare(number)
        for name, seconds in one.items():
            taken[name] += [seconds * 1000] if number >= first + WARM else []
    with_all, without = statistics.mean(taken["full"]), statistics.mean(taken["bare"])
    name = f"秒批提交（{what}）"
    return [
        line(SECTION, f"{name}，签名、加密、历史全开", with_all, "ms CPU", reference=f"全关 {without:.1f} ms"),
        line(SECTION, f"{name}，全开与全关之比", with_all / without, "倍", most=AIM),
    ]


def _cpu(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began
