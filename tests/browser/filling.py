"""Fill a generated form in the browser from answers as a test file gives them."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
    return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in given.items()}


def sign_in(page: Page, base: str, login: str, organisation: str = "", back: str = "") -> None:
    """Sign in on the portal and choose whom to act for, the first without `organisation`; `back`: it is open."""
    if not back:
        page.goto(f"{base}/login")
    page.get_by_label("账号").fill(login)
    page.get_by_label("口令").fill(f"demo-{login}")
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/login" not in url)
    if "/act-for" in page.url:
        choices = page.get_by_role("radio", name=organisation) if organisation else page.get_by_role("radio")
        choices.first.check()
        page.get_by_role("button", name="继续").click()
        page.wait_for_url(lambda url: "/act-for" not in url)


def start(page: Page, base: str, matter: str, certificate: str = "") -> None:
    """Open a new form of the matter, choosing the certificate it acts on where it needs one."""
    page.goto(f"{base}/start/{matter}")
    if certificate:
        page.locator("main label", has_text=certificate).first.click()
    page.locator("main form button[type=submit], main form button.primary").first.click()
    page.wait_for_url(re.compile(r"/apply/\w+"))


def flat(answers: Mapping[str, Any], prefix: str = "") -> dict[str, list[str]]:
    """Answers by the name of their control, as the words the controls hold."""
    found: dict[str, list[str]] = {}
    for key, value in answers.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            found |= flat(value, f"{name}.")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for number, row in enumerate(value):
                found |= flat(row, f"{name}.{number}.")
        else:
            found[name] = [word(one) for one in (value if isinstance(value, list) else [value])]
    return found


def word(value: Any) -> str:
    """An answer as its control holds it."""
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else str(value)


def type_in(page: Page, answers: Mapping[str, Any]) -> None:
    """Fill field by field as a person does; fields the form shows later are filled in a second turn."""
    for _ in range(2):
        for name, texts in flat(answers).items():
            for text in texts:
                _put(page, name, text)


_FILL_ALL = """answers => {
  const left = [];
  for (const [name, texts] of Object.entries(answers)) {
    const named = [...document.querySelectorAll('[name="' + CSS.escape(name) + '"]')];
    const all = named.filter(one => one.type !== "hidden");
    const open = all.filter(one => one.offsetParent !== null && !one.readOnly && !one.disabled);
    if (!open.length) { left.push(name); continue; }
    const tell = one => ["input", "change"].forEach(kind => one.dispatchEvent(new Event(kind, {bubbles: true})));
    for (const one of open) {
      if (one.type === "radio" || one.type === "checkbox") {
        const wanted = texts.includes(one.value);
        if (one.checked !== wanted && (wanted || one.type === "checkbox")) { one.checked = wanted; tell(one); }
      } else if (one.value !== texts[0]) { one.value = texts[0]; tell(one); }
    }
  }
  return left;
}"""


def fill(page: Page, answers: Mapping[str, Any]) -> None:
    """Fill everything that is open at once, until nothing more opens, and wait until it is saved and judged."""
    given = flat(answers)
    with page.expect_response(re.compile(r"/precheck$")):
        before = page.evaluate(_FILL_ALL, given)
    wait_until_judged(page)
    if page.evaluate(_FILL_ALL, given) != before:
        wait_until_judged(page)


_JUDGED = """() => !document.querySelector("#precheck.htmx-request, .htmx-request, .htmx-settling, .htmx-swapping")
  && document.querySelector("#form-state[data-applied]") !== null"""


def wait_until_judged(page: Page) -> None:
    """Wait until the save that answers `recheck` is under way and done."""
    with page.expect_response(re.compile(r"/precheck$")):
        page.evaluate("() => document.body.dispatchEvent(new CustomEvent('recheck', {bubbles: true}))")
    page.wait_for_function(_JUDGED)


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
    elif field.first.is_visible() and field.first.input_value() != text:
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
