"""What the services stand on, as the settings choose it. Cheap: what is heavy is imported when first used."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from engine.adapters.celery_waker import CeleryWaker
from engine.adapters.clock import SystemClock
from engine.adapters.files import DirectoryFiles, SealedFiles
from engine.adapters.ids import SystemIds
from engine.adapters.keys import RingSealer
from engine.adapters.keys_chosen import Chosen, chosen_keys
from engine.adapters.render.typst_renderer import TypstRenderer
from engine.adapters.sql.database import Database
from engine.adapters.sql.transaction import SqlStore
from engine.adapters.waker import DatagramWaker
from engine.ports.drafts import CheckedUpload
from engine.ports.world import Clock, Ids
from engine.settings import Settings
from engine.trust.provider import Crypto

if TYPE_CHECKING:
    from engine.adapters.archive_files import ArchiveFiles


class LazyUploads:
    """The upload checker, whose PDF and image libraries are loaded with the first upload."""

    def check(self, filename: str, data: bytes, accept: tuple[str, ...], max_mb: int) -> CheckedUpload:
        from engine.adapters.uploads import ContentChecker

        return ContentChecker().check(filename, data, accept, max_mb)


class LazyArchiveFiles:
    """Opens and binds the files of archives, by the same libraries."""

    def pages(self, extension: str, data: bytes) -> int:
        return _archive_files().pages(extension, data)

    def as_pdf(self, extension: str, data: bytes) -> bytes | None:
        return _archive_files().as_pdf(extension, data)

    def count(self, pdf: bytes) -> int:
        return _archive_files().count(pdf)

    def bind(self, parts: Sequence[bytes], numbered: bytes, first: int) -> bytes:
        return _archive_files().bind(parts, numbered, first)


class Adapters(msgspec.Struct, frozen=True, kw_only=True):
    """What the services stand on: the settings, and one adapter for each port that several of them share."""

    settings: Settings
    clock: Clock
    ids: Ids
    crypto: Crypto
    keys: Chosen
    sealer: RingSealer
    store: SqlStore
    files: SealedFiles
    waker: DatagramWaker | CeleryWaker
    renderer: TypstRenderer
    uploads: LazyUploads
    archive_files: LazyArchiveFiles


def open_adapters(settings: Settings, clock: Clock | None) -> Adapters:
    """The adapters that the settings choose; makes the keys of an installation at the first call."""
    clock = clock or SystemClock()
    chosen = chosen_keys(settings, clock)
    sealer = RingSealer(chosen.crypto)
    store = SqlStore(Database(settings.database_url), sealer)
    return Adapters(
        settings=settings, clock=clock, ids=SystemIds(clock), crypto=chosen.crypto, keys=chosen, sealer=sealer,
        store=store, files=SealedFiles(DirectoryFiles(settings.data_dir / "files"), chosen.roots, store.data_key),
        waker=_waker(settings), renderer=TypstRenderer(), uploads=LazyUploads(), archive_files=LazyArchiveFiles(),
    )  # fmt: skip


@functools.cache
def _archive_files() -> ArchiveFiles:
    from engine.adapters.archive_files import ArchiveFiles

    return ArchiveFiles()


def _waker(settings: Settings) -> DatagramWaker | CeleryWaker:
    return CeleryWaker(settings.broker_url) if settings.worker == "celery" else DatagramWaker(settings.data_dir)
