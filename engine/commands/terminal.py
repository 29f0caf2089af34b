"""What the command says: colours and boxes on a terminal, plain lines when piped."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

_COLOURS = {"web": "cyan", "effects": "green", "worker": "green", "beat": "blue", "peer": "magenta", "zhunyu": "yellow"}


class Terminal:
    """Standard output and standard error; `rich` is imported only where something is to be drawn."""

    def __init__(self) -> None:
        self.coloured = sys.stdout.isatty()
        self._lock = threading.Lock()
        self._console: Any = None

    @property
    def console(self) -> Any:
        """rich's console."""
        if self._console is None:
            from rich.console import Console

            self._console = Console(highlight=False, soft_wrap=not self.coloured)
        return self._console

    def log(self, name: str, words: str) -> None:
        """One line of one of the processes."""
        code = {"cyan": 36, "green": 32, "blue": 34, "magenta": 35, "yellow": 33}.get(_COLOURS.get(name, ""), 37)
        prefix = f"\x1b[{code}m{name:<8}\x1b[0m│ " if self.coloured else f"{name:<8}| "
        with self._lock, contextlib.suppress(BrokenPipeError):  # losing the reader must not cost us the children
            sys.stdout.write(prefix + words + "\n")
            sys.stdout.flush()

    def say(self, words: str, style: str = "") -> None:
        """A line."""
        if self.coloured and style:
            self.console.print(words, style=style, markup=False)
        else:
            sys.stdout.write(words + "\n")

    def error(self, words: str) -> None:
        """A line on standard error."""
        red = sys.stderr.isatty()
        sys.stderr.write(f"\x1b[31m{words}\x1b[0m\n" if red else words + "\n")

    @contextlib.contextmanager
    def counting(self, words: str) -> Iterator[Callable[[int], None]]:
        """A count that grows while something long runs; the block is given what adds to it. Piped, nothing is shown."""
        if not self.coloured:
            yield lambda _: None
            return
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (SpinnerColumn(), TextColumn("{task.description} {task.completed:,.0f}"), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True) as progress:
            task = progress.add_task(words, total=None)
            yield lambda count: progress.advance(task, count)

    def table(self, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table; piped, its cells are separated by tabs."""
        if not self.coloured:
            for row in rows:
                sys.stdout.write("\t".join(row) + "\n")
            return
        from rich.table import Table

        drawn = Table(*titles, header_style="bold", border_style="dim")
        for row in rows:
            drawn.add_row(*row)
        self.console.print(drawn)

    def box(self, title: str, lines: Sequence[str]) -> None:
        """Lines in a box."""
        with self._lock, contextlib.suppress(BrokenPipeError):
            if not self.coloured:
                sys.stdout.write("\n".join([title, *("  " + line for line in lines)]) + "\n")
                sys.stdout.flush()
                return
            from rich.panel import Panel

            self.console.print(Panel("\n".join(lines), title=title, border_style="green", expand=False, padding=(1, 3)))
