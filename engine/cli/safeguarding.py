"""Commands of who answers for instant approval: recall and the draws."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from engine.cli.root import cli, terminal

Work = TypeVar("Work", bound=Callable[..., Any])
_KINDS = click.Choice(("row", "check", "version", "parameter", "source"))
_REASON = click.option("--reason", required=True, help="发现了什么问题；记入审计。")


def _basis(work: Work) -> Work:
    """The options that name a basis."""
    options = (
        click.argument("kind", type=_KINDS),
        click.argument("key"),
        click.option("--matter", default="", help="事项 id；row 和 check 必须给出。"),
    )
    for option in reversed(options):
        work = option(work)
    return work


def _range(work: Work) -> Work:
    """The options that narrow grants."""
    options = (
        click.option("--district", default="", help="只看这个区。"),
        click.option("--from", "since", default="", help="自何时，如 2026-02-10T09:30；来源按取数时间。"),
        click.option("--to", "until", default="", help="至何时。"),
    )
    for option in reversed(options):
        work = option(work)
    return work


@cli.group()
def recall() -> None:
    """召回：从有误的规则、版本、参数或来源，找到以它为依据的全部准予。"""


@recall.command()
@_basis
@_range
def find(kind: str, key: str, matter: str, district: str, since: str, until: str) -> None:
    """列出以此为依据的准予。KIND 是 row 裁决、check 核对、version 版本、parameter 参数、source 来源。"""
    from engine.commands.safeguarding import find_grants, question

    find_grants(question(kind, key, matter, district, since, until), terminal)


@recall.command()
@_basis
@_REASON
def freeze(kind: str, key: str, matter: str, reason: str) -> None:
    """立即停止以此秒批；这样的申请转人工。"""
    from engine.commands.safeguarding import freeze_basis

    freeze_basis(kind, key, matter, reason, terminal)


@recall.command()
@click.argument("freeze")
@_REASON
def lift(freeze: str, reason: str) -> None:
    """解除冻结。"""
    from engine.commands.safeguarding import lift_freeze

    lift_freeze(freeze, reason, terminal)


@recall.command("open")
@_basis
@_range
@_REASON
def open_(kind: str, key: str, matter: str, district: str, since: str, until: str, reason: str) -> None:
    """为每一件立案自我纠错；确认之前没有人看到。"""
    from engine.commands.safeguarding import open_recall, question

    open_recall(question(kind, key, matter, district, since, until), reason, terminal)


@recall.command()
@click.argument("id")
def resume(id: str) -> None:
    """接着做一次中断的召回。"""
    from engine.commands.safeguarding import resume_recall

    resume_recall(id, terminal)


@recall.command()
@click.argument("id")
def undo(id: str) -> None:
    """整批撤回一次没有确认的召回。"""
    from engine.commands.safeguarding import undo_recall

    undo_recall(id, terminal)


@recall.command()
@click.argument("id")
def confirm(id: str) -> None:
    """确认召回：复核任务同时分到各区。"""
    from engine.commands.safeguarding import confirm_recall

    confirm_recall(id, terminal)


@recall.command("list")
def list_() -> None:
    """已有的召回和进展。"""
    from engine.commands.safeguarding import list_recalls

    list_recalls(terminal)


@cli.command("draw")
@click.argument("day")
def draw(day: str) -> None:
    """重算某一天的抽查抽取，例如 zhunyu draw 2026-02-10；不符时退出码为 1。"""
    from engine.commands.safeguarding import verify_draw

    sys.exit(verify_draw(day, terminal))
