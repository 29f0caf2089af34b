"""A small matter, built by hand, with one of everything the pipeline moves through."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import msgspec

from engine.model.authority import Authority
from engine.model.certificate import Certificate, CertificateStatus
from engine.model.commands import Submit
from engine.model.facts import Fact
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
    PushDef,
    Row,
    Validity,
)
from engine.model.people import Actor, Subject
from engine.model.route import Step
from engine.model.rule import ALWAYS, Rule
from engine.model.types import Part, Type
from engine.pipeline.context import Context

SHANGHAI = timezone(timedelta(hours=8))
NOW = datetime(2026, 2, 10, 9, 30, tzinfo=SHANGHAI)
TEXT = Type("text")
NUMBER = Type("number", unit="平方米", places=2)
SUBJECT = Subject("法人", "91310101MA1FP0001X", "上海示例泊云酒店有限公司")
APPLICANT = Actor("applicant", "acc-1", "张示例", level=3, authority="法定代表人")
CLERK = Actor("staff", "st-1", "王窗口", roles=("窗口",), district="黄浦区")
INSPECTOR = Actor("staff", "st-2", "李核查", roles=("核查",), district="黄浦区")
SECOND_INSPECTOR = Actor("staff", "st-3", "赵核查", roles=("核查",), district="黄浦区")
APPROVER = Actor("staff", "st-4", "陈审批", roles=("审批",), district="黄浦区")
OFFICE = Authority("11310101000000000A", "上海市黄浦区卫生健康委员会", "黄浦区", "黄卫健", "黄")
CALENDAR = {f"2026-02-{day}": "休" for day in range(16, 24)} | {"2026-02-14": "班", "2026-02-28": "班"}


def rule(text: str, logic: object, *reads: str) -> Rule:
    return Rule(text, logic, tuple(sorted(reads)))


ALIVE = rule("营业执照.状态 = 存续", {"==": [{"var": "licence.status"}, "存续"]}, "licence.status")
FITS = rule("经营面积 ≤ 使用面积", {"<=": [{"var": "area"}, {"var": "usable"}]}, "area", "usable")
SAME_SITE = rule(
    "营业执照.地址 = 经营地址", {"==": [{"var": "licence.address"}, {"var": "site"}]}, "licence.address", "site"
)


def matter(**changes: object) -> Matter:
    """The sample matter with some parts replaced."""
    licence = Type("record", parts={"status": Part("状态", TEXT), "address": Part("地址", TEXT)})
    base = Matter(
        id="sample_new",
        title="示例许可（新办）",
        kind="行政许可",
        line="示例",
        applicant=("法人",),
        basis=("《示例条例》第四条",),
        effective="2025-01-20",
        hash="0" * 64,
        main_item="示例许可",
        limits=Limits(legal=Duration(20), promised={"秒批": 0, "转人工": 8}),
        unique=("applicant.code", "site"),
        facts=(
            FactNeed(
                "licence", "营业执照", "registry.business", {"code": "applicant.code"}, licence, authoritative=True
            ),
        ),
        groups=(
            Group(
                "place",
                "场所",
                (
                    Field("site", "经营地址", "地址", TEXT),
                    Field("usable", "使用面积", "数", NUMBER, unit="平方米", places=2, above="0"),
                    Field("area", "经营面积", "数", NUMBER, unit="平方米", places=2, above="0"),
                    Field("hvac", "集中空调", "是否", Type("bool")),
                    Field(
                        "hvac_kind",
                        "空调形式",
                        "单选",
                        Type("enum", values=("集中", "半集中")),
                        when=rule("集中空调 = 是", {"==": [{"var": "hvac"}, True]}, "hvac"),
                        options=(Option("集中"), Option("半集中")),
                    ),
                    Field("phone", "联系电话", "电话", TEXT, sensitive=True),
                ),
            ),
        ),
        materials=(
            MaterialNeed("plan", "平面布局图", "必要"),
            MaterialNeed("licence_copy", "营业执照", "必要", waive=(Waiver("数据共享", ALIVE),)),
        ),
        precheck=(
            Check("area_logic", FITS, "经营面积 {area} 大于使用面积 {usable}。", "当场更正", fields=("area",)),
            Check("alive", ALIVE, "登记状态不是存续。", "一次补正", basis="条例第八条"),
        ),
        decide=(
            Row("instant", SAME_SITE, "秒批", "与登记一致。"),
            Row("otherwise", ALWAYS, "转人工", "地址未能核对一致。", "核实后准予"),
        ),
        route=(
            Step("accept", "受理", "窗口", within=1),
            Step(
                "inspect",
                "现场核查",
                "核查",
                staff=2,
                within=4,
                results={"符合": "approve", "整改": "again", "不符合": "approve"},
            ),
            Step("approve", "审批", "审批", within=2, not_same_as=("accept", "inspect")),
        ),
        certificates=(
            CertificateDef(
                "sample",
                "示例许可证",
                "新发",
                valid=Validity(years=4),
                number=Numbering("沪示〔{年}〕{区简称}字第{序号:05d}号", ("区", "年")),
                face=("编号", "单位名称", "经营场所地址", "发证机关", "发证日期", "有效期限"),
                lines={
                    "单位名称": rule("申请人.名称", {"var": "applicant.name"}, "applicant.name"),
                    "经营场所地址": rule("经营地址", {"var": "site"}, "site"),
                },
                item={"site": rule("经营地址", {"var": "site"}, "site")},
            ),
        ),
        push=(PushDef("ywtb", ("收件", "受理", "进展", "决定", "发证")),),
        titles={"site": "经营地址", "usable": "使用面积", "area": "经营面积", "licence.status": "营业执照.状态"},
        sensitive=("phone",),
    )
    return msgspec.structs.replace(base, **changes)


def cancelling(**changes: object) -> Matter:
    """A matter that ends an existing certificate."""
    return matter(
        id="sample_cancel",
        acts_on=ActsOn("sample"),
        unique=(),
        decide=(Row("instant", ALIVE, "秒批", "可以注销。"), Row("otherwise", ALWAYS, "转人工")),
        certificates=(CertificateDef("sample", "示例许可证", "注销"),),
        **changes,
    )


def original(**changes: object) -> Certificate:
    base = Certificate(
        id="cert-0", number="沪示〔2024〕黄字第00007号", type="sample", title="示例许可证", holder_code=SUBJECT.code,
        holder_name=SUBJECT.name, authority=OFFICE.code, authority_name=OFFICE.name, district="黄浦区",
        status=CertificateStatus.VALID, version=3, issued_on="2024-03-01", valid_from="2024-03-01",
        valid_to="2028-02-29", face={"编号": "沪示〔2024〕黄字第00007号"}, matter="sample_new", case="case-0",
        item={"site": "中山东一路1号"},
    )  # fmt: skip
    return msgspec.structs.replace(base, **changes)


ANSWERS = {
    "site": "中山东一路1号",
    "usable": "120.50",
    "area": "100",
    "hvac": False,
    "phone": "13800000000",
}


def licence_fact(**record: str) -> dict[str, Fact]:
    value = {"status": "存续", "address": "中山东一路1号", **record}
    return {"licence": Fact("licence", "registry.business", "value", value, "2026-02-10T09:00:00+08:00")}


def unavailable() -> dict[str, Fact]:
    return {
        "licence": Fact("licence", "registry.business", "unavailable", None, "2026-02-10T09:00:00+08:00", reason="超时")
    }


def upload() -> dict[str, tuple[object, ...]]:
    from engine.model.case import Upload

    return {"plan": (Upload("u1", "平面图.pdf", "application/pdf", 1000, "ab" * 32, 1),)}


def context(actor: Actor = APPLICANT, **changes: object) -> Context:
    base = Context(
        now=NOW, actor=actor, calendar=CALENDAR, case_id="case-1", case_number="310101202602100000001X",
        certificate_ids=("cert-1",), authority=OFFICE,
    )  # fmt: skip
    return msgspec.structs.replace(base, **changes)


def filing(insist: bool = False, acts_on: str = "", **answers: object) -> Submit:
    given = {key: value for key, value in {**ANSWERS, **answers}.items() if value is not None}
    return Submit(given, upload(), SUBJECT, acts_on=acts_on, insist=insist)
