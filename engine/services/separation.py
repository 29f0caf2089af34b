"""Three officers kept apart (三员分立): who runs the system, who guards it, who audits both; none decides cases."""

from __future__ import annotations

from collections.abc import Iterable

from engine.errors import ZhunyuError

SYSTEM, SECURITY, AUDIT = "系统", "安全", "审计"
OFFICERS = (SYSTEM, SECURITY, AUDIT)
BUSINESS = ("窗口", "审查", "核查", "专家", "审批", "负责人", "制发证", "监督", "业务管理", "档案")
ROLES = (*BUSINESS, *OFFICERS)


def check_roles(roles: Iterable[str]) -> None:
    """A016 when one account would hold two of the three offices, or one of them and a role in the business; A004 for
    a role that does not exist."""
    given = tuple(dict.fromkeys(roles))
    unknown = [role for role in given if role not in ROLES]
    if unknown:
        raise ZhunyuError("A004", f"没有角色 {'、'.join(unknown)}。", f"可用的有：{'、'.join(ROLES)}。", status=422)
    held = [role for role in given if role in OFFICERS]
    if held and len(given) > 1:
        what = f"“{held[0]}”岗位不能同时担任“{'、'.join(role for role in given if role != held[0])}”。"
        raise ZhunyuError(
            "A016", what, "系统、安全、审计三个岗位须由不同的人担任，也不办理业务。请分设账号。", status=422
        )


def apart(roles: Iterable[str]) -> bool:
    """Whether the roles are those of a system or security officer, who have no business with cases."""
    return bool(set(roles) & {SYSTEM, SECURITY})
