"""The sandbox's office platform (一体化办公平台): lets its people into the admin app with signed tickets."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from engine.trust import sm2
from engine.trust.keys import SigningKey, write_trusted
from engine.trust.sign_in import Ticket, write_ticket

KEY = "office-1"
LASTS = 60
PEOPLE: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "hp-0003": ("黄批示", "DEMO-HP", ("审批决定",)),
    "hp-0101": ("黄办甲", "DEMO-HP", ("窗口受理", "审查")),
    "pd-0101": ("浦办甲", "DEMO-PD", ("现场核查",)),
    "xx-0001": ("外单位人员", "DEMO-XX", ("审批决定",)),
}


class OfficePlatform:
    """Its key in a file, its public key beside it for whoever relies on it."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._now, place = now, folder / "office-key.pem"
        if not place.exists():
            aside = place.with_name(f".{place.name}.{secrets.token_hex(6)}")
            aside.write_text(sm2.generate(secrets.token_bytes).to_pem(), encoding="ascii")
            os.chmod(aside, 0o600)
            aside.replace(place)
        self.key = SigningKey(KEY, "audit", sm2.PrivateKey.from_pem(place.read_text(encoding="ascii")))
        trusted = write_trusted({KEY: self.key.public})
        (folder / "office-trusted.json").write_text(trusted, encoding="utf-8")

    def ticket(self, subject: str, issuer: str, audience: str) -> str:
        """A fresh ticket for one of its people."""
        name, unit, posts = PEOPLE[subject]
        at = int(self._now().timestamp())
        return write_ticket(
            Ticket(issuer, audience, subject, name, unit, posts, secrets.token_urlsafe(18), at, at + LASTS, KEY),
            self.key,
        )


def office_desk(platform: OfficePlatform) -> Blueprint:
    """GET /office lists people, GET /office/enter?as= sends one of them over with a ticket."""
    blueprint = Blueprint("office", __name__)

    @blueprint.get("/office")
    def people() -> str:
        return render_template("office.html", people=PEOPLE)

    @blueprint.get("/office/enter")
    def enter() -> ResponseReturnValue:
        subject = request.args.get("as", "")
        if subject not in PEOPLE:
            abort(404)
        own = os.environ.get("ZHUNYU_PEER_URL", request.host_url.rstrip("/"))
        audience = os.environ.get("ZHUNYU_PUBLIC_URL", "http://127.0.0.1:8000")
        ticket = platform.ticket(subject, f"{own}/office", audience)
        return redirect(f"{audience}/admin/login/ticket?{urlencode({'ticket': ticket})}", 303)

    return blueprint
