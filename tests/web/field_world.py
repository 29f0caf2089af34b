"""The desk's installation with a form at its inspection, a panel after it, inspectors' numbers and two experts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from engine.model.case import Case
from engine.model.form import Field, RecordForm
from engine.model.matter import Matter
from engine.model.route import MAJORITY, Experts, Step
from engine.model.types import Type
from engine.ports.accounts import Account
from tests.web.admin_world import PASSWORD, AdminWorld, desk_matter

PLAN = {"day": "2099-01-05", "half": "上午", "place": "示例路1号", "contact": "黄核甲", "phone": "021-60000000"}
CLEAN = Field("clean", "现场整洁", "文本", Type("text"))
FORM = RecordForm("现场核查表", (CLEAN, Field("tel", "陪同人电话", "电话", Type("text"), sensitive=True)))


def field_matter() -> Matter:
    """The matter of the desk with a form at the inspection and a panel after it."""
    base = desk_matter()
    accept, inspect, approve = base.route
    results = {"符合": "expert", "整改": "again", "不符合": "expert"}
    inspect = msgspec.structs.replace(inspect, form=FORM, results=results)
    both = {"通过": "approve", "不通过": "approve"}
    expert = Step("expert", "专家评审", "专家", experts=Experts(2, 2, MAJORITY, by="核查"), results=both)
    return msgspec.structs.replace(base, route=(accept, inspect, expert, approve), hash="f" * 64)


@contextmanager
def field_world(folder: Path) -> Iterator[AdminWorld]:
    """The installation, closed when the block ends."""
    made = AdminWorld(folder)
    zhunyu = made.zhunyu
    with zhunyu.store.write() as tx:
        tx.versions.publish(field_matter(), id=zhunyu.ids.new(), at="2026-01-01T00:00:00+08:00", by="测试")
    for login in ("expert1", "expert2"):
        account = Account("", login, "staff", f"专示{login[-1]}", roles=("专家",), district="黄浦区")
        zhunyu.accounts.create(account, PASSWORD)
    for one in zhunyu.accounts.list("staff"):
        if one.login.startswith("inspect"):
            zhunyu.visits.certify(one.id, f"沪卫监-{one.login[-1]}")
    yield made
    made.close()


def ids(world: AdminWorld) -> dict[str, str]:
    return {one.login: one.id for one in world.zhunyu.accounts.list("staff")}


def accepted(world: AdminWorld, site: str) -> Case:
    case = world.filed(site)
    assert world.desk("window").act(case, "accept", {"opinion": "予以受理。"}).status_code == 303
    return world.case(case)


def planned(world: AdminWorld, site: str) -> Case:
    case, people = accepted(world, site), ids(world)
    given = {**PLAN, "people": [people["inspect1"], people["inspect2"]], "version": case.version}
    assert world.desk("inspect1").post(f"/cases/{case.id}/visit", given).status_code == 303
    return world.case(case)
