"""What is told of which event: the rules that rules/messages declares, and the events and words they may use."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from engine.model.wording import fill

APPLICANT, HOLDER, HANDLER, GROUP = "申请人", "持证人", "经办人", "本岗"  # audiences; any other word is a role
SMS, OFFICE, MAIL = "短信", "办公平台", "邮件"
CHANNELS = (SMS, OFFICE, MAIL)
URGENT, USUAL = "紧急", "普通"
POINTS = ("延续期开始", "延续期截止", "到期")
CONFIDENTIAL = "您有一项待办"  # all that is said of a confidential case
OF_CASE = ("事项", "办件编号", "办理机关", "申请人", "法定期限", "承诺期限", "补正期限")
INNER = frozenset({"申请人", "持证人", "说明", "原因", "人员"})  # may name people: never sent outward
PERSONAL = ("身份证", "证件", "手机", "电话", "住址", "地址", "邮箱", "银行", "出生", "健康", "姓名")


class MessageRule(msgspec.Struct, frozen=True, omit_defaults=True):
    """One kind of message: of event `on`, to whom, in which words.

    `to` are audiences. `text` is shown in the inbox, `outward` goes through `channels`. `statutory` ones cannot be
    switched off. `point` and `days` (before it) say when, for an event that looks ahead to a day.
    """

    id: str
    title: str
    on: str
    to: tuple[str, ...]
    text: str
    outward: str = ""
    channels: tuple[str, ...] = ()
    urgency: str = USUAL
    statutory: bool = False
    point: str = ""
    days: int = 0

    @property
    def urgent(self) -> bool:
        """Whether it passes quiet hours and the digest."""
        return self.urgency == URGENT


class Match(msgspec.Struct, frozen=True):
    """Which events of a case fit: the tag of the event, patterns its attributes have, patterns they may not have."""

    tag: str
    where: Mapping[str, str] = {}
    unless: Mapping[str, str] = {}

    def fits(self, event: object) -> bool:
        """Whether an event is one."""
        return (
            type(event).__name__ == self.tag
            and all(_like(event, name, pattern) for name, pattern in self.where.items())
            and not any(_like(event, name, pattern) for name, pattern in self.unless.items())
        )


class Trigger(msgspec.Struct, frozen=True):
    """An event messages may be written for.

    `words` maps a placeholder to the attribute of the event that fills it; an event without it leaves it empty.
    `to` are the audiences it can reach beside roles. `ahead` looks to a day of a certificate. `of_case` adds the
    words of the case.
    """

    name: str
    matches: tuple[Match, ...] = ()
    words: Mapping[str, str] = {}
    to: tuple[str, ...] = ()
    of_case: bool = True
    ahead: bool = False

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Every word a text of it may use."""
        return tuple(dict.fromkeys((*self.words, *(OF_CASE if self.of_case else ()))))


TRIGGERS: dict[str, Trigger] = {}


def _trigger(
    name: str, *matches: Match, words: Mapping[str, str] | None = None, to: tuple[str, ...] = (), of_case: bool = True,
    ahead: bool = False,
) -> None:  # fmt: skip
    """Register an event; one given twice is a defect."""
    if name in TRIGGERS:
        raise ValueError(f"event {name} is registered twice")
    TRIGGERS[name] = Trigger(name, matches, words or {}, to, of_case, ahead)


_TASK = {"任务": "title", "期限": "due"}
_HANDED = {**_TASK, "人员": ""}  # who acted
_CLOCK = {"期限": "due", "时钟": "title"}
_trigger("任务产生", Match("TaskOpened", unless={"step": "after.*", "held": "True"}), words=_TASK, to=(GROUP,))
_trigger("后续核查产生", Match("TaskOpened", {"step": "after.*"}, {"held": "True"}), words=_TASK, to=(GROUP,))
# What members of staff do with each other's tasks, and what the clocks say: by the names of those events.
_GIVEN, _BACK = ("转办", "委派", "代理", "加签"), ("退还", "退回")
_trigger("任务指派", *(Match("TaskHanded", {"way": way}) for way in _GIVEN), words=_HANDED, to=(HANDLER,))
_trigger("任务退回", *(Match("TaskHanded", {"way": way}) for way in _BACK), words=_HANDED, to=(HANDLER, GROUP))
_trigger("催办", Match("Reminded"), words=_HANDED, to=(HANDLER, GROUP))
_trigger("抄送", Match("Copied"), words={"说明": "note", "人员": ""}, to=(HANDLER, GROUP))
_trigger("时限过七成", Match("ClockReached", {"level": "提醒"}), words=_CLOCK, to=(HANDLER, GROUP))
_trigger("时限过九成", Match("ClockReached", {"level": "预警"}, {"clock": "tell"}), words=_CLOCK, to=(HANDLER, GROUP))
_trigger("收件第四日", Match("ClockReached", {"level": "预警", "clock": "tell"}), words=_CLOCK, to=(HANDLER, GROUP))
_trigger("超过时限", Match("ClockReached", {"level": "逾期"}), words=_CLOCK, to=(HANDLER, GROUP))
for _name in (
    "收件", "立案", "受理", "不予受理", "补正告知", "补正提交", "环节", "陈述申辩", "异议", "决定", "发证", "签收",
    "撤回", "终止", "证照作废", "后续报告", "中止计时", "恢复计时", "延长期限", "听证", "更正", "送达",
):  # fmt: skip
    _trigger(_name, Match("Happened", {"kind": _name}), words={"说明": "words"}, to=(APPLICANT, HANDLER, GROUP))
_trigger("秒批停止", Match("GuardTripped"), words={"原因": "cause", "说明": "words"})
_trigger(
    "证照将到期", words={"证照": "", "证号": "", "持证人": "", "到期日": "", "延续截止日": ""}, to=(HOLDER,),
    of_case=False, ahead=True,
)  # fmt: skip
_trigger("证照到期汇总", words={"证照": "", "数量": "", "到期日": ""}, to=(GROUP,), of_case=False, ahead=True)
_trigger("推送失败", words={"对方": "", "任务": "", "原因": ""}, of_case=False)
_trigger("消息发送失败", words={"渠道": "", "原因": ""}, of_case=False)
_RATED = {"事项": "", "办件编号": "", "等级": "", "期限": ""}
_trigger("差评产生", words=_RATED, to=(GROUP,), of_case=False)
_trigger("差评将到期", words=_RATED, to=(GROUP,), of_case=False)
_trigger("差评答复", words=_RATED, to=(APPLICANT,), of_case=False)


def triggers_of(event: object) -> tuple[Trigger, ...]:
    """The triggers that an event of a case sets off."""
    return tuple(one for one in _by_tag().get(type(event).__name__, ()) if any(m.fits(event) for m in one.matches))


def filled(template: str, words: Mapping[str, str]) -> str:
    """A text with its places filled; a word that is not known leaves nothing."""
    return fill(template, lambda name: words.get(name, ""))


def masked(kind: str, name: str) -> str:
    """A name as a message may show it: whole for an organisation, the family name only for a person."""
    return name if kind == "法人" else name[:1] + "＊" * (len(name) - 1)


@lru_cache(maxsize=1)
def _by_tag() -> dict[str, tuple[Trigger, ...]]:
    found: dict[str, list[Trigger]] = {}
    for trigger in TRIGGERS.values():
        for tag in {match.tag for match in trigger.matches}:
            found.setdefault(tag, []).append(trigger)
    return {tag: tuple(some) for tag, some in found.items()}


def _like(event: object, name: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(str(getattr(event, name, "")), pattern)
