"""批量导入 in the browser: template, upload, correct a row, hand in photographs, submit, follow each row."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]
from PIL import Image
from playwright.sync_api import FilePayload, Page

from tests.browser.filling import answers_of, fill, start
from tests.browser.inspecting import Inspection, inspect
from tests.browser.running import Site
from tests.browser.visitors import Visitors

MATTER = "radiation_worker_card_batch"
PAGES = ("lists.rows", "lists.rows with errors", "lists.rows one open", "lists.results", "cases.view list")
KEPT = os.environ.get("ZHUNYU_PICTURES", "")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PEOPLE = (
    ("孟示射", "310104198306101067", "女", "1983-06-10", "示培9002"),
    ("戴示衡", "310104199107111072", "男", "1991-07-11", "示培9003"),
    ("金示影", "310115197602061025", "女", "1976-02-06", "示培9001"),  # holds a card of this hospital already
    ("孟示错", "310104198306101068", "女", "1983-06-10", "示培9004"),  # the check character is wrong
)
COMMON = {
    "证件类型": "居民身份证", "手机号码": "13800000701", "学历": "本科", "科室": "放射科", "岗位": "技师",
    "职业照射种类": "2A 诊断放射学", "从事放射工作起始日期": "2026-11-10", "是否多单位从业": "否",
    "培训单位": "上海示例辐射培训中心", "培训合格日期": "2026-06-01", "体检机构": "上海示例职业健康检查中心",
    "体检类型": "上岗前", "体检日期": "2026-05-01", "适任性意见": "可从事放射工作",
    "剂量监测机构": "上海示例剂量监测有限公司", "佩戴起始日期": "2026-06-01",
}  # fmt: skip


class Followed:
    """What was seen on the way."""

    def __init__(self) -> None:
        self.pages: dict[str, Inspection] = {}
        self.heads: list[str] = []
        self.refused, self.wrong, self.before, self.results, self.left = "", "", "", "", ""

    def keep(self, name: str, page: Page) -> None:
        self.pages[name] = inspect(page, Path(KEPT) / name.replace(" ", "-") if KEPT else None)


def portrait(shade: int) -> bytes:
    """A picture of somebody, each of another grey."""
    out = io.BytesIO()
    Image.effect_noise((350, 490), 40 + shade).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def _main(page: Page) -> str:
    return page.get_by_role("main").inner_text()


def _filled(template: bytes, *, formula: bool = False) -> bytes:
    book = load_workbook(io.BytesIO(template))
    sheet = book.worksheets[0]
    heads = [str(cell.value) for cell in sheet[1]]
    for number, (name, id_no, gender, birth, training) in enumerate(PEOPLE, 2):
        own = {"姓名": name, "证件号码": id_no, "性别": gender, "出生日期": birth, "培训合格证号": training}
        for place, head in enumerate(heads, 1):
            text = {**COMMON, **own}.get(head)
            if text is not None:
                sheet.cell(number, place).value = text
    if formula:
        sheet.cell(2, heads.index("科室") + 1).value = "=1+1"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _import(page: Page, data: bytes) -> None:
    page.get_by_label("填好的文件").set_input_files(FilePayload(name="人员清单.xlsx", mimeType=XLSX, buffer=data))
    page.get_by_role("button", name="导入", exact=True).click()
    page.wait_for_load_state()


def _imported(seen: Followed, page: Page, site: Site) -> None:
    start(page, site.portal, MATTER)
    fill(page, answers_of(MATTER))
    page.get_by_role("button", name="下一步：人员清单").click()
    page.wait_for_url(re.compile(r"/rows$"))
    seen.keep("lists.rows", page)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载模板（.xlsx）").click()
    template = Path(download.value.path()).read_bytes()
    seen.heads = [str(cell.value) for cell in load_workbook(io.BytesIO(template)).worksheets[0][1]]
    _import(page, _filled(template, formula=True))
    seen.refused = page.get_by_role("alert").first.inner_text()
    _import(page, _filled(template))
    seen.wrong = _main(page)
    seen.keep("lists.rows with errors", page)
    page.get_by_label("文件", exact=True).set_input_files(
        [FilePayload(name=f"{one[1]}.jpg", mimeType="image/jpeg", buffer=portrait(place)) for place, one in
         enumerate(PEOPLE)]
    )  # fmt: skip
    page.get_by_label("材料", exact=True).select_option("photo")
    page.get_by_role("button", name="上传", exact=True).click()
    page.wait_for_load_state()
    page.get_by_role("link", name=re.compile("^更正")).first.click()
    seen.keep("lists.rows one open", page)


def _submitted(seen: Followed, page: Page) -> None:
    page.goto(page.url.partition("?")[0])
    seen.before = _main(page)
    page.get_by_role("checkbox", name=re.compile("^我单位已征得")).check()
    page.get_by_role("button", name=re.compile("^提交")).click()
    page.wait_for_url(re.compile(r"/cases/\w+/rows$"))
    for _ in range(200):  # the effects process files the rows
        if "等待办理" not in page.get_by_role("status").first.inner_text():
            break
        page.reload()
    seen.results = _main(page)
    seen.keep("lists.results", page)
    page.get_by_role("link", name=re.compile(r"^\d{8}")).first.click()
    page.wait_for_load_state()
    seen.keep("cases.view list", page)


@pytest.fixture(scope="module")
def followed(visitors: Visitors, site: Site) -> Iterator[Followed]:
    seen = Followed()
    with visitors.page("renan") as page:
        _imported(seen, page, site)
        _submitted(seen, page)
        page.goto(f"{site.portal}/cases")
        seen.left = _main(page)
    yield seen


def test_the_template_has_the_columns_of_one_application_and_a_formula_is_refused(followed: Followed) -> None:
    assert {"姓名", "证件号码", "职称（选填）", *COMMON} <= set(followed.heads)
    assert "单位地址" not in followed.heads
    assert "第 2 行“科室”是公式" in followed.refused and "清单没有变化" in followed.refused


def test_every_row_is_checked_and_photographs_find_their_row_by_name(followed: Followed) -> None:
    assert "校验" in followed.wrong and "请上传" in followed.wrong
    assert "可以提交 3" in followed.before and "要更正 1" in followed.before


def test_rows_that_pass_have_their_certificate_and_the_others_are_not_lost(followed: Followed) -> None:
    for name, *_ in PEOPLE[:2]:
        assert name in followed.results
    assert len(re.findall(r"浦放证〔\d{4}〕第\d{5}号", followed.results)) == 2
    assert "没有提交成功" in followed.results and "已经有一张有效的放射工作人员证" in followed.results
    assert "放射诊疗人员批量导入申领" in followed.left


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_lists_is_accessible_and_fits(followed: Followed, name: str) -> None:
    seen = followed.pages[name]
    assert (seen.axe_at_desk, seen.axe_on_phone) == ([], [])
    assert (seen.wide_at_desk, seen.wide_on_phone, seen.small_on_phone) == ([], [], [])
