"""What an entry of the history tells of, in one word, and in which of the two logs it stands.

The word follows from the trail and the first words of the entry alone, so that it can be made again and compared:
an entry cannot be hidden from a log by changing the column it is found by.
"""

from __future__ import annotations

OPERATION, SECURITY = "operation", "security"
LOGS = {OPERATION: "操作日志", SECURITY: "安全日志"}

ACTIVITIES: dict[str, tuple[str, str]] = {
    "case": (OPERATION, "办理"), "matter": (OPERATION, "事项发布"), "safeguard": (OPERATION, "守护与召回"),
    "view": (OPERATION, "查看个人信息"), "search": (OPERATION, "检索"), "download": (OPERATION, "导出与下载"),
    "archive": (OPERATION, "归档"), "provide": (OPERATION, "证照共享"), "other": (OPERATION, "其他"),
    "session": (SECURITY, "登录与退出"), "failure": (SECURITY, "登录失败"), "account": (SECURITY, "账号与岗位"),
    "token": (SECURITY, "接口令牌"), "unmask": (SECURITY, "显示完整信息"), "refusal": (SECURITY, "被拒绝的操作"),
    "keys": (SECURITY, "密钥"), "audit": (SECURITY, "审计操作"), "integrity": (SECURITY, "完整性"),
}  # fmt: skip
"""Activity → its log and its title."""

_BY_TRAIL = {
    "case": "case", "matter": "matter", "guard": "safeguard", "freeze": "safeguard", "recall": "safeguard",
    "archive": "archive", "certificate": "provide", "login": "failure", "keys": "keys", "unmask": "unmask",
    "refusal": "refusal", "audit": "audit", "integrity": "integrity", "token": "token",
    "organisation": "account", "delegation": "account",
}  # fmt: skip
_ACCESS = {"查看": "view", "检索": "search", "下载": "download", "导出": "download"}


def activity_of(trail: str, what: str) -> str:
    """The activity of an entry: a key of ACTIVITIES."""
    kind = trail.partition(":")[0]
    if kind == "account":
        if what.startswith("登录失败"):
            return "failure"
        if what in ("登录", "退出"):
            return "session"
        return "token" if "令牌" in what else "account"
    if kind == "access":
        return next((name for word, name in _ACCESS.items() if what.startswith(word)), "other")
    return _BY_TRAIL.get(kind, "other")


def log_of(activity: str) -> str:
    """The log an activity stands in."""
    return ACTIVITIES[activity][0]


def readable(what: str) -> str:
    """What an entry says, without the names of events that only the machinery reads; those alone in one word."""
    words = [word for word in what.split(" ") if not (word.isascii() and word.isalpha())]
    return " ".join(words) or "内部变动"


def title_of(activity: str) -> str:
    """The activity in words."""
    return ACTIVITIES.get(activity, ACTIVITIES["other"])[1]
