"""The wired product and the session of this request, as every view needs them."""

from __future__ import annotations

from typing import cast

from flask import current_app, request

from engine.bootstrap import Zhunyu
from engine.web.access import wants_fragment
from engine.web.host import signed_in

__all__ = ["signed_in", "wants_fragment", "whole_number", "zhunyu"]


def zhunyu() -> Zhunyu:
    """The wired product of the running app."""
    return cast(Zhunyu, current_app.extensions["zhunyu"])


def whole_number(name: str) -> int | None:
    """A whole number of the form or query, None when absent or not one."""
    text = request.values.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
