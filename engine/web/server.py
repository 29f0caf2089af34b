"""The WSGI entry: the Flask apps of this network zone behind one server (`granian engine.web.server:app`)."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from werkzeug.middleware.dispatcher import DispatcherMiddleware

from engine.bootstrap import Zhunyu, build
from engine.settings import load


def mount(zhunyu: Zhunyu) -> Any:
    """The portal at /, the staff side at /admin; with one of them alone, that one at its place.

    The apps are found by the names in the settings, because a zone installs only the one it serves.
    """
    apps = {name: import_module(name).create_app(zhunyu) for name in zhunyu.settings.apps}
    root = apps.get("portal") or apps["admin"]
    return DispatcherMiddleware(root, {"/admin": apps["admin"]} if "admin" in apps else {})


app = mount(build(load()))
