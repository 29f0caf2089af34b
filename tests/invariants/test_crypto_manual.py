"""The manual of cryptography claims nothing that is not there: every module, test and page it names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MANUAL = (ROOT / "docs" / "密码应用.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in MANUAL.splitlines() if line.startswith("| ") and not line.startswith("|---")
]  # fmt: skip
NAMED = sorted(set(re.findall(r"`((?:engine|portal|admin|tests|deploy|docs|tools|scripts)/[^`]+)`", MANUAL)))
PARTIES = ("产品", "配置", "密码服务", "云", "单位")


@pytest.mark.parametrize("named", NAMED)
def test_what_the_manual_names_exists(named: str) -> None:
    path, _, test = named.partition("::")
    assert (ROOT / path).is_file()
    assert not test or f"def {test}(" in (ROOT / path).read_text(encoding="utf-8")


def test_every_requirement_says_who_meets_it_and_where() -> None:
    rows = [row for row in ROWS if len(row) == 4 and row[0] not in ("要求", "环节")]
    assert len(rows) > 45
    for row in rows:
        assert any(party in row[1] for party in PARTIES), row
        assert re.search(r"`[a-z]+/", row[3]) or row[3] == "不适用于程序", row


def test_what_the_product_is_said_to_do_names_code_or_a_test() -> None:
    claimed = [row for row in ROWS if len(row) == 4 and row[1].startswith("产品")]
    assert claimed and all(re.search(r"`(engine|portal|tests)/", row[3]) for row in claimed)


def test_every_setting_the_manual_names_is_in_the_manual_of_deployment() -> None:
    named = set(re.findall(r"`(ZHUNYU_[A-Z_]+)`", MANUAL))
    assert named and named <= set(re.findall(r"ZHUNYU_[A-Z_]+", (ROOT / "docs" / "部署.md").read_text("utf-8")))
