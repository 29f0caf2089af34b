"""A whole installation in a folder, with one small matter and two applicants, for driving the API."""

from __future__ import annotations

import io
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
from engine.model.authority import Authority
from engine.model.form import Field, Group, MaterialNeed, Option
from engine.model.matter import CertificateDef, Duration, Limits, Matter, Numbering, Row, Validity
from engine.model.people import Subject
from engine.model.route import Step
from engine.model.rule import ALWAYS, Rule
from engine.model.types import Part, Type
from engine.ports.accounts import Account, Represented
from engine.services.accounts import Session
from engine.services.projection import SEAL
from engine.settings import load
from engine.stages.form.convert import CONVERTERS
from engine.trust.sm3 import sm3_hex
from engine.web.app import WebApp
from portal import create_app

PASSWORD = "Quiet-Harbour-2026"
USE = "食品经营许可（新办）"
TEXT = Type("text")
AREA = Type("number", unit="平方米", places=2)
HOTEL = Subject("法人", "91310101MA1FP0001X", "上海示例泊云酒店有限公司")
BATHS = Subject("法人", "91310101MA1FP0002T", "上海示例清泉浴室有限公司")
POOL = Subject("法人", "91310101MA1FP0003P", "上海示例碧波游泳馆有限公司")
OFFICE = Authority("11310101000000000A", "上海市黄浦区卫生健康委员会", "", "黄卫健", "黄")
PROMISED = Rule("承诺书 = 是", {"==": [{"var": "promise"}, True]}, ("promise",))
SITE = Rule("经营地址", {"var": "site"}, ("site",))
HOLDER = Rule("申请人.名称", {"var": "applicant.name"}, ("applicant.name",))
INSTANT = {"site": "中山东一路1号", "area": "100", "promise": True}
BY_HAND = {"site": "中山东一路2号", "area": "100", "promise": False}


def api_matter() -> Matter:
    """Granted on the spot with a promise, otherwise handled by people."""
    return Matter(
        id="api_sample", title="接口示例许可（新办）", kind="行政许可", line="示例", applicant=("法人",),
        business="新办", basis=("《示例条例》第四条",), effective="2025-01-20", hash="a" * 64, main_item="接口示例许可",
        limits=Limits(legal=Duration(20), promised={"秒批": 0, "转人工": 8}), authorities=(OFFICE,),
        groups=(
            Group("place", "场所", (
                Field("site", "经营地址", "地址", TEXT),
                Field("area", "经营面积", "数", AREA, unit="平方米", places=2, above="0"),
                Field("promise", "承诺书", "承诺", Type("bool"), required=False, text="本单位承诺符合准予条件。"),
            )),
            Group("more", "其他", tuple(_field(kind) for kind in sorted(CONVERTERS))),
        ),
        materials=(MaterialNeed("plan", "平面布局图", "非必要", accept=("pdf",), max_mb=1, max_files=2),),
        decide=(
            Row("instant", PROMISED, "秒批", "已书面承诺。", commitment=True),
            Row("otherwise", ALWAYS, "转人工", "没有承诺。", "核实后准予"),
        ),
        route=(Step("accept", "受理", "窗口", within=1), Step("approve", "审批", "审批", within=2)),
        certificates=(
            CertificateDef(
                "api_sample", "接口示例许可证", "新发", valid=Validity(years=4),
                number=Numbering("沪示〔{年}〕字第{序号:05d}号", ("年",)),
                face=("编号", "单位名称", "经营场所地址", "发证机关", "发证日期", "有效期限"),
                lines={"单位名称": HOLDER, "经营场所地址": SITE}, item={"site": SITE},
            ),
        ),
        titles={"site": "经营地址", "area": "经营面积", "promise": "承诺书"},
    )  # fmt: skip


def _field(kind: str) -> Field:
    """An optional field of the kind; its id is the kind."""
    options = (Option("甲"), Option("乙"), Option("黄浦区"))
    columns = (Field("cell", "列", "文本", TEXT), Field("count", "数", "整数", Type("number")))
    types = {"数": "number", "整数": "number", "金额": "number", "日期": "date", "是否": "bool", "承诺": "bool",
             "单选": "enum", "多选": "multi", "人员": "record", "区街道": "record", "表格": "rows"}  # fmt: skip
    parts = {
        "人员": {name: Part(name, TEXT) for name in ("name", "id_no", "phone")},
        "区街道": {name: Part(name, TEXT) for name in ("district", "street")},
        "表格": {"cell": Part("列", TEXT), "count": Part("数", Type("number"))},
    }
    type = Type(types.get(kind, "text"), values=("甲", "乙", "黄浦区"), parts=parts.get(kind, {}))
    return Field(kind, kind, kind, type, required=False, options=options, columns=columns if kind == "表格" else ())


class World:
    """The installation, its portal, and the tokens of its people."""

    def __init__(self, folder: Path) -> None:
        environ = {"ZHUNYU_DATA_DIR": str(folder), "ZHUNYU_REGISTRY_URL": "http://127.0.0.1:9", "ZHUNYU_SIGNING": "off"}
        self.zhunyu: Zhunyu = build(load(environ), SystemClock())
        migrate(self.zhunyu)
        with self.zhunyu.store.write() as tx:
            at = self.zhunyu.clock.now().isoformat()
            tx.versions.publish(api_matter(), id=self.zhunyu.ids.new(), at=at, by="test")
        self.app: WebApp = create_app(self.zhunyu)
        self.app.config["TESTING"] = False
        self.hotel = self._person("hotel", HOTEL, BATHS)
        self.pool = self._person("pool", POOL)
        self.tokens = {
            "hotel": self.zhunyu.accounts.api_token("hotel", "全部", ("read", "write")),
            "hotel_read": self.zhunyu.accounts.api_token("hotel", "只读", ("read",)),
            "hotel_write": self.zhunyu.accounts.api_token("hotel", "只写", ("write",)),
            "pool": self.zhunyu.accounts.api_token("pool", "全部", ("read", "write")),
        }
        for login, name in (("market", "市场监管局"), ("fire", "消防救援局")):
            self.zhunyu.departments.register(login, f"上海市示例{name}", (USE,))
            self.tokens[login] = self.zhunyu.departments.token(login, "系统", 30)
        self.tokens["platform"] = self.zhunyu.departments.token("market", "转入", 30, "transfer")

    def _person(self, login: str, *subjects: Subject) -> Account:
        account = Account(
            id="", login=login, kind="applicant", name="张示例", level=3,
            represents=tuple(Represented(subject, "法定代表人") for subject in subjects),
        )  # fmt: skip
        return self.zhunyu.accounts.create(account, PASSWORD)

    def client(self, who: str = "hotel") -> Client:
        return Client(self.app.test_client(), self.tokens[who])

    def session(self, who: str) -> Session:
        session = self.zhunyu.accounts.by_api_token(self.tokens[who])
        assert session is not None
        return session

    def consent(self, certificate: str, who: str = "hotel", department: str = "market", uses: int = 0) -> str:
        """The code of a consent to the use of a certificate."""
        chosen = next(one for one in self.zhunyu.departments.active() if one.login == department)
        given = self.zhunyu.consents.give(
            self.session(who), certificate, department=chosen.id, matter=USE, days=30, uses=uses
        )
        return given.code

    def revoke(self, token: str) -> None:
        with self.zhunyu.store.write() as tx:
            row = tx.accounts.token(sm3_hex(token.encode()))
            assert row is not None
            tx.accounts.end_token(row.account, row.name)

    def settle_effects(self) -> None:
        """Make the certificates that were ordered."""
        effects = self.zhunyu.effects
        while effects.counts().get("waiting"):
            for job in effects.claim((SEAL,), 10):
                effects.run(job)
                assert not effects.dead()

    def close(self) -> None:
        self.zhunyu.store.database.close()
        self.zhunyu.effects._waker.close()

    def forget_rates(self) -> None:
        self.app.extensions["zhunyu_limiter"] = MovingWindowRateLimiter(MemoryStorage())


class Client:
    """A program that speaks to the API with a token."""

    def __init__(self, flask: FlaskClient, token: str = "") -> None:
        self.flask = flask
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> TestResponse:
        headers = {**self.headers, **more.pop("headers", {})}
        if body is not None:
            more |= {"data": msgspec.json.encode(body), "content_type": "application/json"}
        return self.flask.open(f"/api/v1{path}", method=method, headers=headers, **more)

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any, **more: Any) -> TestResponse:
        return self.call("POST", path, body, **more)

    def send_file(self, path: str, name: str, data: bytes) -> TestResponse:
        return self.call("POST", path, data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")

    def draft(self, answers: Any = None) -> str:
        """A draft with answers; its id."""
        made = self.post("/drafts", {"matter": "api_sample"})
        assert made.status_code == 201, made.text
        id = str(made.json["id"])  # type: ignore[index]
        saved = self.call("PUT", f"/drafts/{id}/answers", {"answers": answers or INSTANT})
        assert saved.status_code == 200, saved.text
        return id

    def submit(self, draft: str, key: str, **more: Any) -> TestResponse:
        return self.post("/cases", {"draft": draft, **more}, headers={"Idempotency-Key": key})

    def case(self, key: str, answers: Any = None) -> Any:
        """A submitted case."""
        made = self.submit(self.draft(answers), key)
        assert made.status_code == 201, made.text
        return made.json


def pdf() -> bytes:
    """A PDF of one blank page."""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=200, height=200)
    writer.write(out)
    return out.getvalue()
