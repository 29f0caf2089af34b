"""Commands that try matters out: test, assess."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from engine.cli.root import cli, home, terminal


@cli.command()
@click.argument("matters", nargs=-1)
@click.option("-n", "--name", default="", help="只运行名称含有这段文字的测试。")
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="把结果写成 JUnit XML 文件。")
@click.option("--coverage", is_flag=True, help="报告测试覆盖了哪些裁决行、核对结果和条件。")
@click.option("--mutate", is_flag=True, help="逐处改动规则，报告测试没有发现的改动。")
@click.option("--threshold", type=click.FloatRange(0, 100), help="每个事项每项数字的最低百分比；不到时退出码为 1。")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="把报告写成网页。")
@click.option("--json", type=click.Path(dir_okay=False, path_type=Path), help="把报告写成 JSON。")
def test(matters: tuple[str, ...], name: str, junit: Path | None, **wanted: Any) -> None:
    """运行事项旁边的 YAML 测试；可报告覆盖与变异。"""
    from engine.commands.coverage import Wanted
    from engine.commands.testing import run_tests

    sys.exit(run_tests(home(), matters, name, junit, terminal, Wanted(**wanted)))


@cli.command()
@click.argument("matter")
@click.argument("answers", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def assess(matter: str, answers: Path, as_json: bool) -> None:
    """按一份申请（YAML）预审，说明结论和理由。"""
    from engine.commands.assessing import assess_file

    sys.exit(assess_file(home(), matter, answers, as_json, terminal))
