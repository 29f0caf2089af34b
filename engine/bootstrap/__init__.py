"""Wiring: the only place where adapters meet services. Settings choose the `adapters`; `services` stand on them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from engine.bootstrap.adapters import open_adapters
from engine.bootstrap.product import Zhunyu
from engine.bootstrap.services import wire
from engine.ports.world import Clock
from engine.settings import Settings

__all__ = ["Zhunyu", "build", "migrate", "opened", "ready"]


@contextlib.contextmanager
def opened(settings: Settings) -> Iterator[Zhunyu]:
    """The wired product for as long as a block lasts."""
    zhunyu = build(settings)
    try:
        yield zhunyu
    finally:
        zhunyu.close()


@contextlib.contextmanager
def ready(settings: Settings) -> Iterator[Zhunyu]:
    """As `opened`; ZhunyuError S002 unless the database has the schema this program was written for."""
    from engine.adapters.sql import schema

    with opened(settings) as zhunyu:
        schema.require_current(zhunyu.store.database)
        yield zhunyu


def build(settings: Settings, clock: Clock | None = None) -> Zhunyu:
    """Wire an installation; makes its keys at the first call. `clock` is for tests and demonstrations.

    The schema is left as it is: see `migrate`.
    """
    return wire(open_adapters(settings, clock))


def migrate(zhunyu: Zhunyu) -> None:
    """Bring the database schema up to date; harmless when it is, or when several processes do it at once."""
    from engine.adapters.sql import schema

    schema.migrate(zhunyu.store.database)
