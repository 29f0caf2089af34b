"""What the web kit needs of the wired product; `engine.bootstrap.Zhunyu` fulfils it."""

from __future__ import annotations

from typing import Protocol

from flask import current_app, g

from engine.errors import ZhunyuError
from engine.services.accounts import Session


class WebSettings(Protocol):
    """The settings the kit reads. `cookie_secure` is on wherever TLS is terminated in front."""

    @property
    def secret(self) -> str: ...
    @property
    def cookie_secure(self) -> bool: ...


class SessionSource(Protocol):
    """Where a session is found by the token of its cookie or by a bearer token."""

    def session(self, token: str, touch: bool = True) -> Session | None: ...
    def by_api_token(self, token: str) -> Session | None: ...


class Host(Protocol):
    """The wired product, as far as the kit needs it."""

    @property
    def settings(self) -> WebSettings: ...
    @property
    def accounts(self) -> SessionSource: ...


def signed_in() -> Session:
    """The session of this request; A001 (401) when there is none."""
    session: Session | None = g.get("session")
    if session is None:
        raise ZhunyuError("A001", "您还没有登录，或登录已过期。", "请重新登录。", status=401)
    return session


def option(name: str, default: object) -> object:
    """A setting that not every deployment names, such as `cache_url`."""
    return getattr(current_app.extensions["zhunyu"].settings, name, default)
