"""Commands that try matters out: test, confirm, suggest, case-test, assess."""

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
@click.option("--threshold", type=click.FloatRange(0, 100), help="每项数字的最低百分比；不写的按测试文件的 coverage。")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="把报告写成网页。")
@click.option("--json", type=click.Path(dir_okay=False, path_type=Path), help="把报告写成 JSON。")
@click.option("--prove", is_flag=True, help="求证缺的有没有可能出现；证明不可能的不再要求。")
@click.option("--with-unconfirmed", is_flag=True, help="待确认的测试也计入覆盖和变异。")
@click.option("--strict", is_flag=True, help="有待确认的测试时退出码也为 1。")
def test(matters: tuple[str, ...], name: str, junit: Path | None, strict: bool, **wanted: Any) -> None:
    """运行事项旁边的 YAML 测试；可报告覆盖与变异。"""
    from engine.commands.coverage import Wanted
    from engine.commands.testing import run_tests

    sys.exit(run_tests(home(), matters, name, junit, terminal, Wanted(**wanted), strict))


@cli.command()
@click.argument("matter")
@click.argument("names", nargs=-1)
@click.option("-y", "--yes", is_flag=True, help="不逐个询问，全部按现在的结果确认。")
def confirm(matter: str, names: tuple[str, ...], yes: bool) -> None:
    """逐个核对待确认的测试，把现在的结果写成期望。"""
    from engine.commands.testing import confirm as ask_each

    def ask(words: str) -> bool:
        return yes or click.confirm(words)

    sys.exit(ask_each(home(), matter, names, ask, terminal))


@cli.command()
@click.argument("matter")
@click.option("--write", is_flag=True, help="写进测试文件，期望为待确认。")
@click.option("--limit", type=click.IntRange(1, 500), default=40, show_default=True, help="最多建议几个。")
def suggest(matter: str, write: bool, limit: int) -> None:
    """找出测试没有显示的行、核对、条件、临界值和改动，构造能显示的申请。"""
    from engine.commands.suggesting import suggest_tests

    sys.exit(suggest_tests(home(), matter, write, limit, terminal))


@cli.command("case-test")
@click.argument("case")
@click.option("--name", default="", help="测试的名称。")
@click.option("--write", is_flag=True, help="写进事项的测试文件。")
def case_test(case: str, name: str, write: bool) -> None:
    """把一件实际办件（编号）做成测试：个人信息全部换掉，结论不变才写。"""
    from engine.commands.case_testing import write_case_test

    sys.exit(write_case_test(case, name, write, terminal))


@cli.command()
@click.argument("matter")
@click.argument("answers", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def assess(matter: str, answers: Path, as_json: bool) -> None:
    """按一份申请（YAML）预审，说明结论和理由。"""
    from engine.commands.assessing import assess_file

    sys.exit(assess_file(home(), matter, answers, as_json, terminal))
