"""A real Chromium on the real product."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.running import Site, running
from tests.browser.visitors import PHONE, Visitors

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-quic", "--no-first-run"]
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("site")) as started:
        yield started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "Chromium is missing: scripts/bootstrap.sh develop installs it (Debian package chromium)."
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def visitors(browser: Browser, site: Site) -> Visitors:
    return Visitors(browser, site)


@pytest.fixture
def desk(visitors: Visitors) -> Iterator[Page]:
    """A stranger at a desk."""
    with visitors.page() as page:
        yield page


@pytest.fixture
def phone(visitors: Visitors) -> Iterator[Page]:
    """A stranger with a phone."""
    with visitors.page(size=PHONE) as page:
        yield page


@pytest.fixture
def plain(visitors: Visitors) -> Iterator[Page]:
    """A stranger's browser without JavaScript."""
    with visitors.page(scripts=False) as page:
        yield page
