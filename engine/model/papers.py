"""Paper certificates 纸质证照: from the order to print to the hand of who receives them (制发证)."""

from __future__ import annotations

import msgspec

from engine.model.people import Actor

PAPER = "纸质"
ELECTRONIC, AT_WINDOW, BY_POST = "仅电子证照", "窗口领取", "邮政EMS寄送"
WAYS = (ELECTRONIC, AT_WINDOW, BY_POST)
# What a field of the form may serve, and the kinds of field that can.
SERVES = {
    "领取方式": ("单选",), "收件人": ("文本", "人员"), "收件电话": ("电话",), "收件地址": ("地址", "文本"),
    "同意电子送达": ("是否",),
}  # fmt: skip
TO_PRINT, TO_COLLECT, TO_SEND, SENT, HANDED, BACK, DROPPED = (
    "待打印", "待领取", "待寄送", "已寄出", "已送达", "已退回", "不再制作",
)  # fmt: skip
OPEN = (TO_PRINT, TO_COLLECT, TO_SEND, SENT, BACK)
RETURNED = ("已收回", "声明遗失", "没有原件")  # what became of the original on paper


class Spoiled(msgspec.Struct, frozen=True):
    """A blank form that was spoiled: its serial number, why, when and by whom."""

    blank: str
    reason: str
    at: str
    by: Actor


class Paper(msgspec.Struct, frozen=True, omit_defaults=True):
    """One paper certificate of a case.

    `id` is unique in the case; `part` 正本 | 副本; `version` that of the certificate it shows; `due` the last ISO day
    of the ten working days from the decision (行政许可法第四十四条). `blank` is the serial number of the form it is
    printed on, "" on plain paper. `receiver` took it in the role `receiver_as`, whose document ends in `document`;
    `original` is what became of the certificate it replaces. `courier` and `tracking` are those of the last sending.
    """

    id: str
    certificate: str
    version: int
    type: str
    title: str
    number: str
    part: str
    way: str
    state: str
    ordered_at: str
    due: str = ""
    blank: str = ""
    printed_at: str = ""
    printed_by: Actor | None = None
    spoiled: tuple[Spoiled, ...] = ()
    courier: str = ""
    tracking: str = ""
    sent_at: str = ""
    receiver: str = ""
    receiver_as: str = ""
    document: str = ""
    original: str = ""
    done_at: str = ""
    note: str = ""


class PrintPaper(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The paper certificate was printed, on the blank form of a serial number where its type has such forms."""

    paper: str
    blank: str = ""


class SpoilPaper(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """What was printed cannot be used: the form counts as spoiled, and it is printed again."""

    paper: str
    reason: str


class HandOver(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """领取 at the counter: who took it, as whom (本人 法定代表人 代理人), the last digits of the document that was
    checked, and what became of the original."""

    paper: str
    receiver: str
    receiver_as: str
    document: str
    original: str


class SendPaper(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """It was handed to a courier under a tracking number."""

    paper: str
    courier: str
    tracking: str


class PaperArrived(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The courier reports that it was received, and by whom."""

    paper: str
    receiver: str


class PaperBack(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The courier brought it back; it can be sent again or collected."""

    paper: str
    reason: str


class ChangeWay(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The applicant wants it in another way: 窗口领取 or 邮政EMS寄送."""

    paper: str
    way: str


class DropPaper(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """It is not wanted any more, or has been overtaken by another version."""

    paper: str
    reason: str


PaperCommand = (
    PrintPaper | SpoilPaper | HandOver | SendPaper | PaperArrived | PaperBack | ChangeWay | DropPaper
)


class PaperMoved(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """A paper certificate was ordered or came into another state."""

    paper: str
    certificate: str
    title: str
    number: str
    part: str
    way: str
    state: str
    due: str


class BlankTaken(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """A blank form of a type left the stock: used (`spoiled` ""), or spoiled for a reason."""

    type: str
    serial: str
    paper: str
    spoiled: str = ""
    used_before: bool = False
