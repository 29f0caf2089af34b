"""Security headers of every answer. No inline script or style anywhere, nothing from other sites."""

from __future__ import annotations

from urllib.parse import quote

from flask import Flask, Response, g, request

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
# An uploaded file shown beside the case: may be framed by our own pages, may not run or load anything.
# Chromium's PDF viewer styles itself inline.
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; object-src 'self'; frame-ancestors 'self'"
SHOWN_INLINE = frozenset({"application/pdf", "image/jpeg", "image/png"})


_ALWAYS = (
    ("Content-Security-Policy", POLICY),
    ("X-Frame-Options", "DENY"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)


def register(app: Flask) -> None:
    """Add the headers to every answer that does not set its own."""
    app.after_request(_add)


def file_answer(name: str, media: str, data: bytes, *, inline: bool = False) -> Response:
    """A file of a user or of ours: downloaded, or shown inline when it is a PDF or a picture."""
    shown = inline and media in SHOWN_INLINE
    response = Response(data, mimetype=media if media in SHOWN_INLINE else "application/octet-stream")
    way = "inline" if shown else "attachment"
    response.headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Content-Security-Policy"] = FILE_POLICY if shown else "default-src 'none'; sandbox"
    if shown:
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _add(response: Response) -> Response:
    given = {name.lower() for name, _ in response.headers}
    response.headers.extend([(name, value) for name, value in _ALWAYS if name.lower() not in given])
    put = response.headers.setdefault
    put("X-Request-Id", g.get("request_id", ""))
    if request.is_secure:
        put("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static_file":
        put("Cache-Control", "no-store" if g.get("session") else "no-cache")
    return response
