"""Fact registries over HTTP. Whatever goes wrong is an answer: unavailable, with the reason."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

import msgspec
import requests

from engine.adapters.reply_body import TooLong, read_body
from engine.decoding import decoded
from engine.ports.world import Answer

_MOST = 1 << 20  # bytes of an answer


class _Reply(msgspec.Struct, frozen=True):
    state: str
    value: Any = None


class HttpRegistry:
    """One gateway that answers GET `path`?arguments with {"state": "value" | "empty", "value": …}."""

    def __init__(self, base: str) -> None:
        self._base = base.rstrip("/")
        self._local = threading.local()

    def ask(self, path: str, arguments: Mapping[str, str], timeout: float) -> Answer:
        """Ask with a timeout in seconds."""
        until = time.monotonic() + timeout
        try:
            with self._session().get(
                self._base + path, params=dict(arguments), timeout=(min(timeout, 1.0), timeout),
                allow_redirects=False, stream=True,
            ) as reply:  # fmt: skip
                if reply.status_code != 200:
                    return _unavailable(f"来源返回状态 {reply.status_code}")
                body = read_body(reply, _MOST, until)
        except (requests.Timeout, TooLong):
            return _unavailable("来源未在时限内答复")
        except (requests.RequestException, OSError):
            return _unavailable("连接不上来源")
        except Exception as error:  # urllib3 raises its own kinds while the body is read
            return _unavailable("来源未在时限内答复" if "timed out" in str(error).lower() else "读取来源答复时中断")
        return _read(body)

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = False  # a proxy of the machine must not see the queries
        return session


def _read(body: bytes) -> Answer:
    if len(body) > _MOST:
        return _unavailable("来源的答复过大")
    try:
        reply = decoded(body, _Reply)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _unavailable("来源的答复不符合约定")
    if reply.state == "empty":
        return Answer(state="empty")
    if reply.state == "value" and isinstance(reply.value, (dict, list)):
        return Answer(state="value", value=reply.value)
    return _unavailable("来源的答复不符合约定")


def _unavailable(reason: str) -> Answer:
    return Answer(state="unavailable", reason=reason)
