"""A device in a few words from what its browser says of itself, for the list of one's own sign-ins."""

from __future__ import annotations

_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("HarmonyOS", "鸿蒙手机"), ("OpenHarmony", "鸿蒙设备"),
    ("Android", "安卓手机"), ("Windows NT", "Windows 电脑"), ("Mac OS X", "Mac 电脑"), ("Kylin", "麒麟电脑"),
    ("UOS", "统信电脑"), ("CrOS", "Chromebook"), ("Linux", "Linux 电脑"),
)  # fmt: skip
_BROWSERS = (
    ("wxwork/", "企业微信"), ("MicroMessenger/", "微信"), ("DingTalk/", "钉钉"), ("Edg", "Edge 浏览器"),
    ("360SE", "360 浏览器"), ("QIHU", "360 浏览器"), ("QQBrowser/", "QQ 浏览器"), ("UBrowser/", "UC 浏览器"),
    ("UCBrowser/", "UC 浏览器"), ("HuaweiBrowser/", "华为浏览器"), ("Firefox/", "Firefox 浏览器"),
    ("Chrome/", "Chrome 浏览器"), ("Safari/", "Safari 浏览器"),
)  # fmt: skip


def device_words(agent: str) -> str:
    """The system and the browser, such as `Windows 电脑的 Edge 浏览器`; `未知设备` when it says neither."""
    agent = agent[:500]
    system = next((words for mark, words in _SYSTEMS if mark in agent), "")
    browser = next((words for mark, words in _BROWSERS if mark in agent), "")
    return f"{system}的 {browser}" if system and browser else system or browser or "未知设备"
