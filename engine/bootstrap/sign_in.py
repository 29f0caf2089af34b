"""Wiring of signing in: accounts with their rules, people from outside, sign-in by QR code, help by the officer."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from engine.adapters.passwords import Argon2Passwords
from engine.adapters.staff_table import YamlStaffTable
from engine.bootstrap.adapters import Adapters
from engine.errors import ZhunyuError
from engine.ports.identity import IdentityProvider
from engine.ports.world import Clock
from engine.services.accounts import Accounts
from engine.services.credentials import Credentials
from engine.services.entrances import Entrances
from engine.services.qr_sign_in import QrSignIns
from engine.services.signing_review import Signatures
from engine.services.staff_entry import StaffEntry
from engine.services.standing import Standings
from engine.settings import Settings
from engine.trust import sm2
from engine.trust.keys import read_trusted


def accounts_of(on: Adapters, signed: Signatures, standings: Standings | None = None) -> Accounts:
    """Accounts under the installation's rules of signing in."""
    return Accounts(
        store=on.store, clock=on.clock, ids=on.ids, passwords=Argon2Passwords(), rules=on.settings.sign_in,
        keys=signed.officers.keys, origin=on.settings.public_url, standings=standings,
    )  # fmt: skip


def entrances_of(on: Adapters, accounts: Accounts) -> Entrances:
    """The ways in beside the password."""
    settings = on.settings
    entry = StaffEntry(
        store=on.store, clock=on.clock, ids=on.ids, signing_in=accounts.signing_in,
        table=YamlStaffTable(settings.staff.table), issuer=settings.staff.office, audience=settings.public_url,
        trusted=functools.partial(_trusted, settings),
    )  # fmt: skip
    return Entrances(
        staff=entry, qr=QrSignIns(store=on.store, clock=on.clock, ids=on.ids, signing_in=accounts.signing_in),
        credentials=Credentials(store=on.store, clock=on.clock, ids=on.ids, gate=accounts.gate),
        provider=_provider(settings, on.clock), tickets=bool(settings.staff.office),
    )  # fmt: skip


def city_of(settings: Settings, clock: Clock) -> IdentityProvider | None:
    """The identity provider of applicants, where one is named."""
    if not settings.oidc_issuer:
        return None
    from engine.adapters.identity import OidcProvider

    return OidcProvider(
        issuer=settings.oidc_issuer, client_id=settings.oidc_client, client_secret=settings.oidc_secret, clock=clock
    )


def _provider(settings: Settings, clock: Clock) -> IdentityProvider | None:
    if not settings.staff.issuer:
        return None
    from engine.adapters.identity import OidcProvider

    return OidcProvider(
        issuer=settings.staff.issuer, client_id=settings.staff.client, client_secret=settings.staff.secret, clock=clock,
        setting="ZHUNYU_SSO_ISSUER",
    )  # fmt: skip


def _trusted(settings: Settings) -> Mapping[str, sm2.PublicKey]:
    """The office platform's public keys, read when a ticket comes: a new key counts at once."""
    try:
        return read_trusted(settings.staff.trusted.read_text(encoding="utf-8"))
    except OSError as error:
        raise ZhunyuError(
            "S001", "没有办公平台的公钥。", "请系统管理员把公钥放到 ZHUNYU_TICKET_TRUSTED 所指的文件。", status=503
        ) from error
