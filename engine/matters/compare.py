"""What changed from one version of a matter to the next, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from engine.model.matter import Matter
from engine.model.rule import Rule

_PLAIN = {
    "title": "名称", "kind": "事项类型", "line": "条线", "applicant": "申请人类型", "basis": "依据",
    "effective": "施行日期", "main_item": "主项", "business": "业务类型", "code": "事项代码", "labels": "标签",
    "situations": "适用情形", "keywords": "短词", "summary": "说明", "starts": "如何开始",
    "law_at": "准予条件按哪天", "authority_by": "按哪个区办理", "authority_rules": "按什么分工",
    "conditions": "准予条件", "fees": "收费",
    "unique": "不得重复", "acts_on": "办理的证照", "never": "绝不发生的事", "push": "推送", "watch": "异常监测",
    "publish_hide": "不公示的字段", "archive_class": "归档门类", "archive_retain": "保管期限",
    "archive_file": "基础档案",
    "archive_by": "基础档案按哪个字段归", "archive_called": "基础档案的名称",
    "document_prefix": "文号前缀", "document_seal": "文书印章", "sign": "申请人须签名",
    "terminations": "可以终止办理的情形",
    "daily_cap": "秒批每日上限", "sample": "抽查比例",
    "guard": "秒批的守护",
    "confirm": "待业务确认",
}  # fmt: skip
_LISTS = (
    ("字段组", "groups", "title"), ("事实", "facts", "key"), ("材料", "materials", "id"), ("核对", "precheck", "id"),
    ("裁决", "decide", "id"), ("环节", "route", "id"), ("证照", "certificates", "part"), ("后续核查", "after", "title"),
    ("后续报告", "reports", "title"), ("对方确认", "countersign", "id"),
    ("参数", "parameters", "id"), ("授权机关", "authorities", "district"), ("问答", "questions", "ask"),
)  # fmt: skip
_PARTS = {
    "title": "标题", "kind": "种类", "required": "必填", "when": "条件", "require": "要求", "message": "说明",
    "mend": "改正办法", "on_fail": "不通过的后果", "outcome": "结果", "reason": "理由", "suggest": "建议",
    "commitment": "凭承诺", "basis": "依据", "within": "时限", "role": "由谁办", "staff": "人数",
    "auto": "自动完成", "results": "去向", "not_same_as": "回避", "need": "必要性", "waive": "免交方式",
    "proves": "证明的字段",
    "condition": "证明的准予条件",
    "accept": "格式", "min": "最小", "max": "最大", "above": "大于", "below": "小于", "options": "选项",
    "prefill": "预填", "locked": "不可改", "sensitive": "敏感", "text": "全文", "unit": "单位", "help": "填写说明",
    "args": "参数", "source": "来源", "valid": "有效期", "number": "编号", "lines": "照面", "item": "登记内容",
    "seal": "印章", "media": "介质", "entries": "条目", "max_age": "有效秒数", "retry": "重取秒数", "name": "名称",
    "years": "年", "months": "月", "days": "天", "start": "起算", "since": "自何日起", "value": "值",
    "hourly": "每小时上限", "rise": "准予比例升幅", "unknown": "事实缺失比例", "least": "最少件数", "columns": "列",
    "sign": "共同签署", "signers": "签署岗位", "opinions": "意见模板",
    "experts": "专家评审",
}  # fmt: skip
_LIMITS = {
    "legal": "法定时限", "promised": "承诺时限", "extend_days": "延长天数", "extend_by": "延长批准",
    "tell": "补正告知天数", "untold": "逾期不告知的后果", "answer": "补正期限", "unanswered": "逾期不补正的后果",
    "stops": "停表情形",
}  # fmt: skip


def compare(old: Matter, new: Matter) -> tuple[str, ...]:
    """The differences, one sentence each, in the order of the matter file; () when nothing differs."""
    found = [*_attributes("", _PLAIN, old, new), *_attributes("", _LIMITS, old.limits, new.limits)]
    for word, name, key in _LISTS:
        found += _listed(word, key, getattr(old, name), getattr(new, name))
    for name in sorted({*old.codes, *new.codes}):
        before, after = old.codes.get(name, ()), new.codes.get(name, ())
        if before != after:
            found.append(_changed(f"代码表“{name}”", before, after))
    return tuple(found)


def _attributes(prefix: str, names: dict[str, str], old: Any, new: Any) -> Iterator[str]:
    for name, word in names.items():
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield _changed(f"{prefix}{word}", before, after)


def _listed(word: str, key: str, old: Iterable[Any], new: Iterable[Any]) -> Iterator[str]:
    before, after = ({str(getattr(one, key)): one for one in side} for side in (old, new))
    for id in [id for id in before if id not in after]:
        yield f"删去{word}{_called(before[id], id)}。"
    for id, one in after.items():
        if id not in before:
            yield f"新增{word}{_called(one, id)}。"
        elif one != before[id]:
            yield from _parts(f"{word}{_called(one, id)}的", before[id], one)
    kept = [id for id in before if id in after]
    if kept != [id for id in after if id in before]:
        yield f"{word}的先后改变了。"


def _parts(prefix: str, old: msgspec.Struct, new: msgspec.Struct) -> Iterator[str]:
    for name in new.__struct_fields__:
        before, after = getattr(old, name), getattr(new, name)
        if before == after or name in ("type", "id"):
            continue
        if name in ("fields", "columns") and all(hasattr(one, "kind") for one in (*before, *after)):
            yield from _listed(f"{prefix}字段", "id", before, after)
        else:
            yield _changed(f"{prefix}{_PARTS.get(name, name)}", before, after)


def _called(one: Any, id: str) -> str:
    title = getattr(one, "title", "")
    return f"“{title}”（{id}）" if title and title != id else f"“{id}”"


def _changed(what: str, before: Any, after: Any) -> str:
    if before and after and all(isinstance(side, tuple) for side in (before, after)):
        gone = tuple(one for one in before if one not in after)
        come = tuple(one for one in after if one not in before)
        said = [f"{word} {_shown(side)}" for word, side in (("删去", gone), ("新增", come)) if side]
        return f"{what}：{'；'.join(said) or '先后改变了'}。"
    if not before and before != 0:
        return f"{what}：新写 {_shown(after)}。"
    if not after and after != 0:
        return f"{what}：删去 {_shown(before)}。"
    return f"{what}：由 {_shown(before)} 改为 {_shown(after)}。"


def _shown(value: Any) -> str:
    if isinstance(value, Rule):
        return f"“{value.text}”"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        return "；".join(f"{key} {_shown(one)}" for key, one in value.items()) or "无"
    if isinstance(value, tuple):
        return "、".join(_shown(one) for one in value) or "无"
    if isinstance(value, msgspec.Struct):
        said = {name: getattr(value, name) for name in value.__struct_fields__}
        return "，".join(
            f"{_PARTS.get(name, name)} {_shown(one)}" for name, one in said.items() if one not in ("", None, ())
        )
    return "无" if value in (None, "") else f"“{value}”"
