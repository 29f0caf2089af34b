"""People in front of browsers: each signed in once, every page watched for errors and for calls to other hosts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser.filling import sign_in
from tests.browser.running import Site

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@dataclass
class Watch:
    """What a page did that it must not do."""

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        page.on("request", lambda request: self._request(request.url))
        page.on("console", lambda message: self._said(message.type, message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _request(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1", "data:", "blob:", "chrome-extension:", "chrome:")):
            self.outside.append(url)

    def _said(self, kind: str, text: str) -> None:
        # A refusal (4xx) is an answer the page shows; Chromium reports it as an error all the same.
        if kind == "error" and "Failed to load resource" not in text:
            self.errors.append(text)


class Visitors:
    """Opens pages for people by their login; the sign-in is remembered for the whole run."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.browser, self.site = browser, site
        self._signed_in: dict[tuple[str, str], Any] = {}

    @contextmanager
    def page(
        self, login: str = "", size: dict[str, int] = DESK, *, organisation: str = "", scripts: bool = True,
        expected: tuple[str, ...] = (),
    ) -> Iterator[Page]:  # fmt: skip
        """A page of somebody signed in; of a stranger without `login`. Logins with a district are staff.

        `expected` are words of console errors that the test provokes.
        """
        options: dict[str, Any] = {
            "viewport": size, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", "java_script_enabled": scripts,
        }  # fmt: skip
        if size is PHONE:
            options |= {"has_touch": True, "is_mobile": True}
        state = self._state(login, organisation) if login else None
        context = self.browser.new_context(**options, storage_state=state)
        context.set_default_timeout(15_000)
        watch = Watch()
        context.on("page", watch.over)
        try:
            yield context.new_page()
        finally:
            context.close()
        assert not watch.outside, watch.outside
        unexpected = [error for error in watch.errors if not any(word in error for word in expected)]
        assert not unexpected, unexpected

    def _state(self, login: str, organisation: str) -> Any:
        key = (login, organisation)
        if key not in self._signed_in:
            context = self.browser.new_context(locale="zh-CN")
            page = context.new_page()
            if is_staff(login):
                staff_sign_in(page, self.site.admin, login)
            else:
                sign_in(page, self.site.portal, login, organisation)
            self._signed_in[key] = context.storage_state()
            context.close()
        return self._signed_in[key]


def is_staff(login: str) -> bool:
    """Whether a demonstration login is an officer's: they begin with their district's letters."""
    return login.startswith(("hp-", "pd-"))


def staff_sign_in(page: Page, base: str, login: str) -> None:
    """Sign in on the desk."""
    page.goto(f"{base}/login")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("口令").fill(f"demo-{login}")
    page.get_by_role("button", name="登录").click()
    page.get_by_role("button", name="退出").wait_for()
