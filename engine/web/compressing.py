"""Answers made small for slow networks: text goes out gzipped to whoever takes it; static files are made small once.

A page that holds a form carries a token that is signed anew for every second, so that what compresses with it tells
nothing of use (BREACH).
"""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, request

_TEXT = ("text/", "application/json", "application/manifest+json", "application/problem+json", "image/svg+xml")
_LEAST = 600  # bytes below which compressing gains nothing


def register(app: Flask) -> None:
    """Compress what the app answers."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if not (response.mimetype or "").startswith(_TEXT) or response.direct_passthrough or response.is_streamed:
        return response
    response.vary.add("Accept-Encoding")
    fit = response.status_code not in (204, 304) and "Content-Encoding" not in response.headers
    if not fit or not request.accept_encodings["gzip"] or request.method == "HEAD":
        return response
    data = response.get_data()
    if len(data) < _LEAST:
        return response
    kept = request.endpoint == "static_file"
    response.set_data(_small(data) if kept else gzip.compress(data, 6, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    etag, weak = response.get_etag()
    if etag and not weak:
        response.set_etag(etag, weak=True)
    return response


@lru_cache(maxsize=256)
def _small(data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)
