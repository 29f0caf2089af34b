"""What the author's manual shows is true: its commands exist, its rules compile, its YAML can be read."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from engine.cli import cli
from engine.matters.catalogue import load_catalogue
from engine.matters.codes import warning
from engine.matters.scaffold import scaffold
from engine.model.types import Part, Type
from engine.rules.compiler import compile_rule
from engine.rules.scope import Name, Scope

ROOT = Path(__file__).resolve().parents[2]
MANUAL = (ROOT / "docs" / "编写事项.md").read_text(encoding="utf-8")
TEXT, AREA = Type("text"), Type("number", unit="平方米", places=2)
SCOPE = Scope(
    [
        Name("area", "经营面积", AREA),
        Name("usable", "使用面积", AREA),
        Name("site", "经营地址", TEXT),
        Name("born", "出生日期", Type("date")),
        Name("types", "许可项目", Type("multi", values=("宾馆", "浴室"))),
        Name("code.lodging", "代码.住宿类", Type("multi", values=("宾馆",))),
        Name("pools", "泳池", Type("rows", parts={"depth": Part("水深", Type("number", unit="米", places=1))})),
        Name("licence", "营业执照", Type("record", parts={"status": Part("状态", TEXT), "site": Part("住所", TEXT)})),
        Name("today", "今天", Type("date")),
    ]
)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", MANUAL, re.DOTALL)


def test_every_command_of_the_manual_exists() -> None:
    named = set(re.findall(r"^zhunyu (\w+)", MANUAL, re.MULTILINE)) | set(re.findall(r"`zhunyu (\w+)", MANUAL))
    assert named - set(cli.commands) == set()


RULES = next(block for block in blocks("") if "经营面积 ≤" in block).strip().splitlines()


@pytest.mark.parametrize("text", [line.replace("= 存续", '= "存续"') for line in RULES])
def test_every_rule_of_the_manual_compiles(text: str) -> None:
    rule, problems = compile_rule(text, SCOPE)
    assert (problems, rule is not None) == ((), True)


def test_every_yaml_of_the_manual_can_be_read() -> None:
    class Loader(yaml.SafeLoader):
        pass

    Loader.add_constructor("!unavailable", lambda loader, node: None)
    assert all(yaml.load(block, Loader) for block in blocks("yaml"))


def test_the_skeleton_the_manual_starts_from_has_no_error(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "rules", tmp_path / "rules", ignore=shutil.ignore_patterns("guides"))  # lead to matters
    for name, text in scaffold("sample_filing", "示例备案", "sample").items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    catalogue, problems = load_catalogue(tmp_path)
    errors = [str(problem) for problem in problems if not warning(problem)]
    assert (list(catalogue.matters), errors) == (["sample_filing"], [])
