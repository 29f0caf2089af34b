"""Records, replies from outside, another office, a second party: the words no matter of the catalogue uses yet.

The product runs on a copy of matters and rules in which one matter says all of them.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.filling import floor_plan
from tests.browser.inspecting import Inspection, inspect
from tests.browser.journeys import CASE, FOOT_BATH, NEW, act, at, fill_in, open_case, review, sign, submit
from tests.browser.running import running
from tests.browser.visitors import Visitors
from tests.running import ROOT

PAGES = (
    "confirmations.inbox", "confirmations.show", "apply.form with a confirmation", "acting.begin with a record",
    "acting.begin with errors in a record", "confirm with a record", "case_page.show with a record",
    "acting.begin with a reply", "cases.view of another office",
)  # fmt: skip
KEPT = os.environ.get("ZHUNYU_PICTURES", "")
RECORD = """      record:
        title: 现场核查表
        fields:
          - {id: clean, title: 卫生状况, kind: 单选, of: [好, 一般, 差]}
          - {id: pool, title: 有泳池, kind: 是否}
          - {id: depth, title: 水深, kind: 数, unit: 米, when: 环节.现场核查.有泳池 = 是}
          - {id: rooms, title: 房间, kind: 表格, required: 否, columns: [{id: room, title: 房号, kind: 文本}]}
          - {id: note, title: 核查情况, kind: 长文本}
      results: {符合: ask, 整改: again, 不符合: ask}
    - {step: ask, title: 转报国家, role: 审查, outside: 国家卫生健康委员会, results: {同意: approve, 不同意: approve}}
"""
COUNTERSIGN = """
countersign:
  - {id: owner, title: 产权人同意, by: 产权人代码, of: [产权人代码, 经营地址], text: 本单位是房屋产权人，同意在此经营。}

materials:
"""
OWNER = "91310101MADEM0011X"  # boyun's


@dataclass
class Seen:
    """How the pages look, and what they said."""

    pages: dict[str, Inspection] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)

    def keep(self, name: str, page: Page) -> None:
        self.pages[name] = inspect(page, Path(KEPT) / name.replace(" ", "-") if KEPT else None)
        self.told[name] = page.get_by_role("main").inner_text()


def home(folder: Path) -> Path:
    """Matters and rules in which the inspection has a record, the state replies, the city decides, the owner agrees."""
    for name in ("matters", "rules"):
        shutil.copytree(ROOT / name, folder / name)
    route, matter = folder / "rules/fragments/route.yaml", folder / f"matters/public_place/{NEW}.yaml"
    text = route.read_text(encoding="utf-8")
    old = "      record: 现场核查表\n      results: {符合: approve, 整改: again, 不符合: approve}\n"
    decides = "    - {step: approve, title: 审批, role: 审批, within: 1, not_same_as: [accept, review, inspect]}"
    assert old in text and decides in text
    text = text.replace(old, RECORD).replace(decides, decides.replace("within: 1,", "within: 1, office: 示例市级机关,"))
    route.write_text(text, encoding="utf-8")
    table = "tables:\n  示例市级机关:\n    - {offices: 市卫生健康委员会, since: 2018-11-01}\n"
    (folder / "rules/authorities/sample.yaml").write_text(table, encoding="utf-8")
    said = matter.read_text(encoding="utf-8").replace("\nmaterials:\n", COUNTERSIGN, 1)
    asked = "form:\n  - group: 房屋\n    fields:\n      - {id: owner_code, title: 产权人代码, kind: 统一社会信用代码}\n"
    matter.write_text(said.replace("form:\n", asked, 1), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def seen(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    found = Seen()
    with running(tmp_path_factory.mktemp("data"), ZHUNYU_HOME=str(home(tmp_path_factory.mktemp("home")))) as site:
        visitors = Visitors(browser, site)
        with visitors.page("yunxiu") as page:
            fill_in(page, site.portal, NEW, owner_code=OWNER, **at("样张路90号", "黄浦区", "豫园街道"), **FOOT_BATH)
            page.get_by_role("button", name="送请确认").click()
            found.keep("apply.form with a confirmation", page)
            with visitors.page("boyun") as party:
                _confirm(found, party, site.portal)
            page.reload()
            review(page)
            number = submit(page)
            _by_officers(found, visitors, site.admin, number)
            page.reload()
            found.keep("cases.view of another office", page)
        yield found


def _confirm(found: Seen, page: Page, portal: str) -> None:
    page.goto(f"{portal}/confirmations")
    found.keep("confirmations.inbox", page)
    page.get_by_role("link", name=re.compile("公共场所卫生许可")).first.click()
    found.keep("confirmations.show", page)
    page.get_by_role("button", name="确认", exact=True).click()
    page.get_by_text("申请人可以提交了").wait_for()


def _by_officers(found: Seen, visitors: Visitors, admin: str, number: str) -> None:
    for login, action, opinion in (("hp-window", "受理", ""), ("hp-review", "完成审查", "材料齐全。")):
        with visitors.page(login) as officer:
            open_case(officer, admin, number)
            act(officer, action, **({"办理意见": opinion} if opinion else {}))
    with visitors.page("hp-inspect-1") as officer:
        open_case(officer, admin, number)
        _begin(officer, "完成现场核查")
        found.keep("acting.begin with a record", officer)
        officer.get_by_role("button", name="下一步，确认").click()
        found.keep("acting.begin with errors in a record", officer)
        _fill(officer)
        found.keep("confirm with a record", officer)
        sign(officer)
        officer.get_by_role("heading", name="现场核查表").wait_for()
        found.keep("case_page.show with a record", officer)
    with visitors.page("hp-inspect-2") as officer:
        open_case(officer, admin, number)
        act(officer, "完成现场核查", 结论="符合", 办理意见="同意。")
    with visitors.page("hp-review") as officer:
        open_case(officer, admin, number)
        _begin(officer, "完成转报国家")
        officer.get_by_role("button", name="下一步，确认").click()
        found.keep("acting.begin with a reply", officer)
        officer.get_by_role("group", name="结论").get_by_label("同意", exact=True).check()
        officer.get_by_label("来文字号").fill("国卫函〔2026〕12号")
        officer.get_by_label("来文日期").fill("2026-01-20")
        letter = {"name": "复函.pdf", "mimeType": "application/pdf", "buffer": floor_plan()}
        officer.set_input_files("#f-reply_file", files=[letter])
        officer.get_by_label("办理意见").fill("见来文。")
        officer.get_by_role("button", name="下一步，确认").click()
        sign(officer)
        officer.wait_for_url(CASE)
        found.told["the reply"] = officer.get_by_role("main").inner_text()


def _begin(page: Page, action: str) -> None:
    page.get_by_role("group", name="办理", exact=True).get_by_role("link", name=re.compile(f"^{action}")).click()


def _fill(page: Page) -> None:
    """The record, kept on the way, with a condition that opens and closes a field; then on to confirm."""
    page.get_by_label("好", exact=True).check()
    page.get_by_role("group", name="有泳池").get_by_label("是").check()
    page.get_by_label("水深").fill("1.2")
    page.get_by_role("button", name="暂存记录表").last.click()
    page.get_by_text("记录表已暂存").wait_for()
    assert page.get_by_label("水深").input_value() == "1.2"
    page.get_by_role("group", name="有泳池").get_by_label("否").check()
    page.get_by_label("水深").wait_for(state="hidden")
    page.get_by_label("核查情况").fill("布局与图纸一致。")
    page.get_by_role("group", name="结论").get_by_label("符合", exact=True).check()
    page.get_by_label("办理意见").fill("符合要求。")
    page.get_by_role("button", name="下一步，确认").click()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_these_words_meets_wcag(seen: Seen, name: str) -> None:
    assert (seen.pages[name].axe_at_desk, seen.pages[name].axe_on_phone) == ([], [])


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_these_words_does_not_scroll_sideways(seen: Seen, name: str) -> None:
    assert (seen.pages[name].wide_at_desk, seen.pages[name].wide_on_phone) == ([], [])


@pytest.mark.parametrize("name", PAGES)
def test_everything_on_a_page_of_these_words_can_be_touched(seen: Seen, name: str) -> None:
    assert seen.pages[name].small_on_phone == []


def test_the_party_is_shown_what_it_confirms_and_nothing_else(seen: Seen) -> None:
    told = seen.told["confirmations.show"]
    assert "样张路90号" in told and "经办人" not in told.split("确认", 1)[0]


def test_what_a_record_lacks_is_told_at_once(seen: Seen) -> None:
    told = seen.told["acting.begin with errors in a record"]
    assert all(f"请填写{title}" in told for title in ("卫生状况", "有泳池", "核查情况")) and "请填写水深" not in told


def test_the_record_stands_on_the_case_page(seen: Seen) -> None:
    assert "布局与图纸一致。" in seen.told["case_page.show with a record"]


def test_the_reply_and_the_office_that_has_the_case_stand_on_the_case_page(seen: Seen) -> None:
    assert "国卫函〔2026〕12号" in seen.told["the reply"] and "现由 上海市卫生健康委员会 办理" in seen.told["the reply"]


def test_the_applicant_is_told_which_office_has_the_case(seen: Seen) -> None:
    assert "已报送上海市卫生健康委员会" in seen.told["cases.view of another office"]
