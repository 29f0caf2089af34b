"""Looking at a page as it is drawn: WCAG by axe, sideways scrolling, the size of what one touches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.visitors import DESK, PHONE

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
SMALLEST, NARROWEST = 24, 360

_RUN = """tags => axe.run({exclude: [["iframe"]]}, {runOnly: {type: "tag", values: tags}, iframes: false,
    resultTypes: ["violations"]})
  .then(found => found.violations.map(one => one.id + ": " + one.help + " " + one.nodes.slice(0, 3).map(
    node => node.target.join(" ") + " " + (node.any[0] || node.all[0] || node.none[0] || {message: ""}).message)))"""

# A link within a sentence is exempt (WCAG 2.5.8), as is what lies inside a larger label.
_SMALL = """least => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")].filter(one => {
  if (one.type === "hidden" || one.disabled || !one.checkVisibility({visibilityProperty: true})) return false;
  const box = (one.closest("label") || one).getBoundingClientRect();
  if (box.width <= 1 || box.height <= 1 || box.bottom < 0 || one.closest(".sr, .skip")) return false;
  const sentence = one.tagName === "A" && getComputedStyle(one).display === "inline"
    && one.parentElement.textContent.trim().length > one.textContent.trim().length;
  return !sentence && Math.min(box.width, box.height) < least - 0.5;
}).map(one => one.tagName + " " + (one.textContent.trim() || one.name) + " " + (r => Math.round(r.width) + "x"
  + Math.round(r.height))(one.getBoundingClientRect()))"""

_WIDE = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const beyond = one => one.getBoundingClientRect().right > root.clientWidth + 1;
  return [...document.querySelectorAll("body *")].filter(beyond)
    .slice(0, 3).map(one => one.tagName + "." + one.className + " " + one.textContent.trim().slice(0, 30));
}"""


@dataclass
class Inspection:
    """What is wrong with a page; empty lists when nothing is."""

    axe_at_desk: list[str]
    axe_on_phone: list[str]
    wide_at_desk: list[str]
    wide_on_phone: list[str]
    small_on_phone: list[str]


def inspect(page: Page, picture: Path | None = None) -> Inspection:
    """Look at the open page at both widths; `picture` is the stem of the screenshots to keep."""
    page.set_viewport_size({"width": DESK["width"], "height": DESK["height"]})
    axe_at_desk, wide_at_desk = axe(page), page.evaluate(_WIDE)
    if picture is not None:
        page.screenshot(path=f"{picture}-desk.png", full_page=True)
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    found = Inspection(axe_at_desk, axe(page), wide_at_desk, page.evaluate(_WIDE), page.evaluate(_SMALL, SMALLEST))
    if picture is not None:
        page.screenshot(path=f"{picture}-phone.png", full_page=True)
    page.set_viewport_size({"width": NARROWEST, "height": PHONE["height"]})
    found.wide_on_phone += [f"at {NARROWEST}: {one}" for one in page.evaluate(_WIDE)]
    page.set_viewport_size({"width": DESK["width"], "height": DESK["height"]})
    return found


def axe(page: Page) -> list[str]:
    """The violations of WCAG 2.2 AA. The script is evaluated, as the page's policy admits no other scripts."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_source())
    violations: list[str] = page.evaluate(_RUN, TAGS)
    return violations


def sideways(page: Page) -> list[str]:
    """What makes the page wider than its window."""
    wide: list[str] = page.evaluate(_WIDE)
    return wide


def small_targets(page: Page) -> list[str]:
    """Controls smaller than 24 pixels either way."""
    small: list[str] = page.evaluate(_SMALL, SMALLEST)
    return small


@lru_cache(maxsize=1)
def _source() -> str:
    return AXE.read_text(encoding="utf-8")
