"""A batch: one parent case over many certificates, each with a child case of its own."""

from __future__ import annotations

import msgspec

OF_CERTIFICATES = "证照"
WAITING, FOLLOWING, APART, NOT_OPENED, EXCLUDED = "waiting", "following", "apart", "not_opened", "excluded"
DONE, DROPPED = "done", "dropped"
ITEM_WORDS = {
    WAITING: "等待核对", FOLLOWING: "随批次办理", APART: "逐户复核", NOT_OPENED: "没有立案", EXCLUDED: "没有选入",
    DONE: "已办结", DROPPED: "已终止",
}  # fmt: skip


class Batch(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a batch is made of: certificates of a `type`, found by `where` (district, status, valid_to, item ids)."""

    of: str
    type: str
    where: tuple[str, ...]


class Pick(msgspec.Struct, frozen=True, omit_defaults=True):
    """One certificate of the list an officer went through; `reason` says why one was left out."""

    certificate: str
    number: str
    holder: str
    taken: bool = True
    reason: str = ""
