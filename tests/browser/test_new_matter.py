"""An administrator declares a matter in YAML; the running portal files it to its certificate."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.filling import ROOT, fill, start
from tests.browser.journeys import review, submit
from tests.browser.running import Site
from tests.browser.visitors import Visitors

MATTER, TITLE = "demo_venue", "示范场所备案"
TYPE = """  demo_venue:
    title: 示范场所备案证
    holder: 法人
    layout: licence
    face: [编号, 单位名称, 经营场所地址, 发证机关, 发证日期, 有效期限]
    item:
      site: {title: 经营地址, kind: 地址}
"""
CERTIFICATE = """documents: {prefix: "{机关简称}示备", seal: 行政审批专用章}
certificate:
  type: demo_venue
  action: 新发
  media: [电子]
  valid: {from: 决定日, years: 2}
  number: {text: "示备〔{年}〕{区简称}字第{序号:04d}号", restart: [区, 年]}
  lines: {单位名称: 单位名称, 经营场所地址: 经营地址}
  item: {site: 经营地址}
push:"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Path:
    """A copy of the declarations with one more matter, published to the running product."""
    copied = tmp_path_factory.mktemp("home")
    for name in ("matters", "rules"):
        shutil.copytree(ROOT / name, copied / name)
    _zhunyu(copied, site, "new", MATTER, "--title", TITLE, "--line", "demo")
    (copied / "rules" / "certificates" / "demo.yaml").write_text("types:\n" + TYPE, encoding="utf-8")
    matter = copied / "matters" / "demo" / f"{MATTER}.yaml"
    matter.write_text(matter.read_text(encoding="utf-8").replace("push:", CERTIFICATE, 1), encoding="utf-8")
    _zhunyu(copied, site, "test", MATTER)
    _zhunyu(copied, site, "publish", MATTER)
    return copied


def _zhunyu(home: Path, site: Site, *words: str) -> None:
    environment = {**os.environ, "ZHUNYU_HOME": str(home), "ZHUNYU_DATA_DIR": str(site.data)}
    done = subprocess.run(
        [sys.executable, "-m", "engine.cli", *words], cwd=ROOT, env=environment, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_published_matter_is_found_without_a_restart(home: Path, site: Site, desk: Page) -> None:
    desk.goto(f"{site.portal}/search?text={TITLE}")
    expect(desk.get_by_role("link", name=TITLE)).to_be_visible()


def test_a_published_matter_is_filed_to_its_certificate(home: Path, visitors: Visitors, site: Site) -> None:
    with visitors.page("boyun") as page:
        start(page, site.portal, MATTER)
        place = {"site": "示例路1号2层", "region": {"district": "黄浦区", "street": "外滩街道"}}
        fill(page, {"phone": "13800000001", **place, "usable": 200, "area": 150, "truth": True})
        review(page)
        submit(page)
        expect(page.get_by_role("link", name="下载法定电子证照")).to_be_visible()
        expect(page.get_by_role("article")).to_contain_text("示备〔")
