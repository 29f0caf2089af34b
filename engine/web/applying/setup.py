"""Setting an app up so that applications can be filled in there."""

from __future__ import annotations

from flask import Flask

from engine.web.access import enforce
from engine.web.applying.expired import keep_what_was_typed
from engine.web.applying.host import KEY, Applying


def register(app: Flask, applying: Applying) -> None:
    """Let the app fill in applications this way; templates read it as `applying`."""
    app.extensions[KEY] = applying
    app.jinja_env.globals["applying"] = applying
    # After the session is known and before a visitor without one is sent away.
    before = app.before_request_funcs[None]
    before.insert(before.index(enforce), keep_what_was_typed)
