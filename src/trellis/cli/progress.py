"""Show long work as it goes: one bar that says what is being done, and how far it is."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

# What is being done, how many are done, of how many.
Tell = Callable[[str, int, int], None]


@contextmanager
def bar(console: Console, title: str) -> Iterator[Tell]:
    """Show a bar while the block runs; what it is told replaces what it said before."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[now]}"),
        TimeElapsedColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        row = progress.add_task(title, total=None, now="")

        def tell(now: str, done: int, total: int) -> None:
            progress.update(row, now=now, completed=done, total=total or None)

        yield tell


@dataclass
class Steps:
    """Run steps one after the other, each under its bar, and keep how long each took."""

    console: Console
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, title: str) -> Iterator[Tell]:
        began = time.perf_counter()
        with bar(self.console, title) as tell:
            yield tell
        self.seconds[title] = time.perf_counter() - began
