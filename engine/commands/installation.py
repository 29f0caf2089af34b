"""Commands that work on the installation: migrate, prepare, demo, reset."""

from __future__ import annotations

import fcntl
import shutil
import sys

import click

from engine.commands.terminal import Terminal
from engine.errors import ZhunyuError
from engine.settings import load


def migrate_database(terminal: Terminal) -> None:
    """Bring the schema up to date."""
    from engine.bootstrap import migrate, opened

    with opened(load()) as zhunyu:
        migrate(zhunyu)
    terminal.say("数据库结构已是最新。", "green")


def prepare_installation(terminal: Terminal) -> None:
    """Everything `zhunyu run` does before it serves."""
    from engine.bootstrap import opened
    from engine.worker.preparation import prepare

    with opened(load()) as zhunyu:
        prepare(zhunyu, lambda _event, words: terminal.say(words))
    terminal.say("已准备就绪。", "green")


def load_demo(terminal: Terminal) -> None:
    """Load the demonstration."""
    from engine.bootstrap import opened
    from engine.worker import demo

    with opened(load()) as zhunyu:
        folder = zhunyu.settings.home / "rules" / "demo"
        accounts, certificates = demo.load_accounts(zhunyu, folder), demo.load_certificates(zhunyu, folder)
        demo.load_bans(zhunyu, folder)
        demo.load_signing(zhunyu, folder)
    terminal.say(f"装入演示账号 {accounts} 个、演示证照 {certificates} 份。", "green")


def reset_data(yes: bool, terminal: Terminal) -> int:
    """Empty the data directory, unless the product is running on it."""
    settings = load()
    if not yes:
        if not sys.stdin.isatty():
            raise ZhunyuError("S001", "这会删除全部数据。", "不在终端里运行时，请加 --yes。")
        if not click.confirm(f"将删除 {settings.data_dir} 中的全部办件、证照、账号和密钥，确定吗？"):
            return 1
    with (settings.data_dir / "run.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ZhunyuError("S006", "系统正在运行。", "请先停止 zhunyu run。") from error
        for path in settings.data_dir.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name != "run.lock":
                path.unlink()
    terminal.say(f"已清空 {settings.data_dir}。", "green")
    return 0
