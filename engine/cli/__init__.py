"""The `zhunyu` command. A wrong use or an outage is one line `code what next` and exit code 1, never a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from engine.cli import (
    accounts,
    archiving,
    auditing,
    authoring,
    backtesting,
    departments,
    explaining,
    exporting,
    installation,
    keys,
    organisation,
    pki,
    proving,
    publishing,
    rewriting,
    safeguarding,
    tables,
    testing,
)
from engine.cli.root import cli, terminal
from engine.errors import ZhunyuError

__all__ = [
    "accounts", "archiving", "auditing", "authoring", "backtesting", "cli", "departments", "explaining", "exporting",
    "installation", "keys", "main", "organisation", "pki", "proving", "publishing", "rewriting", "safeguarding",
    "tables", "testing",
]  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point; exits."""
    try:
        cli.main(args=arguments, prog_name="zhunyu", standalone_mode=False)
    except ZhunyuError as error:
        for problem in error.problems:
            terminal.error(str(problem))
        terminal.error(str(error))
        sys.exit(1)
    except click.exceptions.Exit as exit:
        sys.exit(exit.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except BrokenPipeError:  # the reader of our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except OSError as error:
        terminal.error(f"S006 操作系统报告：{error.strerror or error}（{error.filename or ''}）")
        sys.exit(1)
