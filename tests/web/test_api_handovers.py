"""The two operations by which another system hands cases in, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.model.matter import Row
from engine.model.rule import ALWAYS
from tests.web.api_world import BY_HAND, World, api_matter

GIVEN = {
    "number": "SH-2026-000001", "matter": "api_in", "answers": BY_HAND,
    "subject": {"kind": "法人", "code": "91310101MADEM0011X", "name": "上海示例泊云酒店有限公司"},
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder: Path = tmp_path_factory.mktemp("handovers")
    made = World(folder)
    matter = msgspec.structs.replace(
        api_matter(), id="api_in", title="转入示例许可", hash="e" * 64, starts="转入",
        decide=(Row("otherwise", ALWAYS, "转人工", "由工作人员办理。"),),
    )  # fmt: skip
    with made.zhunyu.store.write() as tx:
        tx.versions.publish(matter, id=made.zhunyu.ids.new(), at="2026-01-01T00:00:00+08:00", by="测试")
    yield made
    made.close()


def call(world: Any, method: str, path: str, token: str = "platform", **sent: Any) -> Any:
    headers = {"Authorization": f"Bearer {world.tokens[token]}"}
    return world.app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **sent)


def test_a_case_is_handed_in_once_and_followed(world: Any) -> None:
    first = call(world, "POST", "/handovers", json=GIVEN)
    assert (first.status_code, first.json["status"], first.json["outside_number"]) == (201, "已收件", GIVEN["number"])
    again = call(world, "POST", "/handovers", json=GIVEN)
    assert again.json["number"] == first.json["number"]
    assert call(world, "GET", f"/handovers/{GIVEN['number']}").json == again.json
    other = call(world, "POST", "/handovers", json={**GIVEN, "answers": {**BY_HAND, "area": "98"}})
    assert (other.status_code, other.json["code"]) == (409, "A005")


def test_other_tokens_do_not_open_it_and_the_shelf_does_not_offer_it(world: Any) -> None:
    for token in ("market", "hotel"):
        assert call(world, "POST", "/handovers", token, json=GIVEN).status_code == 403
    found = call(world, "GET", "/matters?text=转入示例").json["items"]
    shelf = call(world, "GET", "/matters").json["items"]
    assert shelf and "api_in" not in [one["id"] for one in (*found, *shelf)]
    started = call(world, "POST", "/drafts", "hotel", json={"matter": "api_in"})
    assert (started.status_code, started.json["code"]) == (403, "A010")
