"""The group every command belongs to, its terminal, and the folder it works in."""

from __future__ import annotations

import os
from pathlib import Path

import click

from engine.commands.terminal import Terminal
from engine.settings import PROGRAM, ROOT

terminal = Terminal()


def home() -> Path:
    """The folder with `matters` and `rules`."""
    return Path(os.environ.get("ZHUNYU_HOME", "").strip() or ROOT).expanduser().absolute()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=None, version=PROGRAM, prog_name="zhunyu")
def cli() -> None:
    """准予：以 YAML 声明政务服务事项，由引擎办理。"""
