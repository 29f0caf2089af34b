"""An installation over either database whose cases end and are archived, with an archive that takes packages over."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from PIL import Image
from pypdf import PdfWriter

from deploy.sandbox.app import create_app
from engine.adapters.clock import FixedClock, SystemClock
from engine.adapters.sql.database import Database
from engine.bootstrap import build
from engine.matters.encoding import fingerprint
from engine.model.case import Case, Upload
from engine.model.matter import Matter
from engine.ports.accounts import Account
from engine.ports.archives import Archive
from engine.services.accounts import Session
from engine.services.archive_office import ArchiveOffice
from engine.services.upload_place import upload_key
from engine.settings import load
from engine.trust.sm3 import sm3_hex
from tests.flow.installed import Gate, Installed, written_home
from tests.flow.serving import served
from tests.flow.world import located, session

LANES = ("seal_certificate", "push", "archive")


def archived_matter(**changes: object) -> Matter:
    """The sample matter with its archive words, under its real fingerprint."""
    given = {
        "archive_class": "许可", "archive_retain": "10 年", "archive_file": "持证人", "archive_by": "applicant.code",
    }  # fmt: skip
    matter = located(**{**given, **changes})
    return msgspec.structs.replace(matter, hash=fingerprint(msgspec.structs.replace(matter, hash="")))


def one_page() -> bytes:
    """A PDF of one empty page."""
    writer, stream = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(stream)
    return stream.getvalue()


def picture() -> bytes:
    """A small picture."""
    stream = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(stream, "PNG")
    return stream.getvalue()


def archivist(number: int = 1, district: str = "市级", roles: tuple[str, ...] = ("档案",)) -> Session:
    """Someone at the archive."""
    account = Account(
        id=f"ARCHIVIST{number}", login=f"archive{number}", kind="staff", name=f"档示{number}", level=2, roles=roles,
        district=district,
    )  # fmt: skip
    return Session(token="", account=account, subject=None, authority="", expires_at="")


class ArchiveWorld(Installed):
    """Short words for what the tests do."""

    clock: FixedClock

    @property
    def office(self) -> ArchiveOffice:
        return self.zhunyu.archives

    def ended(self, number: int = 1, **answers: object) -> Case:
        """A case whose certificate is in force, with a real PDF and a real picture among its materials."""
        draft, files = self.draft(session(number), **answers), self.zhunyu.files
        made = {}
        for material, media, name, data in (
            ("plan", "application/pdf", "平面图.pdf", one_page()), ("licence_copy", "image/png", "执照.png", picture()),
        ):  # fmt: skip
            upload = Upload(self.zhunyu.ids.new(), name, media, len(data), sm3_hex(data), 1)
            files.put(upload_key(upload.id), data)
            made[material] = (upload,)
        with self.zhunyu.store.write() as tx:
            tx.drafts.delete(draft.id)
            draft = msgspec.structs.replace(draft, id=self.zhunyu.ids.new(), uploads=made)
            tx.drafts.add(draft)
        case = self.zhunyu.cases.submit(session(number), draft.id, draft.id)
        self.work()
        return self.case(case.id)

    def work(self, *more: str) -> None:
        """Everything that is ripe."""
        while jobs := self.zhunyu.effects.claim((*LANES, *more), 5):
            for job in jobs:
                self.zhunyu.effects.run(job)

    def case(self, id: str) -> Case:
        with self.zhunyu.store.read() as tx:
            found = tx.cases.load(id)
        assert found is not None
        return found

    def archived(self, case: Case) -> Archive:
        """The latest archive of a case, made by the sweep and its job."""
        self.office.archiving.sweep()
        self.work()
        with self.zhunyu.store.read() as tx:
            found, jobs = tx.archives.of_case(case.id), tx.effects.of_case(case.id)
        assert found, [job.last_error for job in jobs]
        return found[-1]

    def archive(self, id: str) -> Archive:
        with self.zhunyu.store.read() as tx:
            found = tx.archives.load(id)
        assert found is not None
        return found

    def package(self, archive: Archive) -> bytes:
        return self.zhunyu.files.get(archive.file_key)

    def stored(self) -> set[str]:
        """The keys of all files."""
        root = self.zhunyu.settings.data_dir / "files"
        return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}

    def trail(self, trail: str) -> list[str]:
        """What the history says of a trail."""
        with self.zhunyu.store.read() as tx:
            return [one.entry.what for one in tx.history.of_trail(trail)]


@contextmanager
def archive_world(folder: Path, database: Database, matter: Matter | None = None) -> Iterator[ArchiveWorld]:
    """The installation, its sandbox peers behind a gate, and a clock that can be moved."""
    gate, home = Gate(), written_home(folder / "home")
    with served(gate) as base:
        environ = {
            "ZHUNYU_DATA_DIR": str(folder / "data"), "ZHUNYU_PEER_URL": base, "ZHUNYU_HOME": str(home),
            "ZHUNYU_DEMO": "0", "ZHUNYU_DEVELOPMENT_CA": "1",
            "ZHUNYU_SECOND_FACTOR": "off", "ZHUNYU_PASSWORD_DAYS": "0",  # its people sign in after eleven years
            "ZHUNYU_DATABASE_URL": database.url.render_as_string(hide_password=False),
        }  # fmt: skip
        clock = FixedClock(SystemClock().now())
        zhunyu = build(load(environ), clock)
        made = ArchiveWorld(zhunyu, environ)
        made.clock = clock
        made.publish(matter or archived_matter())
        keys = folder / "data" / "keys" / "push-trusted.json"
        gate.app = create_app(folder / "data" / "sandbox", home / "rules" / "demo" / "registry.yaml", keys)
        try:
            yield made
        finally:
            zhunyu.facts.close()
            zhunyu.close()
