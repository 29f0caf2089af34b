"""What people may do: a row of the permission table, the table, and a power as it holds for one person today."""

from __future__ import annotations

import msgspec

from engine.model.authority import CITY

DISTRICT_LEVEL = "区级"
LEVELS = (CITY, DISTRICT_LEVEL)
NOTHING, VEILED, FACE, ON_REASON = "不见", "遮名", "照面", "按需"
SEES = {
    NOTHING: "姓名、号码一律遮住，写明理由后也不显示",
    VEILED: "姓名、号码都遮住；写明理由后显示",
    FACE: "看得到姓名；写明理由后显示证照照面上的内容，联系电话等仍遮住",
    ON_REASON: "看得到姓名；证件号码和电话写明理由后显示",
}
"""How much of people's data a role sees → what that means in words."""

BY_DELEGATION, BY_DEPUTY = "受委托", "代岗"
WHOLE_CITY = "全市"


class Power(msgspec.Struct, frozen=True, omit_defaults=True):
    """One role as a person holds it today, and how far it reaches.

    `districts` names the places it reaches ("市级" reaches all); `matters` the ids of the matters of its `lines` (None:
    all lines); `levels`, `steps` (titles) and `actions` narrow it where they are given. `post` is the title of the post
    it comes from, "" where it comes with the account. What another person gave has `how` (受委托 | 代岗), who (`giver`,
    `giver_name`) and the last day `until`.
    """

    role: str
    districts: tuple[str, ...] = (CITY,)
    lines: tuple[str, ...] = ()
    matters: tuple[str, ...] | None = None
    levels: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    sees: str = ON_REASON
    post: str = ""
    how: str = ""
    giver: str = ""
    giver_name: str = ""
    until: str = ""


class PermissionRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """岗位 → what its people may do. `post` is a post's id, "" for accounts without a post, by their roles.

    `districts` () means the place of the post's unit (of the account, where there is no post), "全市" every district;
    every other () means no narrowing.
    """

    roles: tuple[str, ...]
    post: str = ""
    lines: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    sees: str = ON_REASON


class PermissionTable(msgspec.Struct, frozen=True, omit_defaults=True):
    """A version of the table, in force from the ISO day `since` until the next one is; who made it, when and why."""

    number: int
    since: str
    rows: tuple[PermissionRow, ...]
    by: str = ""
    at: str = ""
    reason: str = ""


DEFAULT_TABLE = PermissionTable(
    0, "",
    (
        PermissionRow(("窗口", "审查", "核查", "专家", "审批", "负责人", "监督", "业务管理", "档案")),
        PermissionRow(("制发证",), sees=FACE),
        PermissionRow(("系统", "安全", "审计"), sees=VEILED),
    ),
    reason="随程序提供：账号没有安排岗位时，按角色在所在区办理全部条线。",
)  # fmt: skip
"""What holds before anyone has changed it: every role in the account's own district."""
