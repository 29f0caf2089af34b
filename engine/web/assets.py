"""Static files under URLs that hold their content hash, so that browsers keep them for a year."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path

from flask import Flask, Response, abort, request, url_for

from engine.web.access import access

TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png",
         ".woff2": "font/woff2", ".json": "application/json", ".ico": "image/x-icon"}  # fmt: skip


class Assets:
    """Files of several folders, earlier folders first; read once at start-up."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self._files: dict[str, tuple[str, bytes]] = {}
        for folder in reversed(folders):
            for path in sorted(folder.rglob("*")):
                if path.is_file() and path.suffix in TYPES:
                    data = path.read_bytes()
                    self._files[path.relative_to(folder).as_posix()] = (hashlib.sha256(data).hexdigest()[:16], data)

    def digest(self, name: str) -> str:
        """The hash in the file's URL; KeyError for an unknown file, which is a defect in a template."""
        return self._files[name][0]

    def get(self, name: str) -> tuple[str, bytes] | None:
        """Hash and content."""
        return self._files.get(name)


def register(app: Flask, folders: tuple[Path, ...]) -> None:
    """Serve the folders and give templates `asset('css/site.css')`."""
    files = Assets(folders)
    urls: dict[tuple[str, str], str] = {}  # by where the app is mounted and the file's name

    @access("public")
    def static_file(digest: str, name: str) -> Response:
        found = files.get(name)
        if found is None:
            abort(404)
        current, data = found
        suffix = Path(name).suffix
        response = Response(data, mimetype=TYPES.get(suffix) or mimetypes.guess_type(name)[0])
        response.set_etag(current)
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if digest == current else "public, max-age=60"
        )
        response.make_conditional(request)
        return response

    def asset(name: str) -> str:
        key = (request.script_root, name)
        if key not in urls:
            urls[key] = url_for("static_file", digest=files.digest(name), name=name)
        return urls[key]

    app.add_url_rule("/static/<digest>/<path:name>", "static_file", static_file)
    app.jinja_env.globals["asset"] = asset
