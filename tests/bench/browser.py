"""What one applicant's browser does, over one kept-alive connection of the plainest kind."""

from __future__ import annotations

import http.client
import re
import time
import urllib.parse
from collections.abc import Iterable

from tests.bench.enterprises import MATTER, answers, form_values
from tests.bench.seed import Applicant

_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
_REVISION = re.compile(r'id="revision" value="(\d+)"')
_MATERIALS = re.compile(r'name="_materials" value="(\w+)"')
_KEY = re.compile(r'name="key" value="([^"]+)"')
_FILE = re.compile(r"/certificates/\w+/file")
_PATIENCE = 30.0
_ASK_EVERY = 0.1  # seconds between looks at the case: a page asks once a second, which would hide our own speed


class Wire:
    """A connection that keeps one cookie."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookie = cookie

    def get(self, path: str, expect: int = 200) -> bytes:
        """The body of a page; ValueError for another status."""
        return self._send("GET", path, None, {}, expect)[1]

    def post(self, path: str, values: Iterable[tuple[str, str]], expect: int, **headers: str) -> tuple[str, bytes]:
        """Where a form leads to, and the body."""
        body = urllib.parse.urlencode(list(values)).encode()
        return self._send("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded", **headers}, expect)

    def upload(self, path: str, name: str, data: bytes, token: str) -> None:
        """One file, as htmx sends it."""
        head = f'--zy\r\nContent-Disposition: form-data; name="{name}"; filename="plan.pdf"\r\n'
        body = head.encode() + b"Content-Type: application/pdf\r\n\r\n" + data + b"\r\n--zy--\r\n"
        headers = {"Content-Type": "multipart/form-data; boundary=zy", "X-CSRFToken": token, "HX-Request": "true"}
        self._send("POST", path, body, headers, 200)

    def _send(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], expect: int
    ) -> tuple[str, bytes]:
        cookie = {"Cookie": f"zhunyu_portal={self.cookie}"} if self.cookie else {}
        self.connection.request(method, path, body, {**headers, **cookie})
        reply = self.connection.getresponse()
        data = reply.read()
        given = reply.headers.get("Set-Cookie", "")
        if given.startswith("zhunyu_portal="):
            self.cookie = given.split(";", 1)[0].partition("=")[2]
        if reply.status != expect:
            raise ValueError(f"{method} {path} gave {reply.status} instead of {expect}: {_words(data)}")
        return reply.headers.get("Location", ""), data


def begin(wire: Wire) -> str:
    """Start an application; the path of its form."""
    token = _found(_TOKEN, wire.get(f"/start/{MATTER}"))
    return wire.post(f"/start/{MATTER}", [("csrf_token", token)], 303)[0]


def fill(wire: Wire, form: str, filled: list[tuple[str, str]]) -> None:
    """Keep answers in a form without going on."""
    token = ("csrf_token", _found(_TOKEN, wire.get(form)))
    wire.post(form, [token, *filled, ("_do", "update")], 200)


def apply(wire: Wire, applicant: Applicant, plan: bytes) -> None:
    """A whole application: start, form, upload, pre-check, review, submission, instant approval, sealed PDF."""
    form = begin(wire)
    page = wire.get(form)
    token = _found(_TOKEN, page)
    wire.upload(f"{form}/materials/plan", "file.plan", plan, token)
    filled = [("csrf_token", token), *form_values(answers(applicant.enterprise))]
    seen = [("_revision", _found(_REVISION, page)), ("_materials", _found(_MATERIALS, page))]
    panel = wire.post(f"{form}/precheck", [*filled, *seen], 200, **{"HX-Request": "true"})[1]
    revision = ("_revision", _found(_REVISION, panel))
    review, _ = wire.post(form, [*filled, revision, ("_do", "review")], 303)
    page = wire.get(review)
    if "符合当场办结条件" not in page.decode():
        raise ValueError("the application does not qualify for instant approval")
    case, _ = wire.post(f"{form}/submit", [("csrf_token", token), ("key", _found(_KEY, page))], 303)
    if not wire.get(_certificate(wire, case)).startswith(b"%PDF-"):
        raise ValueError("the certificate is no PDF")


def _certificate(wire: Wire, case: str) -> str:
    """The path of the sealed file, once the case page offers it."""
    until = time.monotonic() + _PATIENCE
    page = wire.get(case)
    while time.monotonic() < until:
        found = _FILE.search(page.decode())
        if found is not None:
            return found[0]
        time.sleep(_ASK_EVERY)
        page = wire.get(f"{case}/status")
    raise ValueError(f"no certificate after {_PATIENCE:.0f} s")


def _found(pattern: re.Pattern[str], page: bytes) -> str:
    match = pattern.search(page.decode())
    if match is None:
        raise ValueError(f"the page lacks {pattern.pattern}: {_words(page)}")
    return match[1]


def _words(page: bytes) -> str:
    text = page.decode("utf-8", "replace")
    return " ".join(re.sub(r"<[^>]+>", " ", text.partition("<main")[2] or text).split())[:300]
