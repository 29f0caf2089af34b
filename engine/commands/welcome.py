"""What is shown once everything runs: addresses and demo logins."""

from __future__ import annotations

from engine.commands.logins import logins
from engine.settings import Settings


def welcome(settings: Settings) -> tuple[str, list[str]]:
    """The title and the lines of the box."""
    base = settings.public_url
    lines = []
    if "portal" in settings.apps:
        lines.append(f"办事门户    {base}/")
    if "admin" in settings.apps:
        lines.append(f"审批工作台  {base}/admin/")
    if settings.sandbox:
        lines.append(f"对端沙箱    {settings.peer_url}/")
    lines.append(f"数据目录    {settings.data_dir}")
    if settings.demo:
        lines += _logins(settings)
    return "准予 已就绪　按 Ctrl-C 停止", lines


def _logins(settings: Settings) -> list[str]:
    found = logins(settings.home / "rules" / "demo" / "accounts.yaml")
    if not found:
        return []
    width = max(len(login.login) for login in found)
    longest = max(len(login.password) for login in found)
    said = [f"{login.login:<{width}}  {login.password:<{longest}}  {login.what}" for login in found]
    return ["", "演示账号（登录名  口令  身份）", *said]
