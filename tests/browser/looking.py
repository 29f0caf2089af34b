"""Pictures of form pages of matters drawn by lot, at both widths, with what is wrong with each.

`python -m tests.browser.looking 文件夹 [--seed 4] [--count 20] [--matter id …]` starts the product, opens the forms as
the demonstration applicants who can, and writes `<matter>-desk.png` and `<matter>-phone.png`.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
from pathlib import Path
from typing import Any

import yaml
from playwright.sync_api import Browser, sync_playwright

from engine.model.matter import ON_APPLICATION, Matter
from tests.browser.conftest import FLAGS
from tests.browser.filling import ROOT, start
from tests.browser.inspecting import inspect
from tests.browser.running import Site, running
from tests.browser.visitors import Visitors
from tests.project import project_catalogue


class Applicants:
    """Who of the demonstration can open the form of a matter."""

    def __init__(self) -> None:
        self._accounts = _demo("accounts", "applicants")
        self._certificates = _demo("certificates", "certificates")

    def of(self, matter: Matter) -> tuple[str, ...]:
        """Logins to try: holders of the certificate that the matter acts on, else some of the right kind."""
        if matter.acts_on is not None:
            holders = {one["holder"] for one in self._certificates if one["type"] == matter.acts_on.type}
            return tuple(one["login"] for one in self._accounts if holders & _codes(one))
        organisation = "法人" in matter.applicant
        return tuple(one["login"] for one in self._accounts if bool(one.get("represents")) is organisation)[:1]


def look(browser: Browser, site: Site, matters: list[Matter], folder: Path) -> None:
    """Open each form, keep its pictures, print what is wrong with it."""
    visitors, applicants = Visitors(browser, site), Applicants()
    for matter in matters:
        for login in applicants.of(matter):
            with visitors.page(login) as page:
                page.goto(f"{site.portal}/start/{matter.id}")
                if page.locator("main form button.primary[disabled]").count():
                    continue
                start(page, site.portal, matter.id)
                page.locator("#application").wait_for()
                found = inspect(page, folder / matter.id)
                print(matter.id, login, found, flush=True)
                break
        else:
            print(matter.id, "没有能打开它的演示申请人", flush=True)


def _codes(account: dict[str, Any]) -> set[str]:
    return {account.get("id_no", ""), *(one["code"] for one in account.get("represents", ()))}


def _demo(name: str, section: str) -> list[dict[str, Any]]:
    folder = ROOT / "rules" / "demo"
    paths = [folder / f"{name}.yaml", *sorted((folder / name).glob("*.yaml"))]
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths]
    return [one for file in files for one in file.get(section, ()) if isinstance(one, dict)]


def main() -> None:
    """Draw the lots, start the product, look."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.looking")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--matter", nargs="*", default=())
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    known = {id: one for id, one in project_catalogue().matters.items() if one.starts == ON_APPLICATION}
    chosen = given.matter or random.Random(given.seed).sample(sorted(known), given.count)
    with tempfile.TemporaryDirectory() as data, running(Path(data)) as site, sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        look(browser, site, [known[id] for id in chosen], given.folder)
        browser.close()


if __name__ == "__main__":
    main()
