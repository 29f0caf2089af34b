"""Who holds the root and signing keys of an installation, by its settings."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable

import msgspec

from engine.adapters.keys import KeyFolder
from engine.adapters.keys_admin import FolderAdmin
from engine.ports.keys import RootAdmin
from engine.ports.world import Clock
from engine.settings import Settings
from engine.trust.keys import KeyRing
from engine.trust.provider import Crypto, SoftwareCrypto


class Chosen(msgspec.Struct, frozen=True):
    """The provider, what may be done to its keys, and the ring that opens files of earlier installations."""

    crypto: Crypto
    admin: RootAdmin
    roots: Callable[[], KeyRing] | None


def chosen_keys(settings: Settings, clock: Clock) -> Chosen:
    """The software keys or the crypto service; refuses to start (K003) when what it computes is wrong."""
    from engine.trust.provider import self_test

    _test_algorithms()
    if settings.crypto == "software":
        path = settings.data_dir / "keys"
        folder = KeyFolder(path, settings.key_passphrase)
        crypto = SoftwareCrypto(folder.ring(), secrets.token_bytes, folder.ring)
        return Chosen(crypto, FolderAdmin(folder, path, lambda: clock.now().timestamp()), folder.ring)
    from engine.adapters.crypto_remote import RemoteCrypto
    from engine.adapters.crypto_settings import read_crypto_settings
    from engine.adapters.keys_remote import RemoteAdmin

    remote = RemoteCrypto(read_crypto_settings(settings.crypto_url, settings.crypto_config), clock)
    self_test(remote, secrets.token_bytes)
    return Chosen(remote, RemoteAdmin(remote), None)


@functools.cache
def _test_algorithms() -> None:
    from engine.trust.selftest import self_test

    self_test()
