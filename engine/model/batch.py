"""A batch: one parent case over many certificates, or over the rows of a list, each with a child case of its own."""

from __future__ import annotations

import msgspec

OF_CERTIFICATES, OF_ROWS = "证照", "行"
WAITING, FOLLOWING, APART, NOT_OPENED, EXCLUDED = "waiting", "following", "apart", "not_opened", "excluded"
DONE, DROPPED = "done", "dropped"
FILED, NOT_FILED, BACK = "filed", "not_filed", "back"
ITEM_WORDS = {
    WAITING: "等待核对", FOLLOWING: "随批次办理", APART: "逐户复核", NOT_OPENED: "没有立案", EXCLUDED: "没有选入",
    DONE: "已办结", DROPPED: "已终止",
}  # fmt: skip
ROW_WORDS = {
    WAITING: "等待办理", FILED: "正在办理", DONE: "已有结果", NOT_FILED: "没有提交成功", BACK: "已放回清单",
}  # fmt: skip


class Batch(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a batch is made of.

    Of 证照: certificates of a `type`, found by `where` (district, status, valid_to, item ids). Of 行: the rows of a
    list called `table`, each filed as a case of the matter `child`; sources that are asked with consent only are asked
    at most `verify` times an hour for one account (as often as in any form).
    """

    of: str
    type: str = ""
    where: tuple[str, ...] = ()
    table: str = ""
    child: str = ""
    verify: int = 20

    @property
    def of_rows(self) -> bool:
        """Whether it is made of the rows of a list."""
        return self.of == OF_ROWS


class Pick(msgspec.Struct, frozen=True, omit_defaults=True):
    """One certificate of the list an officer went through; `reason` says why one was left out."""

    certificate: str
    number: str
    holder: str
    taken: bool = True
    reason: str = ""
