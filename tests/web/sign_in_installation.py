"""An installation that requires a second factor, with the admin app, an identity provider and an office platform."""

from __future__ import annotations

import re
from pathlib import Path

from flask.testing import FlaskClient

from admin import create_app
from deploy.sandbox.identity import CLIENT, SECRET
from deploy.sandbox.office import OfficePlatform
from engine.adapters.clock import SystemClock
from engine.bootstrap import Zhunyu, build, migrate
from engine.ports.accounts import Account
from engine.settings import load
from engine.trust.pki.issuing import Subject

PASSWORD, PIN = "Quiet-Harbour-2026", "tide-2026"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/125.0 Safari/537.36 Edg/125.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) AppleWebKit/605.1.15 MicroMessenger/8.0.49"
NAMES = {"approve": ("黄批示", "审批"), "window": ("黄窗示", "窗口"), "guard": ("市安示", "安全")}


class Installation:
    """The admin app on a folder of its own, with an identity provider and an office platform."""

    def __init__(self, folder: Path, issuer: str) -> None:
        self.zhunyu: Zhunyu = build(load({
            "ZHUNYU_DATA_DIR": str(folder), "ZHUNYU_SECOND_FACTOR": "required", "ZHUNYU_SIGNING": "off",
            "ZHUNYU_SSO_ISSUER": issuer, "ZHUNYU_SSO_CLIENT": CLIENT, "ZHUNYU_SSO_SECRET": SECRET,
            "ZHUNYU_COOKIE_SECURE": "0",
        }), SystemClock())  # fmt: skip
        migrate(self.zhunyu)
        self.app, self.office = create_app(self.zhunyu), OfficePlatform(folder / "sandbox", self.zhunyu.clock.now)
        everyone = [
            Account("", login, "staff", name, roles=(role,), district="黄浦区") for login, (name, role) in NAMES.items()
        ]
        self.people = {one.login: self.zhunyu.accounts.create(one, PASSWORD) for one in everyone}
        for login in ("approve", "guard"):
            one = self.people[login]
            self.zhunyu.signing.authority.issue("officer", one.id, Subject(one.name), pin=PIN, iterations=1000)

    def browser(self, agent: str = EDGE) -> FlaskClient:
        self.app.extensions["zhunyu_limiter"].storage.reset()
        client = self.app.test_client()
        client.environ_base["HTTP_USER_AGENT"] = agent
        return client

    def inside(self, login: str = "approve", agent: str = EDGE) -> FlaskClient:
        client = self.browser(agent)
        post(client, "/login", {"login": login, "password": PASSWORD})
        assert post(client, "/login/second", {"way": "certificate", "given": PIN}).location == "/"
        return client


def post(client: FlaskClient, path: str, data: dict[str, str]):  # type: ignore[no-untyped-def]
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/login").text)
    assert token is not None
    return client.post(path, data={"csrf_token": token[1], **data})
