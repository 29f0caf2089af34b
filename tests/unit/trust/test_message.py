"""Signed messages: what is accepted, and the reason for everything that is not."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from engine.trust import message, sm2
from engine.trust.keys import KeyRing

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
NONCE = "abcdefghijklmnop"
PATH, BODY = "/api/push?x=1", '{"办件":"1"}'.encode()


def signed(ring: KeyRing) -> dict[str, str]:
    return message.sign_message(ring.signer("push"), "POST", PATH, BODY, NOW.isoformat(), NONCE)


def verdict(ring: KeyRing, headers: dict[str, str], **changed: object) -> str | None:
    given = {"method": "POST", "path": PATH, "body": BODY, "now": NOW, "max_age": 300, "trusted": ring.trusted("push")}
    return message.verify_message(headers, **{**given, **changed})  # type: ignore[arg-type]


def test_a_message_as_signed_is_accepted(ring: KeyRing) -> None:
    assert verdict(ring, signed(ring)) is None


def test_header_names_in_another_case_are_accepted(ring: KeyRing) -> None:
    assert verdict(ring, {name.lower(): value for name, value in signed(ring).items()}) is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"method": "PUT"}, "签名核验未通过"),
        ({"path": "/api/push?x=2"}, "签名核验未通过"),
        ({"body": b"{}"}, "摘要不符"),
        ({"now": NOW + timedelta(seconds=301)}, "已过期"),
        ({"now": NOW - timedelta(seconds=61)}, "已过期"),
        ({"trusted": {}}, "不受信任"),
    ],
)
def test_a_message_in_other_circumstances_is_refused(ring: KeyRing, changed: dict[str, object], reason: str) -> None:
    assert reason in (verdict(ring, signed(ring), **changed) or "")


@pytest.mark.parametrize("seconds", [300, -60])
def test_a_message_at_the_edge_of_its_time_is_accepted(ring: KeyRing, seconds: int) -> None:
    assert verdict(ring, signed(ring), now=NOW + timedelta(seconds=seconds)) is None


@pytest.mark.parametrize("name", [message.KEY, message.TIMESTAMP, message.NONCE, message.DIGEST, message.SIGNATURE])
def test_a_missing_header_is_named(ring: KeyRing, name: str) -> None:
    headers = {key: value for key, value in signed(ring).items() if key != name}
    assert name in (verdict(ring, headers) or "")


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        (message.TIMESTAMP, "2026-03-01T08:00:01+00:00", "签名核验未通过"),
        (message.TIMESTAMP, "2026-03-01T08:00:00", "时间戳格式"),
        (message.TIMESTAMP, "yesterday", "时间戳格式"),
        (message.NONCE, "ponmlkjihgfedcba", "签名核验未通过"),
        (message.NONCE, "short", "随机数格式"),
        (message.DIGEST, "00" * 32, "摘要不符"),
        (message.SIGNATURE, "!!", "Base64"),
        (message.SIGNATURE, "AAAA", "签名核验未通过"),
    ],
)
def test_an_altered_header_is_refused(ring: KeyRing, name: str, value: str, reason: str) -> None:
    assert reason in (verdict(ring, {**signed(ring), name: value}) or "")


def test_a_signature_made_for_another_purpose_is_refused(ring: KeyRing) -> None:
    headers = signed(ring)
    plain = message._signed(headers, "POST", PATH).removeprefix(message._DOMAIN)
    headers[message.SIGNATURE] = base64.b64encode(sm2.sign(ring.signer("push").private, plain)).decode()
    assert verdict(ring, headers) == "签名核验未通过。"


@pytest.mark.parametrize(("timestamp", "nonce"), [("2026-03-01", NONCE), (NOW.isoformat(), "a b")])
def test_signing_with_a_malformed_timestamp_or_nonce_is_a_value_error(
    ring: KeyRing, timestamp: str, nonce: str
) -> None:
    with pytest.raises(ValueError, match="agreed form"):
        message.sign_message(ring.signer("push"), "GET", "/", b"", timestamp, nonce)
