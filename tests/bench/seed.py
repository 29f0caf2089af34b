"""Accounts and signed-in sessions for the load, made through the services and not through pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from engine.bootstrap import Zhunyu
from engine.model.people import Subject
from engine.ports.accounts import Represented
from engine.ports.identity import Identity
from tests.bench.enterprises import LEGAL, Enterprise, enterprise

PAGE: dict[str, Any] = {
    "title": "公共场所卫生许可证", "number": "测卫公字（2026）第1号", "issuer": "测试机关", "issued_on": "2026-11-02",
    "lines": [["单位名称", "上海示例测速酒店有限公司"], ["经营项目", "宾馆"], ["经营场所地址", "测试路1号"]],
    "seal": "测试章", "version": "1", "qr": "https://example.invalid/verify",
}  # fmt: skip


@dataclass(frozen=True)
class Applicant:
    """An enterprise, and the cookie of the session of its legal representative."""

    enterprise: Enterprise
    cookie: str


def applicants(zhunyu: Zhunyu, count: int) -> list[Applicant]:
    """`count` enterprises, each with an account of its own that is signed in: every application is another's."""
    flask = Flask(__name__)
    flask.secret_key = zhunyu.settings.secret
    signer = SecureCookieSessionInterface().get_signing_serializer(flask)
    assert signer is not None
    made = []
    for n in range(count):
        one = enterprise(n)
        stands_for = Represented(Subject("法人", one.code, one.name), "法定代表人")
        session = zhunyu.accounts.sign_in_as(Identity(f"bench-{n}", LEGAL, 3, "138****0001", (stands_for,)))
        made.append(Applicant(one, str(signer.dumps({"token": session.token, "_permanent": True}))))
    return made


def plan_file() -> bytes:
    """A one-page PDF to upload as the floor plan."""
    from engine.adapters.render.typst_renderer import TypstRenderer

    return TypstRenderer().render("licence", PAGE)
