"""The command that proves matters: prove."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any

import click

from engine.cli.root import cli, home, terminal


@cli.command()
@click.argument("matters", nargs=-1)
@click.option("--changed", is_flag=True, help="只证明上次证明之后改过的事项。")
@click.option("--write-test", is_flag=True, help="把例子写进事项的测试文件，期望写作待确认。")
@click.option("--json", is_flag=True, help="输出 JSON。")
@click.option("--no-cache", is_flag=True, help="不用上次的结果，全部重新证明。")
@click.option("--at", type=click.DateTime(["%Y-%m-%d"]), help="按这一天的参数证明；不写为今天。")
@click.option("--timeout", type=click.IntRange(50, 60000), default=500, show_default=True, help="每一问的时限，毫秒。")
def prove(matters: tuple[str, ...], at: datetime | None, **wanted: Any) -> None:
    """证明事项的规则：用不到的裁决、矛盾的核对、会被违反的 never，每一条都给出例子。"""
    from engine.commands.proving import Asked, prove_matters

    sys.exit(prove_matters(home(), matters, Asked(at=at.date() if at else None, **wanted), terminal))
