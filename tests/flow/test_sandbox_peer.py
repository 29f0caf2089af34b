from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from deploy.sandbox import app as sandbox
from engine.adapters.clock import SystemClock
from engine.adapters.peer import HttpPeer
from engine.adapters.registry import HttpRegistry
from engine.errors import ZhunyuError
from engine.ports.world import Answer
from engine.trust.keys import KeyRing, new_ring, write_trusted
from tests.flow.serving import served

REGISTRY = """
organizations:
  - code: 91310101MADEM0011X
    registry.business: {name: 上海示例泊云酒店有限公司, established: 2021-03-18, since: -20d}
  - code: 91310105MADEM0126X
    registry.business: !unavailable
defaults:
  registry.business: {extra_addresses: []}
  registry.credit: {dishonest: false}
registry.address:
  - {asked: [示例路1号2层, 上海市黄浦区示例路1号2层], address: 上海市黄浦区示例路1号2层}
"""
NOTICE = {
    "project_no": "2026110200001", "event": "收件", "event_time": "2026-11-02T10:00:00+08:00",
    "task_id": "public_place_new", "task_name": "公共场所卫生许可（新办）", "task_version": "0123456789abcdef",
    "applyer_name": "上海示例泊云酒店有限公司", "applyer_type": "2", "applyer_page_code": "91310101MADEM0011X",
    "apply_type": "2", "apply_date": "2026-11-02T10:00:00+08:00", "org_name": "上海市黄浦区卫生健康委员会",
    "org_code": "", "status": "已收件", "handle_explain": "已收到您的申请。",
}  # fmt: skip
KEY = "01CASE-000001"


@pytest.fixture(scope="module")
def ring() -> KeyRing:
    return new_ring(secrets.token_bytes)


@pytest.fixture
def address(tmp_path: Path, ring: KeyRing, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    (tmp_path / "registry.yaml").write_text(REGISTRY, encoding="utf-8")
    (tmp_path / "trusted.json").write_text(write_trusted(ring.trusted("push")), encoding="utf-8")
    monkeypatch.setattr(sandbox, "_SLOW", 0.6)
    with served(sandbox.create_app(tmp_path, tmp_path / "registry.yaml", tmp_path / "trusted.json")) as base:
        yield base


@pytest.fixture
def peer(address: str, ring: KeyRing) -> HttpPeer:
    return HttpPeer(address, ring, SystemClock())


def ask(address: str, path: str, timeout: float = 5.0, **arguments: str) -> Answer:
    return HttpRegistry(address).ask(path, arguments, timeout)


def fault(address: str, prefix: str, kind: str) -> None:
    requests.post(f"{address}/faults", json={prefix: kind}, timeout=5).raise_for_status()


def arrived(address: str) -> int:
    return requests.get(address, timeout=5).text.count("已验证")


def test_a_registry_answers_with_its_record_and_the_defaults(address: str) -> None:
    answer = ask(address, "/registry/business", code="91310101MADEM0011X")
    assert answer.value["name"] == "上海示例泊云酒店有限公司" and answer.value["extra_addresses"] == []


def test_a_relative_day_is_counted_from_today(address: str) -> None:
    answer = ask(address, "/registry/business", code="91310101MADEM0011X")
    assert answer.value["since"] < SystemClock().now().date().isoformat()


def test_who_is_not_on_record_is_empty(address: str) -> None:
    assert ask(address, "/registry/business", code="0").state == "empty"


def test_a_record_marked_unavailable_is_unavailable(address: str) -> None:
    assert ask(address, "/registry/business", code="91310105MADEM0126X").state == "unavailable"


def test_an_address_is_found_by_any_of_its_spellings(address: str) -> None:
    answer = HttpRegistry(address).ask("/registry/address", {"address": "示例路1号2层"}, 5)
    assert answer.value == {"address": "上海市黄浦区示例路1号2层"}


@pytest.mark.parametrize(("kind", "reason"), [("down", "状态 503"), ("rubbish", "不符合约定"), ("refuse", "状态 422")])
def test_a_registry_with_a_fault_is_unavailable_and_says_why(address: str, kind: str, reason: str) -> None:
    fault(address, "/registry", kind)
    answer = ask(address, "/registry/credit", code="91310101MADEM0011X")
    assert answer.state == "unavailable" and reason in answer.reason


def test_a_slow_registry_is_unavailable_at_its_timeout(address: str) -> None:
    fault(address, "/registry", "slow")
    assert ask(address, "/registry/credit", 0.1, code="91310101MADEM0011X").reason == "来源未在时限内答复"


def test_a_registry_that_is_not_there_is_unavailable() -> None:
    assert ask("http://127.0.0.1:9", "/registry/credit", code="x").reason == "连接不上来源"


def test_a_signed_push_of_the_agreed_form_is_accepted(peer: HttpPeer, address: str) -> None:
    assert (peer.deliver("ywtb", NOTICE, KEY), arrived(address)) == ("", 1)


def test_the_same_push_again_is_accepted_and_kept_once(peer: HttpPeer, address: str) -> None:
    peer.deliver("ywtb", NOTICE, KEY)
    assert (peer.deliver("ywtb", NOTICE, KEY), arrived(address)) == ("", 1)


def test_other_content_under_a_used_key_is_refused_for_good(peer: HttpPeer) -> None:
    peer.deliver("ywtb", NOTICE, KEY)
    with pytest.raises(ZhunyuError, match="同一幂等键的内容不同"):
        peer.deliver("ywtb", {**NOTICE, "status": "已受理"}, KEY)


@pytest.mark.parametrize("change", [{"status": "办好了"}, {"extra": 1}, {"project_no": ""}, {"apply_date": "昨天"}])
def test_a_push_against_the_schema_is_refused_for_good(peer: HttpPeer, change: dict[str, object]) -> None:
    with pytest.raises(ZhunyuError, match="S006"):
        peer.deliver("ywtb", {**NOTICE, **change}, KEY)


def test_a_push_signed_by_a_stranger_is_refused_for_good(address: str) -> None:
    stranger = HttpPeer(address, new_ring(secrets.token_bytes), SystemClock())
    with pytest.raises(ZhunyuError, match="签名密钥不受信任"):
        stranger.deliver("ywtb", NOTICE, KEY)


def test_an_unsigned_push_is_refused(address: str) -> None:
    reply = requests.post(f"{address}/push/ywtb", json=NOTICE, headers={"Idempotency-Key": KEY}, timeout=5)
    assert reply.status_code == 401


def test_an_unknown_receiver_is_refused_for_good(peer: HttpPeer) -> None:
    with pytest.raises(ZhunyuError, match="没有这个接收方"):
        peer.deliver("nobody", NOTICE, KEY)


def test_a_peer_that_is_down_is_tried_again_later(peer: HttpPeer, address: str) -> None:
    fault(address, "/push", "down")
    assert peer.deliver("ywtb", NOTICE, KEY) == "对方返回状态 503"


def test_a_message_page_shows_the_fields_by_their_titles(peer: HttpPeer, address: str) -> None:
    peer.deliver("ywtb", NOTICE, KEY)
    page = requests.get(f"{address}/messages/1", timeout=5).text
    assert "办件编号" in page and NOTICE["project_no"] in page
