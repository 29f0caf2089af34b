"""How often a route may be called: `@limited("5/minute")`. In process, or in Redis where `cache_url` is set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar

from flask import Flask, current_app, g, request
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from engine.errors import ZhunyuError
from engine.web.host import option

View = TypeVar("View", bound=Callable[..., Any])
By = Literal["address", "account"]
_MARK = "zhunyu_limits"


def limited(rate: str, by: By = "address", *, methods: tuple[str, ...] = ()) -> Callable[[View], View]:
    """Let the view be called `rate` ("5/minute") per client address or per account; A006 (429) beyond that.

    `methods` restricts the limit to some methods. Give the decorator again for a second limit.
    """
    item = parse(rate)

    def mark(view: View) -> View:
        setattr(view, _MARK, (*getattr(view, _MARK, ()), (item, by, methods)))
        return view

    return mark


def register(app: Flask) -> None:
    """Check the limits before every request, after the session is known."""
    with app.app_context():
        storage = storage_from_string(str(option("cache_url", "") or "memory://"))
    app.extensions["zhunyu_limiter"] = MovingWindowRateLimiter(storage)
    app.before_request(_check)


def _check() -> None:
    if request.endpoint is None:
        return
    view = current_app.view_functions[request.endpoint]
    limiter: MovingWindowRateLimiter = current_app.extensions["zhunyu_limiter"]
    for item, by, methods in getattr(view, _MARK, ()):
        if methods and request.method not in methods:
            continue
        session = g.get("session")
        who = session.account.id if by == "account" and session is not None else request.remote_addr or "-"
        if not limiter.hit(item, request.endpoint, by, who):
            raise ZhunyuError("A006", "操作过于频繁。", "请稍等片刻再试。", status=429)
