"""A whole installation in a folder with the sample matter on its shelf, which several processes may work on."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from deploy.sandbox.app import create_app
from deploy.sandbox.inbox import Inbox
from engine.adapters.sql.tables.effects import outbox
from engine.bootstrap import Zhunyu, migrate, opened
from engine.matters.catalogue import Catalogue
from engine.model.case import Case
from engine.model.matter import Matter
from engine.model.values import Json
from engine.ports.certificates import CertificateVersion
from engine.ports.drafts import Draft
from engine.services.accounts import Session
from engine.settings import load
from tests.flow.serving import served
from tests.flow.world import COPY, PHONE, PLAN, located, reference, session
from tests.unit.pipeline import sample

SUBJECTS = 60
LANES = ("seal_certificate", "push")
EVENTS = ["收件", "受理", "决定", "发证"]


class Installed:
    """The wired product over a folder, and what tests do with it."""

    def __init__(self, zhunyu: Zhunyu, environ: Mapping[str, str]) -> None:
        self.zhunyu, self.environ = zhunyu, dict(environ)

    @property
    def child_environ(self) -> dict[str, str]:
        """For another process on the same folder."""
        return {**os.environ, **self.environ}

    def publish(self, *matters: Matter, timeout: float = 5.0) -> None:
        """Put matters on the shelf; `timeout` seconds for the source, which a busy machine needs."""
        self.zhunyu.publishing.publish(Catalogue({one.id: one for one in matters}, reference(timeout)), "测试")
        self.zhunyu.shelf._looked = 0.0

    def draft(self, who: Session, account: str = "", **answers: Json) -> Draft:
        """A draft with everything filled in."""
        assert who.subject is not None
        at = self.zhunyu.clock.now().isoformat(timespec="seconds")
        given = {**sample.ANSWERS, "phone": PHONE, **answers}
        draft = Draft(
            id=self.zhunyu.ids.new(), account=account or who.account.id, subject=who.subject, matter="sample_new",
            matter_hash=self.zhunyu.shelf.current("sample_new").hash, acts_on="", answers=given,
            uploads={"plan": (PLAN,), "licence_copy": (COPY,)}, revision=1, created_at=at, updated_at=at,
        )  # fmt: skip
        with self.zhunyu.store.write() as tx:
            tx.drafts.add(draft)
        return draft

    def filed(self, number: int, **answers: Json) -> Case:
        """A case of the applicant with this number."""
        draft = self.draft(session(number), **answers)
        return self.zhunyu.cases.submit(session(number), draft.id, draft.id)

    def carry_out(self) -> None:
        """Everything that is ripe."""
        while jobs := self.zhunyu.effects.claim(LANES, 5):
            for job in jobs:
                self.zhunyu.effects.run(job)

    def let_leases_lapse(self) -> None:
        """As if the minute had passed in which a dead process held its jobs."""
        self._set(outbox.c.state == "leased", lease_until=self._now())
        self.bring_forward()

    def bring_forward(self) -> None:
        """As if the pauses between attempts had passed."""
        self._set(outbox.c.state == "waiting", next_at=self._now())

    def _now(self) -> str:
        return self.zhunyu.clock.now().isoformat(timespec="milliseconds")

    def _set(self, which: sa.ColumnElement[bool], **change: str) -> None:
        with self.zhunyu.store.database.write() as connection:
            connection.execute(sa.update(outbox).where(which).values(**change))

    def versions(self, case: str) -> tuple[CertificateVersion, ...]:
        """Every version of the certificate of a case."""
        with self.zhunyu.store.read() as tx:
            found = tx.cases.load(case)
            assert found is not None
            return tuple(one for id in found.certificates for one in tx.certificates.versions(id))


def written_home(folder: Path) -> Path:
    """A home without matter files, whose demonstration registry knows the applicants."""
    demo = folder / "rules" / "demo"
    demo.mkdir(parents=True)
    (folder / "matters").mkdir()
    facts = {"status": "存续", "address": sample.ANSWERS["site"]}
    known = [{"code": f"9131010100000{number:05d}", "registry.business": facts} for number in range(SUBJECTS)]
    content = {"organizations": known, "defaults": {"registry.business": {}}}
    (demo / "registry.yaml").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return folder


@contextmanager
def installed(environ: Mapping[str, str], matter: Matter | None = None) -> Iterator[Installed]:
    """Wire an installation by its environment, with the sample matter published."""
    with opened(load(environ)) as zhunyu:
        migrate(zhunyu)
        made = Installed(zhunyu, environ)
        made.publish(matter or located())
        try:
            yield made
        finally:
            zhunyu.facts.close()


class Gate:
    """The sandbox behind a gate: `on_push` is told of every push before the sandbox sees it."""

    def __init__(self) -> None:
        self.app: object = None
        self.on_push = lambda: None

    def __call__(self, environ: dict[str, object], start: object) -> object:
        if str(environ["PATH_INFO"]).startswith("/push/"):
            self.on_push()
        return self.app(environ, start)  # type: ignore[operator]


@contextmanager
def with_sandbox(folder: Path, **settings: str) -> Iterator[tuple[Installed, Gate]]:
    """An installation whose peer and registry is a sandbox served by this process."""
    gate, home = Gate(), written_home(folder / "home")
    with served(gate) as base:
        environ = {
            "ZHUNYU_DATA_DIR": str(folder / "data"), "ZHUNYU_PEER_URL": base, "ZHUNYU_HOME": str(home),
            "ZHUNYU_DEMO": "0", "ZHUNYU_DEVELOPMENT_CA": "1", **settings,
        }  # fmt: skip
        with installed(environ) as made:
            keys = folder / "data" / "keys" / "push-trusted.json"
            gate.app = create_app(folder / "data" / "sandbox", home / "rules" / "demo" / "registry.yaml", keys)
            yield made, gate


def arrived(data: Path) -> dict[str, list[str]]:
    """What the sandbox keeps: the events of each case in the order they came."""
    with sqlite3.connect(data / "sandbox" / "sandbox.db") as connection:
        rows = connection.execute("select project_no, event from messages order by id").fetchall()
    connection.close()
    found: dict[str, list[str]] = {}
    for number, event in rows:
        found.setdefault(number, []).append(event)
    return found


def refusals(data: Path) -> list[str]:
    """Why the sandbox turned messages away."""
    return [row["reason"] for row in Inbox(data / "sandbox" / "sandbox.db").refusals()]
