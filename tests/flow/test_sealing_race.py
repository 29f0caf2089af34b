"""Two processes that make the same certificate, because the first was slower than its lease."""

from __future__ import annotations

import threading
from typing import Any

from engine.model.case import Status
from engine.model.certificate import Certificate
from engine.model.events import Happened
from engine.ports.world import SealCheck
from engine.trust.sm3 import sm3_hex
from tests.flow.test_effects_sealing import Watched, granted, sealing, version
from tests.flow.world import World, together


class AtOnce(Watched):
    """The real seals, where two processes always seal at the same moment."""

    def __init__(self) -> None:
        super().__init__()
        self._both = threading.Barrier(2)

    def seal(self, pdf: bytes, certificate: Certificate, sealed_at: str) -> tuple[bytes, str]:
        made = super().seal(pdf, certificate, sealed_at)
        self._both.wait(20)
        return made

    def check(self, file: bytes, *, second: bool = False) -> SealCheck:
        return super().check(file, second=second)


def raced(world: World) -> tuple[str, str]:
    """A certificate made twice at once; the ids of its case and of itself."""
    case, certificate = granted(world)
    made: Any = sealing(world, seals=AtOnce())
    together(2, lambda _: made.make(certificate))
    return case.id, certificate


def test_the_register_names_the_file_that_is_kept(world: World) -> None:
    _, certificate = raced(world)
    kept = version(world, certificate)
    assert sm3_hex(world.files.get(kept.file_key)) == kept.digest


def test_only_the_registered_files_are_kept(world: World) -> None:
    kept = version(world, raced(world)[1])
    assert set(world.files.content) == {kept.file_key, kept.legal.key}


def test_the_certificate_is_told_of_once(world: World) -> None:
    case, _ = raced(world)
    with world.store.read() as tx:
        kinds = [one.event.kind for one in tx.cases.events(case) if isinstance(one.event, Happened)]
    assert (kinds.count("发证"), world.load(case).status) == (1, Status.ISSUED)
