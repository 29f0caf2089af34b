"""The ways into the admin app beside the password, together."""

from __future__ import annotations

import msgspec

from engine.ports.identity import IdentityProvider
from engine.services.credentials import Credentials
from engine.services.qr_sign_in import QrSignIns
from engine.services.staff_entry import StaffEntry


class Entrances(msgspec.Struct, frozen=True):
    """People from outside, QR codes, the security officer's help; `provider` is the staff's identity provider (None
    where none is named), `tickets` whether an office platform is named."""

    staff: StaffEntry
    qr: QrSignIns
    credentials: Credentials
    provider: IdentityProvider | None
    tickets: bool
