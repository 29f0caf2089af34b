"""Fill a generated form in the browser from answers as a test file gives them."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
import yaml
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]


class _Loader(yaml.SafeLoader):
    """Reads only what `given` holds: plain data; the words of test files become None."""


for _word in ("!absent", "!unavailable", "!empty"):
    _Loader.add_constructor(_word, lambda loader, node: None)


def answers_of(matter: str) -> dict[str, Any]:
    """The passing application of a matter's test file."""
    path = next((ROOT / "matters").rglob(f"{matter}.tests.yaml"))
    given: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), _Loader)["given"]
    return {
        key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in given.items()
    }


def sign_in(page: Page, base: str, login: str, organisation: str = "") -> None:
    """Sign in on the portal and, where asked, choose the organisation to act for."""
    page.goto(f"{base}/login")
    page.fill("[name=login]", login)
    page.fill("[name=password]", f"demo-{login}")
    page.press("[name=password]", "Enter")
    page.wait_for_load_state()
    if "/act-for" in page.url:
        page.locator("main label", has_text=organisation or "有限公司").first.click()
        page.get_by_role("button", name="继续").click()
        page.wait_for_load_state()


def start(page: Page, base: str, matter: str, certificate: str = "") -> None:
    """Open a new form of the matter, choosing the certificate it acts on where it needs one."""
    page.goto(f"{base}/start/{matter}")
    if certificate:
        page.locator("main label", has_text=certificate).first.click()
    page.locator("main form button[type=submit], main form button.primary").first.click()
    page.wait_for_url(re.compile(r"/apply/\w+"))


def fill(page: Page, answers: dict[str, Any]) -> None:
    """Fill every field that is there and open; fields the form shows later are filled in a second turn."""
    for _ in range(2):
        for name, value in answers.items():
            _fill_one(page, name, value)


def _fill_one(page: Page, name: str, value: Any) -> None:
    if isinstance(value, dict):
        for part, content in value.items():
            _fill_one(page, f"{name}.{part}", content)
        return
    if isinstance(value, list) and value and isinstance(value[0], dict):
        for index, row in enumerate(value):
            _fill_one(page, f"{name}.{index}", row)
        return
    for item in value if isinstance(value, list) else [value]:
        _put(page, name, {True: "是", False: "否"}[item] if isinstance(item, bool) else str(item))


def _put(page: Page, name: str, text: str) -> None:
    field = page.locator(f'[name="{name}"]:not([type=hidden])')
    if field.count() == 0 or not field.first.is_editable():
        return
    tag = field.first.evaluate("node => node.tagName + ':' + (node.type || '')")
    if tag.startswith("SELECT"):
        if field.first.is_visible():
            field.first.select_option(text)
    elif tag in ("INPUT:radio", "INPUT:checkbox"):
        box = page.locator(f'[name="{name}"][value="{text}"]')
        if box.count() and box.first.is_visible() and not box.first.is_checked():
            box.first.check()
    elif field.first.is_visible():
        field.first.fill(text)


@lru_cache(maxsize=1)
def floor_plan() -> bytes:
    """A real PDF of one page."""
    return bytes(typst.compile(b"#set page(width: 10cm, height: 8cm)\n#rect(width: 100%, height: 100%)"))


def hand_in(page: Page, material: str, name: str = "平面图.pdf") -> None:
    """Choose a file for a material and wait until it is listed."""
    page.set_input_files(
        f'[name="file.{material}"]', {"name": name, "mimeType": "application/pdf", "buffer": floor_plan()}
    )
    page.get_by_text(name).first.wait_for()
