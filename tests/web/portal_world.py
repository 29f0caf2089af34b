"""A whole installation in a folder, with three small matters, for driving the portal by its pages."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import msgspec
from flask.testing import FlaskClient
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from pypdf import PdfWriter
from werkzeug.test import TestResponse

from engine.adapters.clock import SystemClock
from engine.bootstrap import Zhunyu, build, migrate
from engine.matters.reference import Source
from engine.model.authority import Authority
from engine.model.case import Case
from engine.model.commands import Command
from engine.model.form import Field, Group, MaterialNeed, Option, Waiver
from engine.model.matter import (
    ActsOn,
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
from engine.model.types import Part, Type
from engine.ports.accounts import Account, Represented
from engine.services.accounts import Session
from engine.services.projection import SEAL
from engine.settings import load
from engine.web.app import SESSION_KEY
from portal import create_app

PASSWORD = "Quiet-Harbour-2026"
TEXT, NUMBER = Type("text"), Type("number")
HOTEL = Subject("法人", "91310101MA1FP0001X", "上海示例泊云酒店有限公司")
BATHS = Subject("法人", "91310101MA1FP0002T", "上海示例清泉浴室有限公司")
PERSON = Subject("自然人", "310101197102111016", "陈示安")
OFFICE = Authority("11310101000000000A", "上海市黄浦区卫生健康委员会", "", "黄卫健", "黄")
IS_HOTEL = Rule("类型 = 宾馆", {"==": [{"var": "type"}, "宾馆"]}, ("type",))
PROMISED = Rule("承诺书 = 是", {"==": [{"var": "promise"}, True]}, ("promise",))
FITS = Rule("床位数 ≥ 客房数", {">=": [{"var": "beds"}, {"var": "rooms"}]}, ("beds", "rooms"))
NOT_SPA = Rule("类型 ≠ 浴室", {"!=": [{"var": "type"}, "浴室"]}, ("type",))
SITE = Rule("经营地址", {"var": "site"}, ("site",))
KEPT_SITE = Rule("原证.经营地址", {"var": "original.site"}, ("original.site",))
HOLDER = Rule("申请人.名称", {"var": "applicant.name"}, ("applicant.name",))
FACE = ("编号", "单位名称", "经营场所地址", "发证机关", "发证日期", "有效期限")
ROOM = (Field("use", "用途", "文本", TEXT), Field("sinks", "水池数", "整数", NUMBER, min="1"))
PEOPLE = Type("record", parts={"name": Part("姓名", TEXT), "phone": Part("手机", TEXT)})
INSTANT = {
    "site": "示例路1号", "type": "旅店", "promise": "是", "manager.name": "李示宁", "manager.phone": "13800000003",
}  # fmt: skip


def sample(**changes: Any) -> Matter:
    """Granted on the spot with a promise; a hotel is asked more; a bath belongs to another matter."""
    matter = Matter(
        id="portal_sample", title="门户示例许可（新办）", kind="行政许可", line="示例", applicant=("法人",),
        business="新办", basis=("《示例条例》第四条",), effective="2025-01-20", hash="c" * 64, summary="示例事项。",
        situations=("新开一家店",), keywords=("开店",), conditions=("有固定场所",), authorities=(OFFICE,),
        limits=Limits(legal=Duration(20), promised={"秒批": 0, "转人工": 8}),
        groups=(
            Group("holder", "申请单位", (
                Field("name", "单位名称", "文本", TEXT, prefill="applicant.name", locked=True),
                Field("manager", "负责人", "人员", PEOPLE),
            )),
            Group("place", "场所", (
                Field("site", "经营地址", "地址", TEXT),
                Field("type", "类型", "单选", Type("enum"), options=tuple(map(Option, ("宾馆", "旅店", "浴室")))),
                Field("rooms", "客房数", "整数", NUMBER, when=IS_HOTEL, unit="间"),
                Field("beds", "床位数", "整数", NUMBER, when=IS_HOTEL),
                Field("halls", "消毒间", "表格", Type("rows"), columns=ROOM, required=False),
                Field("promise", "承诺书", "承诺", Type("bool"), required=False, text="本单位承诺符合条件。"),
            )),
        ),
        facts=(FactNeed("credit", "信用", "registry.credit", {"name": "manager.name"}),),
        materials=(
            MaterialNeed("plan", "平面布局图", "必要", accept=("pdf",), max_mb=1, max_files=2,
                         waive=(Waiver("告知承诺", PROMISED),)),
        ),
        precheck=(
            Check("fits", FITS, "床位数 {beds} 少于客房数 {rooms}。", "当场更正", when=IS_HOTEL, title="床位够用",
                  mend="请核对。", fields=("beds",)),
            Check("no_spa", NOT_SPA, "浴室不在这里办。", "改办", to="portal_other", title="不是浴室", fields=("type",)),
        ),
        decide=(
            Row("instant", PROMISED, "秒批", "已书面承诺。", commitment=True),
            Row("otherwise", ALWAYS, "转人工", "没有承诺。", "核实后准予"),
        ),
        route=(Step("accept", "受理", "窗口", within=1), Step("approve", "审批", "审批", within=2)),
        certificates=(
            CertificateDef(
                "portal_sample", "门户示例许可证", "新发", valid=Validity(years=4),
                number=Numbering("沪门〔{年}〕字第{序号:05d}号", ("年",)), face=FACE,
                lines={"单位名称": HOLDER, "经营场所地址": SITE}, item={"site": SITE},
            ),
        ),
        titles={"site": "经营地址", "type": "类型", "beds": "床位数", "rooms": "客房数", "promise": "承诺书"},
    )  # fmt: skip
    return msgspec.structs.replace(matter, **changes)


def other() -> Matter:
    """The matter a bath is sent to: it asks for the same address and type."""
    return sample(id="portal_other", title="门户示例许可（浴室）", hash="d" * 64, precheck=(), facts=(), materials=())


def renewal() -> Matter:
    """Acts on a certificate; always handled by a person."""
    return sample(
        id="portal_renewal", title="门户示例许可（补证）", hash="e" * 64, business="补证", facts=(), precheck=(),
        materials=(), acts_on=ActsOn("portal_sample"), decide=(Row("otherwise", ALWAYS, "转人工", "由人核实。"),),
        groups=(
            Group("why", "事由", (
                Field("old_site", "原地址", "地址", TEXT, prefill="original.site", locked=True),
                Field("why", "补证原因", "文本", TEXT),
            )),
        ),
        certificates=(
            CertificateDef(
                "portal_sample", "门户示例许可证", "补证", valid=Validity(start="原证.有效期止", kept=True),
                number=Numbering(kept=True), face=FACE, lines={"单位名称": HOLDER, "经营场所地址": KEPT_SITE},
                item={"site": KEPT_SITE},
            ),
        ),
    )  # fmt: skip


class PortalWorld:
    """The installation, its portal, and people with browsers."""

    def __init__(self, folder: Path) -> None:
        environ = {"ZHUNYU_DATA_DIR": str(folder), "ZHUNYU_REGISTRY_URL": "http://127.0.0.1:9", "ZHUNYU_SIGNING": "off"}
        self.zhunyu: Zhunyu = build(load(environ), SystemClock())
        migrate(self.zhunyu)
        source = Source("registry.credit", "信用信息库", True, "peer", "/credit", 0.2, "核验", {"name": "文本"}, False,
                        Type("record", parts={"dishonest": Part("失信", Type("bool"))}))  # fmt: skip
        at = self.zhunyu.clock.now().isoformat()
        with self.zhunyu.store.write() as tx:
            tx.versions.keep_reference("sources", msgspec.json.encode({source.id: source}), at)
        for matter in (sample(), other(), renewal()):
            self.publish(matter)
        self.app = create_app(self.zhunyu)
        self._person("hotel", "applicant", HOTEL, BATHS)
        self._person("rival", "applicant", BATHS)
        self._person("citizen", "applicant", PERSON)
        self._person("clerk", "staff", roles=("窗口", "审批"))

    def publish(self, matter: Matter) -> None:
        with self.zhunyu.store.write() as tx:
            tx.versions.publish(
                matter, id=self.zhunyu.ids.new(), at=self.zhunyu.clock.now().isoformat(), by="test"
            )
        self.zhunyu.shelf._looked = 0.0

    def browser(self, login: str = "hotel") -> Browser:
        """A fresh browser in which the account has signed in ("" for a visitor)."""
        browser = Browser(self.app.test_client())
        if login:
            token = self.session(login).token
            with browser.client.session_transaction() as cookie:
                cookie[SESSION_KEY] = token
        return browser

    def session(self, login: str = "hotel") -> Session:
        kind = "staff" if login == "clerk" else "applicant"
        return self.zhunyu.accounts.sign_in(kind, login, PASSWORD)

    def desk(self, case: Case, command: Command) -> Case:
        return self.zhunyu.acting.act(self.session("clerk"), case.id, command, case.version)

    def make_certificates(self) -> None:
        effects = self.zhunyu.effects
        while effects.counts().get("waiting"):
            for job in effects.claim((SEAL,), 10):
                effects.run(job)
                assert not effects.dead()

    def case_at(self, path: str) -> Case:
        with self.zhunyu.store.read() as tx:
            case = tx.cases.load(path.rsplit("/", 1)[-1])
        assert case is not None
        return case

    def forget_rates(self) -> None:
        self.app.extensions["zhunyu_limiter"] = MovingWindowRateLimiter(MemoryStorage())

    def close(self) -> None:
        self.zhunyu.store.database.close()
        self.zhunyu.effects._waker.close()

    def _person(self, login: str, kind: str, *subjects: Subject, roles: tuple[str, ...] = ()) -> None:
        account = Account(
            id="", login=login, kind=kind, name="张示例", level=3, roles=roles, district="市级" if roles else "",
            represents=tuple(Represented(subject, "法定代表人") for subject in subjects),
        )  # fmt: skip
        self.zhunyu.accounts.create(account, PASSWORD)


class Browser:
    """A browser without scripts: it posts forms with the page's token."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        token = re.search(r'name="csrf-token" content="([^"]+)"', self.client.get("/verify").text)
        assert token is not None
        return self.client.post(path, data={"csrf_token": token[1], **(data or {})}, **more)

    def start(self, matter: str = "portal_sample", **data: str) -> str:
        """The path of a new draft."""
        answer = self.post(f"/start/{matter}", data)
        assert answer.status_code == 303, answer.text
        return answer.location

    def submit(self, draft: str) -> TestResponse:
        key = re.search(r'name="key" value="([^"]+)"', self.get(f"{draft}/review").text)
        assert key is not None
        return self.post(f"{draft}/submit", {"key": key[1]})

    def filed(self, **answers: str) -> str:
        """The path of a case filed with answers that fit, and others over them."""
        draft = self.start()
        saved = self.post(draft, {**INSTANT, **answers, "_do": "review"})
        assert saved.status_code == 303, saved.text
        answer = self.submit(draft)
        assert answer.status_code == 303, answer.text
        return answer.location


def pdf() -> io.BytesIO:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(out)
    out.seek(0)
    return out
