"""The gateway of the sandbox takes only what is signed, of the agreed form and free of personal numbers, once."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from deploy.sandbox import app as sandbox
from engine.adapters.clock import SystemClock
from engine.adapters.messenger import HttpMessenger
from engine.adapters.peer import HttpPeer
from engine.errors import ZhunyuError
from engine.model.messages import MAIL, OFFICE, SMS
from engine.model.ratings import Rating, RatingRules, pushed
from engine.trust.keys import KeyRing, new_ring, write_trusted
from tests.flow.serving import served

BODY = {
    "message_id": "01M8P0WQ4T378K8A1QADPN5Y7A", "to": "13800000001", "content": "您的申请需要补正，请登录查看。",
    "urgent": False, "created_at": "2026-11-30T10:00:00+08:00",
}  # fmt: skip
KEY = "message-01M8P0WQ4T378K8A1QADPN5Y7A"
RATING = Rating(
    id="R1", case="C1", point="办理结果", number="2026113056689", matter="public_place_new", matter_title="许可",
    district="黄浦区", authority="", authority_name="上海市黄浦区卫生健康委员会", account="A1", name="陈示安",
    at="2026-11-30T10:00:00+08:00", score=4, labels=("等待时间长",),
)  # fmt: skip


@pytest.fixture(scope="module")
def ring() -> KeyRing:
    return new_ring(secrets.token_bytes)


@pytest.fixture
def address(tmp_path: Path, ring: KeyRing) -> Iterator[str]:
    (tmp_path / "registry.yaml").write_text("organizations: []\n", encoding="utf-8")
    (tmp_path / "trusted.json").write_text(write_trusted(ring.trusted("push")), encoding="utf-8")
    with served(sandbox.create_app(tmp_path, tmp_path / "registry.yaml", tmp_path / "trusted.json")) as base:
        yield base


@pytest.fixture
def gateway(address: str, ring: KeyRing) -> HttpMessenger:
    return HttpMessenger(address, ring, SystemClock())


def test_a_message_of_each_channel_is_taken_and_once(gateway: HttpMessenger, address: str) -> None:
    assert gateway.send(SMS, BODY, KEY) == gateway.send(SMS, BODY, KEY) == ""
    assert gateway.send(OFFICE, {**BODY, "to": "hp-window"}, KEY) == ""
    assert gateway.send(MAIL, {**BODY, "to": "a@example.cn", "subject": "需要补正"}, KEY) == ""
    assert requests.get(address, timeout=5).text.count("已验证") == 3


@pytest.mark.parametrize(
    ("channel", "change", "reason"),
    [
        (SMS, {"to": "12345"}, "to"),
        (SMS, {"extra": 1}, "extra"),
        (SMS, {"content": "证件 310101197102111016"}, "证件号码"),
        (SMS, {"content": "请拨打 13912345678"}, "手机号码"),
        (MAIL, {"to": "a@example.cn"}, "subject"),
        (OFFICE, {"to": "张 三"}, "to"),
    ],
)
def test_what_departs_from_the_form_or_tells_of_people_is_refused_for_good(
    gateway: HttpMessenger, channel: str, change: dict[str, object], reason: str
) -> None:
    with pytest.raises(ZhunyuError, match=reason):
        gateway.send(channel, {**BODY, **change}, KEY)  # type: ignore[dict-item]


def test_other_words_under_a_used_key_are_refused(gateway: HttpMessenger) -> None:
    gateway.send(SMS, BODY, KEY)
    with pytest.raises(ZhunyuError, match="同一幂等键的内容不同"):
        gateway.send(SMS, {**BODY, "content": "另一句话。"}, KEY)


def test_a_stranger_and_the_unsigned_are_refused(address: str) -> None:
    stranger = HttpMessenger(address, new_ring(secrets.token_bytes), SystemClock())
    with pytest.raises(ZhunyuError, match="签名密钥不受信任"):
        stranger.send(SMS, BODY, KEY)
    reply = requests.post(f"{address}/messages/sms", json=BODY, headers={"Idempotency-Key": KEY}, timeout=5)
    assert reply.status_code == 401


def test_a_gateway_that_is_down_is_tried_again_later(gateway: HttpMessenger, address: str) -> None:
    requests.post(f"{address}/faults", json={"/messages": "down"}, timeout=5).raise_for_status()
    assert gateway.send(SMS, BODY, KEY) == "对方返回状态 503"


def test_a_rating_is_taken_in_the_fields_of_the_standard_and_a_level_that_is_not_its_code_is_not(
    address: str, ring: KeyRing
) -> None:
    peer = HttpPeer(address, ring, SystemClock())
    body = pushed(RATING, RatingRules(channels={"网上": "1"}, areas={"黄浦区": "310101"}))
    assert peer.deliver("hcp", body, "rating-R1-1") == ""  # type: ignore[arg-type]
    with pytest.raises(ZhunyuError, match="S006"):
        peer.deliver("hcp", {**body, "satisfaction": "满意"}, "rating-R1-2")  # type: ignore[dict-item]
