"""A whole installation in a folder, with one small matter, an applicant and the staff of two districts."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from pypdf import PdfWriter

from admin import create_app
from engine.adapters.clock import SystemClock
from engine.bootstrap import Zhunyu, build, migrate
from engine.model.authority import Authority
from engine.model.case import Case
from engine.model.form import Field, Group, MaterialNeed
from engine.model.matter import (
    CertificateDef,
    Check,
    Duration,
    FactNeed,
    Limits,
    Matter,
    Numbering,
    Row,
    Validity,
)
from engine.model.people import Subject
from engine.model.route import Step
from engine.model.rule import ALWAYS, Rule
from engine.model.types import Type
from engine.ports.accounts import Account, Represented
from engine.settings import load
from engine.web.app import SESSION_KEY

PASSWORD = "Quiet-Harbour-2026"
TEXT = Type("text")
HOTEL = Subject("法人", "91310101MA1FP0001X", "上海示例泊云酒店有限公司")
OFFICE = Authority("11310101000000000A", "上海市黄浦区卫生健康委员会", "黄浦区", "黄卫健", "黄")
READY = Rule("设施已备齐 = 是", {"==": [{"var": "ready"}, True]}, ("ready",))
SITE = Rule("经营地址", {"var": "site"}, ("site",))
HOLDER = Rule("申请人.名称", {"var": "applicant.name"}, ("applicant.name",))
BASIS = "《示例条例》第四条"
STAFF = {
    "window": ("黄窗示", ("窗口",), "黄浦区"),
    "all": ("黄全示", ("窗口", "核查", "审批"), "黄浦区"),
    "inspect1": ("黄核甲", ("核查",), "黄浦区"),
    "inspect2": ("黄核乙", ("核查",), "黄浦区"),
    "approve": ("黄批示", ("审批",), "黄浦区"),
    "issuer": ("黄制示", ("制发证",), "黄浦区"),
    "approve2": ("黄批乙", ("审批",), "黄浦区"),
    "pudong": ("浦窗示", ("窗口", "审批"), "浦东新区"),
    "city": ("市督示", ("监督",), "市级"),
    "matters": ("黄业示", ("业务管理",), "黄浦区"),
    "system": ("黄系示", ("系统",), "黄浦区"),
    "audit": ("市计示", ("审计",), "市级"),
    "security": ("市安示", ("安全",), "市级"),
}


def desk_matter() -> Matter:
    """Always handled by people: accepted, inspected by two, decided by someone else."""
    return Matter(
        id="desk_sample", title="窗口示例许可（新办）", kind="行政许可", line="示例", applicant=("法人",),
        business="新办", basis=(BASIS,), effective="2025-01-20", hash="b" * 64, main_item="窗口示例许可",
        conditions=("有固定的经营场所",), authorities=(OFFICE,),
        limits=Limits(legal=Duration(20), promised={"转人工": 8}),
        groups=(
            Group("holder", "申请单位", (Field("name", "单位名称", "文本", TEXT, prefill="applicant.name"),)),
            Group("place", "场所", (
                Field("site", "经营地址", "地址", TEXT, prefill="licence.address"),
                Field("ready", "设施已备齐", "是否", Type("bool")),
            )),
        ),
        facts=(FactNeed("licence", "营业执照", "registry.business", {"code": "applicant.code"}),),
        materials=(MaterialNeed("plan", "平面布局图", "非必要", accept=("pdf",), max_mb=1, max_files=2),),
        precheck=(
            Check("ready", READY, "设施没有备齐。", "一次补正", title="设施已备齐", mend="请备齐设施。",
                  basis=BASIS, fields=("ready",)),
        ),
        decide=(Row("otherwise", ALWAYS, "转人工", "需要人工核实。", "核实后准予"),),
        route=(
            Step("accept", "受理", "窗口", within=1),
            Step("inspect", "现场核查", "核查", staff=2, within=4,
                 results={"符合": "approve", "整改": "again", "不符合": "approve"}),
            Step("approve", "审批", "审批", within=2, not_same_as=("accept", "inspect")),
        ),
        certificates=(
            CertificateDef(
                "desk_sample", "窗口示例许可证", "新发", valid=Validity(years=4),
                number=Numbering("沪窗〔{年}〕字第{序号:05d}号", ("年",)),
                face=("编号", "单位名称", "经营场所地址", "发证机关", "发证日期", "有效期限"),
                lines={"单位名称": HOLDER, "经营场所地址": SITE}, item={"site": SITE},
            ),
        ),
        titles={"site": "经营地址", "ready": "设施已备齐", "name": "单位名称"},
    )  # fmt: skip


def one_page() -> bytes:
    """A PDF of one empty page."""
    writer, stream = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(stream)
    return stream.getvalue()


class Desk:
    """A browser in which a member of staff has signed in."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def page(self, path: str) -> str:
        return self.client.get(path).text

    def post(self, path: str, data: dict[str, Any]) -> Any:
        token = re.search(r'name="csrf-token" content="([^"]+)"', self.client.get("/login").text)
        assert token is not None
        return self.client.post(path, data={"csrf_token": token[1], **data})

    def act(self, case: Case, name: str, data: dict[str, Any] | None = None, version: int | None = None) -> Any:
        given = {"version": case.version if version is None else version, "confirmed": "1", **(data or {})}
        return self.post(f"/cases/{case.id}/act/{name}", given)


class AdminWorld:
    """The installation and its admin app."""

    def __init__(self, folder: Path, signing: str = "off", signature: str = "") -> None:
        self._tokens: dict[str, str] = {}
        environ = {"ZHUNYU_DATA_DIR": str(folder), "ZHUNYU_REGISTRY_URL": "http://127.0.0.1:9"}
        environ["ZHUNYU_SIGNING"] = signing
        environ |= {"ZHUNYU_SIGNATURE_URL": signature} if signature else {}
        self.zhunyu: Zhunyu = build(load(environ), SystemClock())
        migrate(self.zhunyu)
        with self.zhunyu.store.write() as tx:
            at = self.zhunyu.clock.now().isoformat(timespec="seconds")
            tx.versions.publish(desk_matter(), id=self.zhunyu.ids.new(), at=at, by="测试")
        self.app = create_app(self.zhunyu)
        accounts = self.zhunyu.accounts
        for login, (name, roles, district) in STAFF.items():
            accounts.create(Account("", login, "staff", name, roles=roles, district=district), PASSWORD)
        applicant = Account("", "hotel", "applicant", "陈示安", level=3, represents=(Represented(HOTEL, "法定代表人"),))
        accounts.create(applicant, PASSWORD)
        self.applicant = accounts.sign_in("applicant", "hotel", PASSWORD)

    def filed(self, site: str = "示例路1号2层", ready: bool = False, plan: bool = False) -> Case:
        """A new case, with a plan when asked for."""
        draft = self.zhunyu.drafts.start(self.applicant, "desk_sample")
        answers = {"name": HOTEL.name, "site": site, "ready": ready}
        self.zhunyu.drafts.save(self.applicant, draft.id, answers)
        if plan:
            self.zhunyu.drafts.upload(self.applicant, draft.id, "plan", "平面图.pdf", one_page())
        return self.zhunyu.cases.submit(self.applicant, draft.id, draft.id)

    def case(self, case: Case) -> Case:
        """The case as it is now."""
        return self.zhunyu.cases.view(self.applicant, case.id).case

    def desk(self, login: str) -> Desk:
        """Someone at the desk, who signed in before."""
        if login not in self._tokens:
            self._tokens[login] = self.zhunyu.accounts.sign_in("staff", login, PASSWORD).token
        client = self.app.test_client()
        with client.session_transaction() as kept:
            kept[SESSION_KEY] = self._tokens[login]
        return Desk(client)

    def close(self) -> None:
        self.zhunyu.audit.watching.close()
        self.zhunyu.store.database.close()
        self.zhunyu.effects._waker.close()
