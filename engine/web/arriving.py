"""Between the password and the session: what a browser holds of a sign-in under way, and where it comes from."""

from __future__ import annotations

from flask import request, session

from engine.errors import ZhunyuError
from engine.model.sign_in import PASSWORD, Came
from engine.web.devices import device_words

_WAITING, _NEXT = "waiting", "waiting_next"


def came(how: str = PASSWORD) -> Came:
    """Where this request comes from."""
    return Came(request.remote_addr or "", device_words(request.headers.get("User-Agent", "")), how)


def keep_waiting(token: str, next: str) -> None:
    """Put the token of a sign-in under way into the cookie; whatever the cookie held before is dropped."""
    session.clear()
    session[_WAITING], session[_NEXT] = token, next


def waiting_token() -> str:
    """The token of the sign-in this browser has under way; A001 (401) when there is none."""
    token = session.get(_WAITING, "")
    if not token:
        raise ZhunyuError("A001", "这次登录已经过期，或已在别处完成。", "请重新登录。", status=401)
    return str(token)


def waiting_next() -> str:
    """Where the visitor wanted to go."""
    return str(session.get(_NEXT, ""))
