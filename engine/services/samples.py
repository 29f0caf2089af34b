"""Specimens of certificates: the real layout with examples, marked 样张, without a seal and without a code."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterator

from engine.errors import ZhunyuError
from engine.model.form import Field
from engine.model.matter import CertificateDef, Matter
from engine.model.rule import Rule
from engine.model.values import Json
from engine.ports.world import Renderer

DOTS = 80  # to the inch: A4 is some 930 by 660
_KEPT = 48  # pictures in memory, some 70 KB each
_PLACE = re.compile(r"\{([^{}:]+)(?::0(\d)d)?\}")
_APART = ("编号", "发证机关", "发证日期")  # face lines with a place of their own on the page
_SERIAL, _DAY = "1", "2026-01-01"
_SAMPLES = (
    (r"代码|证照号", "91310000XXXXXXXXXX"),
    (r"证件号码|身份证", "310101XXXXXXXXXXXX"),
    (r"有效期|期限", "按规定的有效期"),
    (r"日期|时间$", "2026年1月1日"),
    (r"地址|住所|场所地|地点|位置", "上海市示例区样张路 1 号"),
    (r"性别", "女"),
    (r"法定代表人|负责人|姓名|人员|医师$|护士$", "张示例"),
    (r"国籍", "中国"),
    (r"电话|手机", "021-00000000"),
    (r"机构$|单位$|名称$|企业$|公司$|医院$", "上海示例有限公司"),
    (r"编号|号$|编码$", "示例00001"),
)
_NAMES = {"年": "2026", "月": "01", "日": "01", "区": "示例区", "区简称": "示", "机关简称": "示", "机关代码": "00"}


class Samples:
    """Draws each specimen once while it is asked for; the picture depends on the version of the matter alone."""

    def __init__(self, *, renderer: Renderer) -> None:
        self._renderer, self._lock = renderer, threading.Lock()
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def picture(self, matter: Matter) -> bytes:
        """The PNG of the first certificate that the matter issues; A003 when it issues none."""
        with self._lock:
            found = self._kept.get(matter.hash)
            if found is not None:
                self._kept.move_to_end(matter.hash)
                return found
        if not issues(matter):
            raise ZhunyuError("A003", "这一事项不发证照，没有样张。", status=404)
        made = self._renderer.picture(matter.certificates[0].layout, page(matter), DOTS)
        with self._lock:
            self._kept[matter.hash] = made
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return made


def issues(matter: Matter) -> bool:
    """Whether the matter makes a certificate one can hold, as against ending or annotating one."""
    return bool(matter.certificates) and matter.certificates[0].action not in ("注销", "撤销", "加注")


def page(matter: Matter) -> dict[str, Json]:
    """What the layout of the first certificate is given; every value is plainly an example."""
    made = matter.certificates[0]
    apart = {made.labels.get(title, title) for title in _APART}
    offices = (office.name for office in matter.authorities)
    return {
        "title": made.title,
        "number": _number(made),
        "lines": [[title, example] for title, example in _lines(matter, made) if title not in apart],
        "labels": dict(made.labels),
        "part": "",
        "issuer": next(offices, "示例机关"),
        "issued_on": _DAY,
        "stamped": True,
        "specimen": True,
    }


def _lines(matter: Matter, made: CertificateDef) -> Iterator[tuple[str, str]]:
    fields = {field.id: field for field in matter.fields()}
    for title in made.face:
        yield title, example(title, _field(made.lines.get(title), fields))


def _field(rule: Rule | None, fields: dict[str, Field]) -> Field | None:
    """The field of the form that a line prints as it is."""
    logic = rule.logic if rule is not None else None
    return fields.get(str(logic.get("var", ""))) if isinstance(logic, dict) else None


def example(title: str, field: Field | None) -> str:
    """An example for a line: a choice of its field, else by its title."""
    if field is not None and field.options:
        return field.options[0].value
    if field is not None and field.kind in ("数", "整数", "金额"):
        return f"100 {field.unit}".strip()
    return next((text for pattern, text in _SAMPLES if re.search(pattern, title)), "（按核定的内容填写）")


def _number(made: CertificateDef) -> str:
    def place(found: re.Match[str]) -> str:
        return _SERIAL.zfill(int(found[2])) if found[2] else _NAMES.get(found[1], _SERIAL)

    filled = _PLACE.sub(place, made.number.text)
    return filled or "（证号不变）"
