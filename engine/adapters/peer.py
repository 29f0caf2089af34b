"""Pushing to other systems: signed HTTP messages with an idempotency key."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Mapping

import requests

from engine.adapters.reply_body import TooLong, read_body
from engine.errors import ZhunyuError
from engine.model.values import Json
from engine.ports.world import Clock
from engine.trust.canonical import canonical
from engine.trust.keys import KeyRing
from engine.trust.message import sign_message
from engine.trust.provider import Crypto

IDEMPOTENCY = "Idempotency-Key"
_TIMEOUT = (2.0, 5.0)
_MOST = 1 << 16  # bytes of an answer
_AGAIN = frozenset({408, 409, 423, 425, 429})  # refusals that pass


class HttpPeer:
    """POSTs to `base`/`folder`/`to`, signed with the push key."""

    def __init__(self, base: str, ring: KeyRing | Crypto, clock: Clock, folder: str = "push") -> None:
        self._folder = folder
        self._base, self._ring, self._clock = base.rstrip("/"), ring, clock
        self._local = threading.local()

    def deliver(self, to: str, message: Mapping[str, Json], key: str) -> str:
        """Send once with idempotency key `key`; "" when accepted, else the reason to try again later.

        ZhunyuError S006 when the peer refused for good.
        """
        path, body = f"/{self._folder}/{to}", canonical(message)
        headers = sign_message(
            self._ring.signer("push"), "POST", path, body, self._clock.now().isoformat(), secrets.token_urlsafe(18)
        )
        headers |= {IDEMPOTENCY: key, "Content-Type": "application/json; charset=utf-8"}
        until = time.monotonic() + sum(_TIMEOUT)
        try:
            with self._session().post(
                self._base + path, data=body, headers=headers, timeout=_TIMEOUT, allow_redirects=False, stream=True
            ) as reply:
                said = read_body(reply, _MOST, until)
        except (requests.Timeout, TooLong):
            return "对方未在时限内答复"
        except (requests.RequestException, OSError):
            return "连接不上对方"
        except Exception as error:  # urllib3 raises its own kinds while the body is read
            return "对方未在时限内答复" if "timed out" in str(error).lower() else "读取对方答复时中断"
        if 200 <= reply.status_code < 300:
            return ""
        if reply.status_code >= 500 or reply.status_code in _AGAIN or 300 <= reply.status_code < 400:
            return f"对方返回状态 {reply.status_code}"
        reason = said.decode("utf-8", "replace")[:200]
        raise ZhunyuError("S006", f"对方拒收（状态 {reply.status_code}）：{reason}", status=502)

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = False
        return session
