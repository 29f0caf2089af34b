"""Handing packages over to an archive by signed HTTP, and reading its signed receipt."""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from urllib.parse import quote

import requests

from engine.adapters.keys import crypto_of
from engine.adapters.peer import IDEMPOTENCY
from engine.adapters.reply_body import TooLong, read_body
from engine.errors import ZhunyuError
from engine.ports.archives import Receipt
from engine.ports.world import Clock
from engine.trust.handover import read_handover
from engine.trust.keys import KeyRing, read_trusted
from engine.trust.message import sign_message
from engine.trust.provider import Crypto
from engine.trust.sm3 import sm3_hex

_TIMEOUT = (3.0, 30.0)
_MOST = 1 << 20  # bytes of an answer
_ANSWERS = frozenset({201, 200, 422})  # with a receipt: taken over now, before, or turned away


class HttpArchive:
    """POSTs packages to `base`/archive/packages; `trusted` is the file of the archive's public keys."""

    def __init__(self, base: str, trusted: Path, keys: KeyRing | Crypto, clock: Clock) -> None:
        self._base, self._trusted, self._crypto, self._clock = base.rstrip("/"), trusted, crypto_of(keys), clock

    def hand_over(self, code: str, package: bytes, key: str) -> Receipt | str:
        """Send once with idempotency key `key`: the receipt, else the reason to try again later.

        ZhunyuError K010 when the answer is no receipt that may be believed, S006 when the archive does not know us.
        """
        path = f"/archive/packages?code={quote(code)}"
        headers = sign_message(
            self._crypto.signer("push"), "POST", path, package, self._clock.now().isoformat(), secrets.token_urlsafe(18)
        )
        headers |= {IDEMPOTENCY: key, "Content-Type": "application/zip"}
        try:
            with requests.Session() as session:
                session.trust_env = False
                with session.post(
                    self._base + path, data=package, headers=headers, timeout=_TIMEOUT, allow_redirects=False,
                    stream=True,
                ) as reply:  # fmt: skip
                    status, said = reply.status_code, read_body(reply, _MOST, time.monotonic() + sum(_TIMEOUT))
        except (requests.Timeout, TooLong):
            return "档案馆未在时限内答复"
        except (requests.RequestException, OSError):
            return "连接不上档案馆"
        if status in (400, 401, 403, 404, 413, 415):
            reason = said.decode("utf-8", "replace")[:200]
            raise ZhunyuError("S006", f"档案馆拒收（状态 {status}）：{reason}", status=502)
        if status not in _ANSWERS:
            return f"档案馆返回状态 {status}"
        try:
            trusted = read_trusted(self._trusted.read_text(encoding="utf-8"))
        except OSError:
            return "还没有档案馆的公钥"
        found = read_handover(said, trusted, code, sm3_hex(package))
        return Receipt(found.result, found.faults, found.at, said.decode("utf-8"))
